package io.defragsim.emulator.calls;

import org.jspecify.annotations.Nullable;

/** Told of calls of watched functions, while the program stands. */
public interface CallListener {

  /** What the program's memory holds, without any effect on it; nothing beyond flash and RAM. */
  interface Memory {
    /**
     * A word.
     *
     * @return null where no memory is, and where {@code address} is no multiple of 4
     */
    @Nullable Integer word(long address);

    /**
     * A byte, 0 to 255.
     *
     * @return null where no memory is
     */
    @Nullable Integer octet(long address);
  }

  /** Control has come to the first instruction of a function. */
  void entered(WatchedCall call, Memory memory);

  /**
   * A call is over.
   *
   * @param result r0
   * @param end the cycle at which the caller goes on
   * @param cycles from entry to return without what exceptions took, and what was slept
   * @param estimate whether {@code cycles} rest on an estimate
   */
  void returned(
      WatchedCall call, int result, long end, long cycles, boolean estimate, Memory memory);

  /**
   * A call will never come back: a longjmp left it, or the program was reset.
   *
   * @param cycle at which that was seen
   * @param estimate whether the cycles since its entry rest on an estimate
   */
  void left(WatchedCall call, long cycle, boolean estimate);
}
