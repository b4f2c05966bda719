package io.defragsim.lab.result;

import org.jspecify.annotations.Nullable;

/**
 * A limit of the scenario and whether it held.
 *
 * @param min the least value that holds, null for none
 * @param max the greatest value that holds, null for none
 * @param measured null if the figure has no value, which violates nothing
 * @param where the operation at which the figure occurred, where one is known
 * @param estimated whether the figure is in cycles and those are an estimate: then the verdict is
 *     one as well
 */
public record LimitVerdict(
    Figure figure,
    @Nullable Long min,
    @Nullable Long max,
    @Nullable Long measured,
    @Nullable Long where,
    boolean estimated) {

  public boolean holds() {
    return excess() == 0;
  }

  /** By how much the figure is above {@code max} or below {@code min}; 0 if the limit holds. */
  public long excess() {
    if (measured == null) {
      return 0;
    }
    if (max != null && measured > max) {
      return measured - max;
    }
    return min != null && measured < min ? min - measured : 0;
  }
}
