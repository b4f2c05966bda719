package io.defragsim.report.text;

import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.HeapImage.PlacedBlock;
import io.defragsim.lab.result.HeapImage.Span;
import io.defragsim.lab.words.Numbers;
import io.defragsim.scenario.Granule;
import java.util.ArrayList;
import java.util.List;

/** The pool as rows of characters, each standing for some bytes. */
final class HeapMapView {

  static final String LEGEND =
      "█ used  ▄ partly used  L locked  M moving  · free  ▒ the allocator's own";

  static final String PROGRAM_LEGEND =
      "█ used  ▄ partly used  · free  ▒ the heap's own, or not claimed yet";

  private static final int COLUMNS = 64;
  private static final int ROWS = 4;
  private static final int LARGE_META = 2 * Granule.BYTES;

  private static final char USED = '█';
  private static final char PARTLY = '▄';
  private static final char LOCKED = 'L';
  private static final char MOVING = 'M';
  private static final char FREE = '·';
  private static final char CHANGED = '▓';
  private static final char META = '▒';

  private HeapMapView() {}

  /** Bytes that one character stands for, so that the pool takes no more than a few rows. */
  private static int bytesPerCharacter(int poolBytes) {
    return bytesPerCharacter(poolBytes, ROWS);
  }

  /** The same for so many rows. */
  static int bytesPerCharacter(int poolBytes, int rows) {
    int bytes = Granule.BYTES;
    while ((long) bytes * COLUMNS * rows < poolBytes) {
      bytes *= 2;
    }
    return bytes;
  }

  /** What one character is in maps of pools as large as that of {@code image}. */
  static String scale(HeapImage image) {
    return "one character is " + Numbers.count(bytesPerCharacter(image.poolBytes()), "byte");
  }

  /**
   * Prints the rows, each with the address of its first byte.
   *
   * @param address of the pool's first byte
   */
  static void print(HeapImage image, long address, Page page) {
    int bytes = bytesPerCharacter(image.poolBytes());
    rows(cells(image, bytes), bytes, address, page.palette()).forEach(page::line);
  }

  /**
   * The rows, no more than {@code most}, with blocks that changed just now set apart.
   *
   * @param address of the pool's first byte
   */
  static List<String> rows(
      HeapImage image, List<PlacedBlock> changed, long address, int most, Palette palette) {
    int bytes = bytesPerCharacter(image.poolBytes(), most);
    char[] cells = cells(image, bytes).toCharArray();
    for (PlacedBlock block : changed) {
      int last = block.offset() + Math.max(1, block.bytes()) - 1;
      for (int i = block.offset() / bytes; i <= last / bytes && i < cells.length; i++) {
        if (cells[i] == USED || cells[i] == PARTLY) {
          cells[i] = CHANGED;
        }
      }
    }
    return rows(new String(cells), bytes, address, palette);
  }

  private static List<String> rows(String cells, int bytes, long address, Palette palette) {
    List<String> rows = new ArrayList<>();
    for (int from = 0; from < cells.length(); from += COLUMNS) {
      String row = cells.substring(from, Math.min(cells.length(), from + COLUMNS));
      rows.add(
          "  "
              + palette.faint(Numbers.hex(address + (long) from * bytes))
              + "  "
              + coloured(row, palette));
    }
    return rows;
  }

  /** One character a cell. */
  private static String cells(HeapImage image, int bytes) {
    int count = (image.poolBytes() + bytes - 1) / bytes;
    int[] used = new int[count];
    int[] locked = new int[count];
    int[] moving = new int[count];
    int[] free = new int[count];
    int[] meta = new int[count];
    for (Span span : image.spans()) {
      // Headers and rounding belong to what is beside them.
      if (span.use() == HeapImage.Use.META && span.bytes() < LARGE_META) {
        continue;
      }
      int[] sums =
          switch (span.use()) {
            case USED -> used;
            case LOCKED -> locked;
            case MOVING -> moving;
            case FREE -> free;
            case META -> meta;
          };
      int end = span.offset() + span.bytes();
      for (int at = span.offset(); at < end; ) {
        int next = Math.min(end, (at / bytes + 1) * bytes);
        sums[at / bytes] += next - at;
        at = next;
      }
    }
    StringBuilder cells = new StringBuilder();
    for (int i = 0; i < count; i++) {
      cells.append(cell(used[i], locked[i], moving[i], free[i], meta[i]));
    }
    return cells.toString();
  }

  /** A lock shows however small it is, for it is what compaction cannot move; a move, too. */
  private static char cell(int used, int locked, int moving, int free, int meta) {
    if (locked > 0) {
      return LOCKED;
    }
    if (moving > 0) {
      return MOVING;
    }
    if (used > 0) {
      return free == 0 ? USED : PARTLY;
    }
    if (free == 0 && meta == 0) {
      return USED; // nothing but headers: of blocks that are hardly larger
    }
    return meta > free ? META : FREE;
  }

  /** Which of the kinds a character has its colour from. */
  private static char colour(char cell) {
    return switch (cell) {
      case USED, PARTLY -> USED;
      case CHANGED -> CHANGED;
      case LOCKED, MOVING -> LOCKED;
      default -> FREE;
    };
  }

  private static String coloured(String row, Palette palette) {
    StringBuilder coloured = new StringBuilder();
    for (int from = 0; from < row.length(); ) {
      char kind = colour(row.charAt(from));
      int to = from;
      while (to < row.length() && colour(row.charAt(to)) == kind) {
        to++;
      }
      String run = row.substring(from, to);
      coloured.append(
          switch (kind) {
            case USED -> palette.used(run);
            case LOCKED -> palette.locked(run);
            case CHANGED -> palette.good(run);
            default -> palette.faint(run);
          });
      from = to;
    }
    return coloured.toString();
  }
}
