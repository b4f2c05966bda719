package io.defragsim.emulator.calls;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call of a function that is watched, from the moment before its first instruction.
 *
 * @param function its address, without the Thumb bit
 * @param registers r0 to r3 at its entry
 * @param sp at its entry: its fifth argument stands there
 * @param returnAddress where it comes back, without the Thumb bit
 * @param thread which stack it runs on: 0 for the program's first, others in the order in which
 *     they were met; a handler of an exception has a negative number, that of the exception
 * @param within the watched call in which it is made, by the same thread; null if it is outermost
 * @param begin the cycle at its entry
 * @param stack what called it, innermost first: of each the address behind its call, canonical
 */
public record WatchedCall(
    long function,
    List<Integer> registers,
    int sp,
    long returnAddress,
    int thread,
    @Nullable WatchedCall within,
    long begin,
    List<Long> stack) {

  public WatchedCall {
    registers = List.copyOf(registers);
    stack = List.copyOf(stack);
  }

  /** No other call is equal to it. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(begin) + Long.hashCode(function);
  }
}
