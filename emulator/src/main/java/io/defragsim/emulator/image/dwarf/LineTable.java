package io.defragsim.emulator.image.dwarf;

import io.defragsim.emulator.model.AddressRanges;
import io.defragsim.emulator.model.AddressRanges.Range;
import io.defragsim.emulator.model.SourceLine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lines by addresses. A row says which line begins at an address; a sequence is rows in order of
 * address, for code without gaps.
 */
final class LineTable {
  private final int[] addresses;
  private final int[] files;
  private final int[] lines;
  private final AddressRanges<Sequence> sequences;

  private LineTable(Builder builder) {
    addresses = builder.addresses;
    files = builder.files;
    lines = builder.lines;
    sequences = AddressRanges.of(builder.sequences, FIRST);
  }

  /**
   * Rows of a unit.
   *
   * @param unit its number
   * @param from its first row
   * @param to the row behind its last one
   */
  private record Sequence(int unit, FileTable files, int from, int to) {}

  /**
   * Which of two sequences has what is in both, as in {@code addr2line}: that of the earlier unit,
   * and within a unit that which begins first, or is longer.
   */
  private static final Comparator<Range<Sequence>> FIRST =
      Comparator.comparingInt((Range<Sequence> each) -> each.value().unit)
          .thenComparingLong(Range::start)
          .thenComparingLong(each -> -each.end());

  /** The line of the instruction around an address; null if it has none. */
  @Nullable SourceLine at(long address) {
    Sequence sequence = sequences.at(address);
    if (sequence == null) {
      return null;
    }
    int low = sequence.from;
    int high = sequence.to;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (Integer.compareUnsigned(addresses[middle], (int) address) <= 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    String file = lines[low] <= 0 ? null : sequence.files.name(files[low]);
    return file == null ? null : new SourceLine(file, lines[low]);
  }

  /** Collects rows. */
  static final class Builder {
    /** As many as a Cortex-M0 with 4 MiB of flash can have, of which it has an eighth. */
    private static final int MOST_ROWS = 2 << 20;

    /** One for each function, or for each file. */
    private static final int MOST_SEQUENCES = 1 << 18;

    private static final long ADDRESSES = 1L << 32;

    private int[] addresses = new int[256];
    private int[] files = new int[256];
    private int[] lines = new int[256];
    private int rows;

    private final List<Range<Sequence>> sequences = new ArrayList<>();
    private int unit;

    /** Where the sequence that is read begins, and whether its rows are in order of address. */
    private int from;

    private boolean sorted = true;
    private boolean sound = true;

    void beginUnit() {
      unit++;
    }

    /**
     * Adds a row to the sequence.
     *
     * @throws DamagedException if there are too many
     */
    void addRow(long address, long file, long line) {
      if (rows == MOST_ROWS) {
        throw new DamagedException();
      }
      if (rows == addresses.length) {
        addresses = Arrays.copyOf(addresses, 2 * rows);
        files = Arrays.copyOf(files, 2 * rows);
        lines = Arrays.copyOf(lines, 2 * rows);
      }
      sound &= address >= 0 && address < ADDRESSES;
      if (rows > from) {
        int before = Integer.compareUnsigned(addresses[rows - 1], (int) address);
        sorted &= before <= 0;
        if (before == 0) {
          rows--; // the last row of an address counts
        }
      }
      addresses[rows] = (int) address;
      files[rows] = (int) Math.min(file & Long.MAX_VALUE, Integer.MAX_VALUE);
      lines[rows++] = line > 0 && line <= Integer.MAX_VALUE ? (int) line : 0;
    }

    /**
     * Ends the sequence with its last row, which says where it ends. One at address 0 is of a
     * function that the linker left out: where a program is linked to 0, its vectors are there.
     */
    void endSequence(FileTable table) {
      int to = rows - 1;
      if (to > from && sound && sequences.size() < MOST_SEQUENCES) {
        long end = Integer.toUnsignedLong(addresses[to]);
        if (!sorted) {
          sort(from, to);
        }
        long start = Integer.toUnsignedLong(addresses[from]);
        if (start != 0 && start < end) {
          sequences.add(new Range<>(start, end, new Sequence(unit, table, from, to)));
          from = to;
        }
      }
      rows = from;
      sorted = true;
      sound = true;
    }

    private void sort(int from, int to) {
      List<int[]> copies = new ArrayList<>(to - from);
      for (int row = from; row < to; row++) {
        copies.add(new int[] {addresses[row], files[row], lines[row]});
      }
      copies.sort((a, b) -> Integer.compareUnsigned(a[0], b[0]));
      for (int row = from; row < to; row++) {
        int[] copy = copies.get(row - from);
        addresses[row] = copy[0];
        files[row] = copy[1];
        lines[row] = copy[2];
      }
    }

    LineTable build() {
      return new LineTable(this);
    }
  }
}
