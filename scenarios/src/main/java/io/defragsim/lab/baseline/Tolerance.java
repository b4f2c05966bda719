package io.defragsim.lab.baseline;

import io.defragsim.scenario.FigureUnit;
import java.math.BigInteger;

/**
 * How much worse a figure may be. Counts, such as those of failures, may never be.
 *
 * @param cycles more that a figure in cycles may have
 * @param ppm more that a figure in cycles, bytes or parts per million may have, as a share of what
 *     it was, rounded down
 */
public record Tolerance(long cycles, long ppm) {
  /** Nothing may be worse. */
  public static final Tolerance NONE = new Tolerance(0, 0);

  /** What a figure may be worse by that was {@code then}. */
  long of(FigureUnit unit, long then) {
    if (unit == FigureUnit.COUNT) {
      return 0;
    }
    long share =
        BigInteger.valueOf(then)
            .multiply(BigInteger.valueOf(ppm))
            .divide(BigInteger.valueOf(1_000_000))
            .min(BigInteger.valueOf(Long.MAX_VALUE))
            .longValue();
    return unit == FigureUnit.CYCLES ? Math.max(cycles, share) : share;
  }
}
