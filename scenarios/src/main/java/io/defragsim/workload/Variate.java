package io.defragsim.workload;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * How a whole number is drawn: a size in bytes, or a lifetime in operations. The arithmetic is on
 * integers alone and part of the format: the same random numbers give the same values for ever.
 */
public sealed interface Variate {

  /** The lifetime of what is never freed, the hold of what stays locked. */
  long FOREVER = Long.MAX_VALUE;

  /** The largest number that a distribution may name, {@link #FOREVER} apart. */
  long LARGEST = 0xFFFF_FFFFL;

  /** The smallest number that can be drawn. */
  long min();

  /** The largest number that can be drawn. */
  long max();

  /** Draws a number. */
  long sample(SplitMix64 random);

  /** Always the same number; takes no random number. */
  record Constant(long value) implements Variate {
    @Override
    public long min() {
      return value;
    }

    @Override
    public long max() {
      return value;
    }

    @Override
    public long sample(SplitMix64 random) {
      return value;
    }
  }

  /**
   * Every number from {@code min} to {@code max}, both included, equally often: {@code min +
   * below(max - min + 1)}.
   */
  record Uniform(long min, long max) implements Variate {
    public Uniform {
      if (min > max) {
        throw new IllegalArgumentException("min is above max: " + min + ", " + max);
      }
    }

    @Override
    public long sample(SplitMix64 random) {
      return min + random.below(max - min + 1);
    }
  }

  /**
   * Many small numbers and few large ones: a geometric distribution, made from an exponential one
   * in fixed point.
   *
   * <p>With {@code u = next()}, 1 if that is 0, and {@code e = -ln(u / 2^64)} in units of 2^-24 (as
   * {@link FixedPoint#negativeLog} computes it), the number is {@code min + ((2 (mean - min) + 1) e
   * >> 25)}, and {@code max} if it is above that.
   *
   * @param mean the mean before {@code max} cuts, within a few percent; above {@code min}, at most
   *     10^9
   * @param min the smallest number
   * @param max the largest number; what is drawn above it becomes it
   */
  record Geometric(long mean, long min, long max) implements Variate {
    /** The largest mean. */
    public static final long LARGEST_MEAN = 1_000_000_000;

    public Geometric {
      if (min < 0 || mean <= min || max < mean || mean > LARGEST_MEAN) {
        throw new IllegalArgumentException("not min < mean <= max: " + min + " " + mean);
      }
    }

    @Override
    public long sample(SplitMix64 random) {
      long exponential = FixedPoint.negativeLog(random.next());
      return Math.min(max, min + (((2 * (mean - min) + 1) * exponential) >>> 25));
    }
  }

  /**
   * One of several distributions, by weight: {@code below(sum of weights)} picks the option in
   * whose share it falls, in the order of the list, and that option draws.
   */
  record Choice(List<Weighted> options) implements Variate {
    public Choice {
      options = List.copyOf(options);
      if (options.isEmpty()) {
        throw new IllegalArgumentException("a choice of nothing");
      }
    }

    @Override
    public long min() {
      return options.stream().mapToLong(o -> o.value().min()).min().orElseThrow();
    }

    @Override
    public long max() {
      return options.stream().mapToLong(o -> o.value().max()).max().orElseThrow();
    }

    @Override
    public long sample(SplitMix64 random) {
      long sum = 0;
      for (Weighted option : options) {
        sum += option.weight();
      }
      long at = random.below(sum);
      for (Weighted option : options) {
        at -= option.weight();
        if (at < 0) {
          return option.value().sample(random);
        }
      }
      throw new IllegalStateException("weights do not add up");
    }
  }

  /**
   * One option of a {@link Choice}.
   *
   * @param weight how often, relative to the other options' weights; above 0
   */
  record Weighted(int weight, Variate value) {
    public Weighted {
      if (weight <= 0) {
        throw new IllegalArgumentException("a weight is above 0: " + weight);
      }
    }
  }

  /**
   * Numbers as often as they were counted: {@code below(sum of counts)} picks the number in whose
   * share it falls, in the order of the list.
   *
   * @param values the numbers
   * @param ends for each of them, how often it and those before it were counted together
   */
  record Counts(List<Long> values, List<Long> ends) implements Variate {
    public Counts {
      values = List.copyOf(values);
      ends = List.copyOf(ends);
      if (values.isEmpty() || values.size() != ends.size()) {
        throw new IllegalArgumentException("no count for each of some values");
      }
      long before = 0;
      for (long end : ends) {
        if (end <= before) {
          throw new IllegalArgumentException("a count is above 0");
        }
        before = end;
      }
    }

    /**
     * From how often each number was counted, in the map's order.
     *
     * @param counts not empty; each above 0
     */
    public static Counts of(Map<Long, Long> counts) {
      List<Long> ends = new ArrayList<>(counts.size());
      long end = 0;
      for (long count : counts.values()) {
        end += count;
        ends.add(end);
      }
      return new Counts(List.copyOf(counts.keySet()), ends);
    }

    @Override
    public long min() {
      return Collections.min(values);
    }

    @Override
    public long max() {
      return Collections.max(values);
    }

    @Override
    public long sample(SplitMix64 random) {
      long at = random.below(ends.get(ends.size() - 1));
      int place = Collections.binarySearch(ends, at + 1);
      return values.get(place < 0 ? -place - 1 : place);
    }
  }
}
