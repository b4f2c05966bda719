package io.defragsim.emulator.board;

import java.util.Locale;

/**
 * A time, in cycles of the core or in nanoseconds; the other of them is 0.
 *
 * @param cycles 0 or more
 * @param nanoseconds 0 or more
 */
public record Delay(long cycles, long nanoseconds) {
  /** No time at all. */
  public static final Delay NONE = new Delay(0, 0);

  /** In cycles of a clock, rounded up. */
  long at(long clockHz) {
    return cycles + (long) Math.ceil(nanoseconds * (clockHz / 1e9));
  }

  boolean isNone() {
    return cycles == 0 && nanoseconds == 0;
  }

  @Override
  public String toString() {
    return cycles > 0 || nanoseconds == 0
        ? cycles + " cycles"
        : String.format(Locale.ROOT, "%s µs", trimmed(nanoseconds / 1000.0));
  }

  private static String trimmed(double microseconds) {
    return microseconds == Math.rint(microseconds)
        ? String.valueOf((long) microseconds)
        : String.valueOf(microseconds);
  }
}
