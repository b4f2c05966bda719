package io.defragsim.lab.result;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * An exact distribution of integers: every value that occurred and how often. Nothing is quantised.
 *
 * @param values ascending, without repetition
 */
public record Distribution(List<ValueCount> values) {

  /** A value and how often it occurred, at least once. */
  public record ValueCount(long value, long count) {}

  /** Nothing occurred. */
  public static final Distribution EMPTY = new Distribution(List.of());

  public Distribution {
    values = List.copyOf(values);
    for (int i = 0; i < values.size(); i++) {
      ValueCount entry = values.get(i);
      if (entry.count() < 1 || (i > 0 && entry.value() <= values.get(i - 1).value())) {
        throw new IllegalArgumentException("values ascend and occur: " + entry);
      }
    }
  }

  /** The distribution of {@code counts}: value to number of occurrences. */
  public static Distribution of(SortedMap<Long, Long> counts) {
    return new Distribution(
        counts.entrySet().stream()
            .map((Map.Entry<Long, Long> e) -> new ValueCount(e.getKey(), e.getValue()))
            .toList());
  }

  /** How many values occurred. */
  public long count() {
    long count = 0;
    for (ValueCount entry : values) {
      count += entry.count();
    }
    return count;
  }

  /** The sum of all of them; 0 if nothing occurred. */
  public long total() {
    long total = 0;
    for (ValueCount entry : values) {
      total += entry.value() * entry.count();
    }
    return total;
  }

  /** The least, null if nothing occurred. */
  public @Nullable Long min() {
    return values.isEmpty() ? null : values.get(0).value();
  }

  /** The greatest, null if nothing occurred. */
  public @Nullable Long max() {
    return values.isEmpty() ? null : values.get(values.size() - 1).value();
  }

  /** The arithmetic mean, rounded to the nearest integer, halves up; null if nothing occurred. */
  public @Nullable Long mean() {
    long count = count();
    return count == 0 ? null : Math.floorDiv(2 * total() + count, 2 * count);
  }

  /**
   * The nearest-rank percentile: the least value such that at least {@code percent} of a hundred
   * values are no greater. Null if nothing occurred.
   *
   * @param percent 1 to 100
   */
  public @Nullable Long percentile(int percent) {
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException("a percentile is 1 to 100: " + percent);
    }
    // the rank, from 1: ceil(percent / 100 * count)
    long rank = Math.floorDiv(count() * percent + 99, 100);
    long seen = 0;
    for (ValueCount entry : values) {
      seen += entry.count();
      if (seen >= rank) {
        return entry.value();
      }
    }
    return null;
  }

  /** The median by nearest rank. */
  public @Nullable Long p50() {
    return percentile(50);
  }

  /** The 99th percentile by nearest rank. */
  public @Nullable Long p99() {
    return percentile(99);
  }
}
