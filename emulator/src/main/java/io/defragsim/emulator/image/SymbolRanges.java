package io.defragsim.emulator.image;

import io.defragsim.emulator.image.FirmwareImage.Symbol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which symbol covers an address: of those that do, the one that begins last, and of several names
 * of one address the first.
 */
final class SymbolRanges {
  /** From each key to the next. */
  private final NavigableMap<Long, Optional<Symbol>> ranges;

  private SymbolRanges(NavigableMap<Long, Optional<Symbol>> ranges) {
    this.ranges = ranges;
  }

  /**
   * The ranges of symbols.
   *
   * @param symbols in order of address
   * @param unknownEnd where a symbol of unknown size ends that begins at an address: there, or where
   *     the next symbol begins. The address itself: it covers nothing
   */
  static SymbolRanges of(List<Symbol> symbols, LongUnaryOperator unknownEnd) {
    record Covered(Symbol symbol, int order, long end) {}

    List<Covered> byStart = new ArrayList<>();
    TreeSet<Long> edges = new TreeSet<>();
    for (Symbol symbol : symbols) {
      long end =
          symbol.bytes() == 0
              ? unknownEnd.applyAsLong(symbol.address())
              : symbol.address() + symbol.bytes();
      if (end > symbol.address()) {
        byStart.add(new Covered(symbol, byStart.size(), end));
        edges.add(symbol.address());
        edges.add(end);
      }
    }
    PriorityQueue<Covered> open =
        new PriorityQueue<>(
            Comparator.comparingLong((Covered c) -> -c.symbol.address())
                .thenComparingInt(Covered::order));
    NavigableMap<Long, Optional<Symbol>> ranges = new TreeMap<>();
    int next = 0;
    for (long edge : edges) {
      while (next < byStart.size() && byStart.get(next).symbol.address() == edge) {
        open.add(byStart.get(next++));
      }
      while (!open.isEmpty() && open.peek().end <= edge) {
        open.remove(); // another one below may be over too: it is removed when it comes up
      }
      ranges.put(edge, Optional.ofNullable(open.peek()).map(Covered::symbol));
    }
    return new SymbolRanges(ranges);
  }

  /** The symbol around an address; null if there is none. */
  @Nullable Symbol at(long address) {
    Map.Entry<Long, Optional<Symbol>> range = ranges.floorEntry(address);
    return range == null ? null : range.getValue().orElse(null);
  }
}
