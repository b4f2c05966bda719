package io.defragsim.lab.result;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The errors of the image contract, version 1: one list, the same in C, JSON and Java. */
public enum ContractError {
  OUT_OF_MEMORY(-1, "out of memory"),
  FRAGMENTED(-2, "fragmented"),
  BLOCKED_BY_LOCKS(-3, "blocked by locks"),
  OUT_OF_HANDLES(-4, "out of handles"),
  INVALID_SIZE(-5, "invalid size"),
  INVALID_HANDLE(-6, "invalid or stale handle"),
  STILL_LOCKED(-7, "still locked"),
  MOVING(-8, "moving"),
  CORRUPTED(-9, "corrupted"),
  TOO_MANY_LOCKS(-10, "too many locks"),
  NOT_LOCKED(-11, "not locked"),
  BAD_ARGUMENT(-12, "bad argument");

  private final int code;
  private final String words;

  ContractError(int code, String words) {
    this.code = code;
    this.words = words;
  }

  /** What the image returns: -1 to -12. */
  public int code() {
    return code;
  }

  /** For people, for example {@code blocked by locks}. */
  public String words() {
    return words;
  }

  /** For JSON, for example {@code blocked-by-locks}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The error of that code, null if the contract has none. */
  public static @Nullable ContractError of(int code) {
    for (ContractError error : values()) {
      if (error.code == code) {
        return error;
      }
    }
    return null;
  }

  /** For example {@code -3 (blocked by locks)}. */
  @Override
  public String toString() {
    return code + " (" + words + ")";
  }
}
