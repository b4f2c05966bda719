package io.defragsim.lab.summary;

import io.defragsim.workload.Variate;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often each number was counted. Where that are more numbers than the table has room for, they
 * are rounded up to fewer binary digits, as many as are kept by all.
 */
final class CountTable {
  private static final int ALL_DIGITS = Long.SIZE - Long.numberOfLeadingZeros(Variate.LARGEST);

  private final int most;
  private TreeMap<Long, Long> counts = new TreeMap<>();
  private int digits = ALL_DIGITS;
  private long count;

  /**
   * @param most how many numbers it has at most
   */
  CountTable(int most) {
    this.most = most;
  }

  /**
   * Counts a number.
   *
   * @param value 0 counts as 1, and what is above {@link Variate#LARGEST} as that; {@link
   *     Variate#FOREVER} stays what it is
   */
  void add(long value) {
    count++;
    counts.merge(rounded(value), 1L, Long::sum);
    while (counts.size() > most && digits > 1) {
      digits--;
      TreeMap<Long, Long> before = counts;
      counts = new TreeMap<>();
      before.forEach((each, times) -> counts.merge(rounded(each), times, Long::sum));
    }
  }

  private long rounded(long value) {
    if (value == Variate.FOREVER) {
      return value;
    }
    long bounded = Math.max(1, Math.min(Variate.LARGEST, value));
    int width = Long.SIZE - Long.numberOfLeadingZeros(bounded);
    long below = (1L << Math.max(0, width - digits)) - 1;
    return Math.min(Variate.LARGEST, (bounded + below) & ~below);
  }

  /** How many numbers were counted. */
  long count() {
    return count;
  }

  /** Whether numbers were rounded. */
  boolean isThinned() {
    return digits < ALL_DIGITS;
  }

  /** The least number that at least {@code percent} of all are not above; 0 of none. */
  long percentile(int percent) {
    long below = 0;
    for (Map.Entry<Long, Long> entry : counts.entrySet()) {
      below += entry.getValue();
      if (below * 100 >= count * percent) {
        return entry.getKey();
      }
    }
    return 0;
  }

  /** The largest number but {@link Variate#FOREVER}; 0 of none. */
  long largest() {
    Long below = counts.lowerKey(Variate.FOREVER);
    return below == null ? 0 : below;
  }

  /** Draws them as often as they were counted. */
  Variate variate() {
    return counts.size() == 1 ? new Variate.Constant(counts.firstKey()) : Variate.Counts.of(counts);
  }
}
