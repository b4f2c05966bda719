package io.defragsim.report.text;

import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.HeapImage.PlacedBlock;
import io.defragsim.lab.result.HeapImage.Span;
import io.defragsim.lab.result.HeapImage.Use;
import io.defragsim.lab.words.Numbers;
import io.defragsim.scenario.Granule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The heap in the notation {@code |a a|- -|[b b]|}: a letter and the mark behind it are a granule
 * of 8 bytes, or more of them in a large pool. What the allocator has taken at the bottom of the
 * pool before the first allocation is left out.
 */
final class HeapPicture {
  private static final int COLUMNS = 32;

  /** So many rows a picture has at most; what a letter stands for grows with the pool. */
  static final int MOST_ROWS = 8;

  private static final int FREE = -1;
  private static final int MOVING = -2;
  private static final int OWN = -3;

  private final int origin;
  private final int bytes;
  private final int cells;

  /**
   * @param empty the pool before the first allocation
   */
  HeapPicture(HeapImage empty) {
    this.origin =
        empty.spans().stream()
            .filter(span -> span.use() == Use.FREE)
            .mapToInt(Span::offset)
            .findFirst()
            .orElse(0);
    int pool = empty.poolBytes() - origin;
    int each = Granule.BYTES;
    while ((long) each * COLUMNS * MOST_ROWS < pool) {
      each *= 2;
    }
    this.bytes = each;
    this.cells = Math.max(1, pool / each);
  }

  int rows() {
    return (cells + COLUMNS - 1) / COLUMNS;
  }

  /** Whether there is room for one after each thing that happens. */
  boolean isSmall() {
    return rows() <= 2;
  }

  /** How to read it. */
  String legend() {
    String each = Numbers.count(bytes, "byte");
    return ("one letter with the mark behind it is "
            + each
            + (bytes == Granule.BYTES ? "" : ", and says what most of them hold")
            + ": |a a| a block, |- -| a hole, [a a] a block that is locked or pinned and so cannot"
            + " move, |~ ~| a move under way; a block's letter is its name's first, or the last digit"
            + " of its number")
        .replace("a a", "a" + Numbers.GLUE + "a")
        .replace("- -", "-" + Numbers.GLUE + "-")
        .replace("~ ~", "~" + Numbers.GLUE + "~");
  }

  /**
   * The letter of a block: its name's first, of {@code row[12]} the number's last digit, of
   * generated blocks one by their number.
   */
  static char letter(String name) {
    if (name.matches(".*[0-9]]")) {
      return name.charAt(name.length() - 2);
    }
    if (name.matches("#[0-9]{1,18}")) {
      long number = Long.parseLong(name.substring(1));
      return (char) ('a' + (number - 1) % 26);
    }
    char first = name.isEmpty() ? '?' : name.toLowerCase(Locale.ROOT).charAt(0);
    return (first >= 'a' && first <= 'z') || (first >= '0' && first <= '9') ? first : '?';
  }

  /**
   * Prints rows, each with the address of its first byte.
   *
   * @param before those of the picture before, if only what differs is to be printed
   */
  void print(List<String> rows, @Nullable List<String> before, long poolAddress, Page page) {
    for (int i = 0; i < rows.size(); i++) {
      if (before == null || !before.get(i).equals(rows.get(i))) {
        page.line(line(i, rows.get(i), poolAddress, page.palette()));
      }
    }
  }

  /** Row {@code i} with its address. */
  String line(int i, String row, long poolAddress, Palette palette) {
    return "  "
        + palette.faint(Numbers.hex(poolAddress + origin + (long) i * COLUMNS * bytes))
        + " "
        + row;
  }

  /** The rows by themselves. */
  List<String> rows(HeapImage image) {
    List<PlacedBlock> blocks = new ArrayList<>(image.blocks());
    blocks.sort(Comparator.comparingInt(PlacedBlock::offset));
    int[] owners = owners(image, blocks);
    List<String> rows = new ArrayList<>();
    for (int from = 0; from < cells; from += COLUMNS) {
      int to = Math.min(cells, from + COLUMNS);
      StringBuilder row = new StringBuilder();
      row.append(mark(from == 0 ? OWN : owners[from - 1], owners[from], blocks));
      for (int i = from; i < to; i++) {
        row.append(letterOf(owners[i], blocks));
        row.append(mark(owners[i], i + 1 < cells ? owners[i + 1] : OWN, blocks));
      }
      rows.add(row.toString());
    }
    return rows;
  }

  private static char letterOf(int owner, List<PlacedBlock> blocks) {
    return switch (owner) {
      case FREE -> '-';
      case MOVING -> '~';
      case OWN -> '#';
      default -> letter(blocks.get(owner).name());
    };
  }

  /** What stands between two cells, nothing where what is there goes on. */
  private static char mark(int left, int right, List<PlacedBlock> blocks) {
    if (left == right) {
      return ' ';
    }
    boolean leftHeld = held(left, blocks);
    return leftHeld == held(right, blocks) ? '|' : leftHeld ? ']' : '[';
  }

  private static boolean held(int owner, List<PlacedBlock> blocks) {
    return owner >= 0 && (blocks.get(owner).locks() > 0 || blocks.get(owner).pinned());
  }

  /** For each cell the index of its block, or what else is there. */
  private int[] owners(HeapImage image, List<PlacedBlock> blocks) {
    List<Map<Integer, Integer>> shares = new ArrayList<>();
    for (int i = 0; i < cells; i++) {
      shares.add(new HashMap<>());
    }
    for (Span span : image.spans()) {
      if (span.use() == Use.FREE) {
        share(shares, span.offset(), span.bytes(), FREE);
      } else if (span.use() == Use.MOVING) {
        share(shares, span.offset(), span.bytes(), MOVING);
      }
    }
    for (int i = 0; i < blocks.size(); i++) {
      if (!blocks.get(i).inTwoParts()) {
        share(shares, blocks.get(i).offset(), blocks.get(i).bytes(), i);
      }
    }
    int[] owners = new int[cells];
    int before = OWN;
    for (int i = 0; i < cells; i++) {
      // headers and rounding belong to what is below
      int owner = before;
      int most = 0;
      for (int candidate : shares.get(i).keySet().stream().sorted().toList()) {
        int share = shares.get(i).getOrDefault(candidate, 0);
        boolean outright = bytes == Granule.BYTES && candidate != FREE;
        if (share > most || (outright && owner == FREE)) {
          owner = candidate;
          most = share;
        }
      }
      owners[i] = owner;
      before = owner;
    }
    for (int i = cells - 2; i >= 0; i--) {
      // a header that is all of the first cell
      if (owners[i] == OWN) {
        owners[i] = owners[i + 1];
      }
    }
    return owners;
  }

  private void share(List<Map<Integer, Integer>> shares, int offset, int length, int owner) {
    int end = offset + length;
    for (int at = Math.max(offset, origin); at < end; ) {
      int cell = (at - origin) / bytes;
      if (cell >= cells) {
        return;
      }
      int next = Math.min(end, origin + (cell + 1) * bytes);
      shares.get(cell).merge(owner, next - at, Integer::sum);
      at = next;
    }
  }
}
