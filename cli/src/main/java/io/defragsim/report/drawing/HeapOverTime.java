package io.defragsim.report.drawing;

import io.defragsim.lab.recording.Account;
import io.defragsim.lab.recording.HeapState;
import io.defragsim.lab.recording.HeapState.Placed;
import io.defragsim.lab.recording.Recording;
import io.defragsim.lab.result.HeapImage.Span;
import io.defragsim.report.markup.Markup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The pool over the operations of a run: time across, address down. A run that has no more
 * operations than the picture columns is drawn exactly, each block with its edges; of a longer one
 * a column shows the heap after its last operation, in as many rows as can be told apart.
 */
public final class HeapOverTime {
  /** A shorter stretch that is neither block nor hole holds headers and rounding only. */
  private static final int LEAST_OWN = 16;

  private static final int ROWS = 256;

  private final int columns;
  private final int height;
  private final boolean exact;
  private final Map<Use, StringBuilder> paths = new EnumMap<>(Use.class);

  /** A stretch of a column, up to {@code end}; {@code name} tells neighbours apart. */
  private record Piece(int start, int end, Use use, int name) {}

  /**
   * @param span how many operations the picture is wide, at least 1
   * @param most the most columns
   */
  public HeapOverTime(Recording recording, int poolBytes, long span, int most) {
    columns = (int) Math.min(span, most);
    exact = columns == span;
    height = exact ? poolBytes : Math.min(ROWS, poolBytes);
    List<@Nullable List<Piece>> layers = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      layers.add(null);
    }
    Map<Integer, Placed> before = new HashMap<>();
    recording.replay(
        (moment, state) -> {
          if (moment.operation() != Account.BEFORE_FIRST && moment.operation() < span) {
            int column = (int) (moment.operation() * columns / span);
            List<Piece> pieces = pieces(state, before, poolBytes);
            layers.set(column, exact ? pieces : coarse(pieces, poolBytes));
          }
          before.clear();
          before.putAll(state.blocks());
        });
    draw(layers);
  }

  /** The pool without its holes, by address. */
  private static List<Piece> pieces(HeapState state, Map<Integer, Placed> before, int poolBytes) {
    List<Piece> sorted = new ArrayList<>();
    state
        .blocks()
        .forEach(
            (name, block) ->
                sorted.add(
                    new Piece(
                        block.offset(),
                        block.offset() + block.bytes(),
                        use(block, before.get(name)),
                        name)));
    for (int i = 0; i < state.lists().size(); i++) {
      Use use = i == HeapState.MOVING ? Use.MOVING : Use.FREE;
      for (Span hole : state.lists().get(i)) {
        sorted.add(new Piece(hole.offset(), hole.offset() + hole.bytes(), use, -1));
      }
    }
    sorted.sort((a, b) -> Integer.compare(a.start, b.start));
    List<Piece> pieces = new ArrayList<>();
    int at = 0;
    for (Piece piece : sorted) {
      own(pieces, at, piece.start);
      if (piece.use != Use.FREE) {
        pieces.add(piece);
      }
      at = Math.max(at, piece.end);
    }
    own(pieces, at, poolBytes);
    return pieces;
  }

  private static void own(List<Piece> pieces, int from, int to) {
    if (to - from >= LEAST_OWN) {
      pieces.add(new Piece(from, to, Use.OWN, -1));
    }
  }

  /** What a block is drawn as, given where it was in the moment before. */
  static Use use(Placed block, @Nullable Placed before) {
    if (block.inTwoParts() || (before != null && before.offset() != block.offset())) {
      return Use.MOVING;
    }
    return block.locked() || block.pinned() ? Use.LOCKED : Use.USED;
  }

  /** In rows: what is rare and small wins, so that it shows. */
  private List<Piece> coarse(List<Piece> pieces, int poolBytes) {
    Use[] rows = new Use[height];
    Arrays.fill(rows, Use.FREE);
    for (Use use : List.of(Use.OWN, Use.USED, Use.LOCKED, Use.MOVING)) {
      for (Piece piece : pieces) {
        if (piece.use == use) {
          // rounded to the nearest row, so that small holes and small blocks have their share
          int from = (int) (((long) piece.start * height + poolBytes / 2) / poolBytes);
          int to = (int) (((long) piece.end * height + poolBytes / 2) / poolBytes);
          boolean rare = use == Use.LOCKED || use == Use.MOVING;
          Arrays.fill(rows, from, Math.min(height, Math.max(to, from + (rare ? 1 : 0))), use);
        }
      }
    }
    List<Piece> coarse = new ArrayList<>();
    for (int from = 0, to; from < height; from = to) {
      for (to = from + 1; to < height && rows[to] == rows[from]; to++) {}
      if (rows[from] != Use.FREE) {
        coarse.add(new Piece(from, to, rows[from], -1));
      }
    }
    return coarse;
  }

  /** What stays the same from one column to the next is one rectangle. */
  private void draw(List<@Nullable List<Piece>> layers) {
    Map<Piece, Integer> begun = new TreeMap<>(HeapOverTime::order);
    for (int column = 0; column < layers.size(); column++) {
      List<Piece> layer = layers.get(column);
      if (layer == null) {
        continue; // nothing known of it: as the one before
      }
      Map<Piece, Integer> now = new TreeMap<>(HeapOverTime::order);
      for (Piece piece : layer) {
        Integer since = begun.remove(piece);
        now.put(piece, since == null ? column : since);
      }
      int end = column;
      begun.forEach((piece, since) -> rectangle(piece, since, end));
      begun = now;
    }
    begun.forEach((piece, since) -> rectangle(piece, since, layers.size()));
  }

  private static int order(Piece a, Piece b) {
    int byStart = Integer.compare(a.start, b.start);
    int byEnd = byStart != 0 ? byStart : Integer.compare(a.end, b.end);
    int byUse = byEnd != 0 ? byEnd : a.use.compareTo(b.use);
    return byUse != 0 ? byUse : Integer.compare(a.name, b.name);
  }

  private void rectangle(Piece piece, int from, int to) {
    paths
        .computeIfAbsent(piece.use, use -> new StringBuilder())
        .append('M')
        .append(from)
        .append(' ')
        .append(piece.start)
        .append('h')
        .append(to - from)
        .append('v')
        .append(piece.end - piece.start)
        .append('h')
        .append(from - to)
        .append('z');
  }

  /**
   * Writes the picture as an {@code svg} that fills what it stands in.
   *
   * @param id of the patterns in it, one of its own for each picture of a document
   * @param size attributes of the element: its place and size, or its class
   */
  public void write(Markup out, String id, Object... size) {
    Object[] attributes = Arrays.copyOf(size, size.length + 4);
    attributes[size.length] = "viewBox";
    attributes[size.length + 1] = "0 0 " + columns + " " + height;
    attributes[size.length + 2] = "preserveAspectRatio";
    attributes[size.length + 3] = "none";
    out.open("svg", attributes);
    // in units of the picture: about 1 part in 150 of its width and in 60 of its height
    patterns(out, id, columns / 150.0, height / 60.0);
    out.empty(
        "rect", "class", "free", "fill", Use.FREE.color(), "width", columns, "height", height);
    paths.forEach(
        (use, path) -> {
          out.empty(
              "path",
              "class",
              use.key() + (exact ? " edged" : ""),
              "fill",
              use.color(),
              "d",
              path.toString());
          if (use == Use.LOCKED || use == Use.OWN) {
            out.empty("path", "fill", "url(#" + id + "-" + use.key() + ")", "d", path.toString());
          }
        });
    out.close();
  }

  /**
   * Writes what lies over colours: a hatch over what is locked, dots over the allocator's own.
   *
   * @param id in front of the key of the {@link Use}
   * @param across the width of one piece, in the units that hold where the pattern is used
   * @param down its height
   */
  public static void patterns(Markup out, String id, double across, double down) {
    out.open("defs");
    hatch(out, id, across, down);
    dots(out, id, across, down);
    out.close();
  }

  private static void hatch(Markup out, String id, double across, double down) {
    pattern(out, id + "-" + Use.LOCKED.key(), across, down);
    out.empty(
        "path",
        "class",
        "hatch",
        "stroke",
        "#fff",
        "vector-effect",
        "non-scaling-stroke",
        "d",
        "M0 " + number(down) + "L" + number(across) + " 0");
    out.close();
  }

  private static void dots(Markup out, String id, double across, double down) {
    pattern(out, id + "-" + Use.OWN.key(), across, down);
    out.empty(
        "rect",
        "class",
        "dot",
        "fill",
        "#fff",
        "width",
        number(across / 4),
        "height",
        number(down / 4));
    out.close();
  }

  private static void pattern(Markup out, String id, double across, double down) {
    out.open(
        "pattern",
        "id",
        id,
        "patternUnits",
        "userSpaceOnUse",
        "width",
        number(across),
        "height",
        number(down));
  }

  /** Three decimals, by integers, so that every machine writes the same. */
  static String number(double value) {
    long thousandths = Math.round(value * 1000);
    return java.math.BigDecimal.valueOf(thousandths, 3).stripTrailingZeros().toPlainString();
  }
}
