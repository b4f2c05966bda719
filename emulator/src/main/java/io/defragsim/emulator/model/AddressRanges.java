package io.defragsim.emulator.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What covers an address, of ranges that may overlap. Immutable. */
public final class AddressRanges<T> {
  /** What covers the addresses from each key to the next. */
  private final NavigableMap<Long, Optional<T>> covered;

  private AddressRanges(NavigableMap<Long, Optional<T>> covered) {
    this.covered = covered;
  }

  /**
   * A range; one that does not end above its start is empty.
   *
   * @param end the first address above it
   */
  public record Range<T>(long start, long end, T value) {}

  /**
   * What ranges cover.
   *
   * @param first which of two ranges covers what is in both: the lesser one, and of equals that
   *     which is earlier in {@code ranges}
   */
  public static <T> AddressRanges<T> of(List<Range<T>> ranges, Comparator<Range<T>> first) {
    record Numbered<T>(Range<T> range, int number) {}

    List<Numbered<T>> byStart = new ArrayList<>();
    TreeSet<Long> edges = new TreeSet<>();
    for (Range<T> range : ranges) {
      if (range.end > range.start) {
        byStart.add(new Numbered<>(range, byStart.size()));
        edges.add(range.start);
        edges.add(range.end);
      }
    }
    byStart.sort(Comparator.comparingLong(each -> each.range.start));
    PriorityQueue<Numbered<T>> open =
        new PriorityQueue<>(
            Comparator.comparing((Numbered<T> each) -> each.range, first)
                .thenComparingInt(Numbered::number));
    NavigableMap<Long, Optional<T>> covered = new TreeMap<>();
    int next = 0;
    for (long edge : edges) {
      while (next < byStart.size() && byStart.get(next).range.start == edge) {
        open.add(byStart.get(next++));
      }
      while (!open.isEmpty() && open.peek().range.end <= edge) {
        open.remove(); // another one below may be over too: it is removed when it comes up
      }
      covered.put(edge, Optional.ofNullable(open.peek()).map(each -> each.range.value));
    }
    return new AddressRanges<>(covered);
  }

  /** What covers an address; null if nothing does. */
  public @Nullable T at(long address) {
    Map.Entry<Long, Optional<T>> entry = covered.floorEntry(address);
    return entry == null ? null : entry.getValue().orElse(null);
  }
}
