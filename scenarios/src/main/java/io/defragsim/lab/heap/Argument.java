package io.defragsim.lab.heap;

import io.defragsim.emulator.calls.CallListener.Memory;
import io.defragsim.emulator.calls.WatchedCall;
import org.jspecify.annotations.Nullable;

/**
 * Where an argument of a function stands when it is entered.
 *
 * @param word by the procedure call standard: 0 to 3 for r0 to r3, then the words of the stack
 */
record Argument(int word) {
  private static final int REGISTERS = 4;
  private static final int WORD_BYTES = 4;

  /** Unsigned; 0 where no memory is. */
  long of(WatchedCall call, Memory memory) {
    if (word < REGISTERS) {
      return Integer.toUnsignedLong(call.registers().get(word));
    }
    long at = Integer.toUnsignedLong(call.sp()) + (long) WORD_BYTES * (word - REGISTERS);
    Integer value = memory.word(at);
    return value == null ? 0 : Integer.toUnsignedLong(value);
  }

  /**
   * As a person writes it: {@code r0} to {@code r3}, {@code stack}, {@code stack+4}, ...; or null.
   */
  static @Nullable Argument named(String text) {
    if (text.matches("r[0-3]")) {
      return new Argument(text.charAt(1) - '0');
    }
    if (!text.matches("stack(\\+[0-9]{1,3})?")) {
      return null;
    }
    int offset = text.length() > 5 ? Integer.parseInt(text.substring(6)) : 0;
    return offset % WORD_BYTES == 0 ? new Argument(REGISTERS + offset / WORD_BYTES) : null;
  }
}
