package io.defragsim.workload;

import java.util.List;

/** How a whole number is drawn: a size in bytes, or a lifetime in operations. */
public sealed interface Distribution {

  /** The lifetime of what is never freed, the hold of what stays locked. */
  long FOREVER = Long.MAX_VALUE;

  /** Always the same number. */
  record Constant(long value) implements Distribution {}

  /** Every number from {@code min} to {@code max}, both included, equally often. */
  record Uniform(long min, long max) implements Distribution {}

  /**
   * Many small numbers and few large ones: an exponential distribution in whole numbers.
   *
   * @param mean their mean before {@code max} cuts them
   * @param min the smallest number
   * @param max the largest number; what is drawn above it becomes it
   */
  record Geometric(long mean, long min, long max) implements Distribution {}

  /** One of several distributions, by weight. */
  record Choice(List<Weighted> options) implements Distribution {
    public Choice {
      options = List.copyOf(options);
    }
  }

  /**
   * One option of a {@link Choice}.
   *
   * @param weight how often, relative to the other options' weights; above 0
   */
  record Weighted(int weight, Distribution value) {}
}
