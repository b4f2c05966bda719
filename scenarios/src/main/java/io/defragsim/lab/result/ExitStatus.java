package io.defragsim.lab.result;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the exit statuses of every command mean. */
public enum ExitStatus {
  OK(0, "all limits hold"),
  INTERNAL(1, "internal error, or an output that cannot be written"),
  USAGE(
      2,
      "wrong usage, an invalid file, a missing one, an image for another CPU, or a pool that"
          + " does not fit"),
  LIMIT(
      3,
      "a limit is violated, a figure is worse than its baseline or cannot be compared with it, or"
          + " what a script expects does not come"),
  FIRMWARE(4, "the firmware faulted, corrupted its heap, or broke the image contract"),
  BUDGET(
      5,
      "a budget of cycles, of interrupt handlers, of compaction steps in a row or of output is"
          + " exhausted, or a program loops, polls or resets itself for ever");

  /** From the worst on; 2 never meets the others, for nothing runs then. */
  private static final List<ExitStatus> WORST_FIRST =
      List.of(INTERNAL, USAGE, FIRMWARE, BUDGET, LIMIT, OK);

  private final int code;
  private final String meaning;

  ExitStatus(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  public int code() {
    return code;
  }

  /** The worst of several exit statuses, 0 for none. */
  public static int worst(Collection<Integer> codes) {
    for (ExitStatus status : WORST_FIRST) {
      if (codes.contains(status.code)) {
        return status.code;
      }
    }
    return OK.code;
  }

  /** An exit status where a limit besides may be violated. */
  public static int orLimit(int code, boolean violated) {
    return code == OK.code && violated ? LIMIT.code : code;
  }

  /** An exit status where limits are not judged. */
  public static int withoutLimits(int code) {
    return code == LIMIT.code ? OK.code : code;
  }

  /** For the help of commands. */
  public static Map<String, String> list() {
    Map<String, String> list = new LinkedHashMap<>();
    for (ExitStatus status : values()) {
      list.put(" " + status.code, status.meaning);
    }
    return list;
  }
}
