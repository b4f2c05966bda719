package io.defragsim.report.text;

import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.HeapImage.Span;
import io.defragsim.lab.result.HeapImage.Use;
import io.defragsim.lab.words.Estimates;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.film.Moment;
import io.defragsim.report.film.Player;
import io.defragsim.report.model.Cells;
import io.defragsim.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A moment of a film as lines for a terminal of at least 80 by 24 characters. */
public final class FrameView implements Player.Frames {
  /** What a frame needs. */
  public static final int LEAST_WIDTH = 80;

  public static final int LEAST_HEIGHT = 24;

  private static final String LEGEND =
      "█ used ▓ new here ▄ partly used L locked M moving · free ▒ the allocator's own";

  private static final String LETTERS =
      "8 bytes a letter: |a a| a block  |- -| a hole  [a a] locked  |~ ~| moving";

  private static final String NAMES =
      "a block's letter is its name's first, or the last digit of its number";

  private static final String KEYS =
      "space play  ← → step  f p failure, pause  Home End  + - speed  ? keys  q quit";

  /** All of them; those that the page of a run has too mean the same there. */
  private static final String[][] ALL_KEYS = {
    {"space", "play, or pause"},
    {"→ ←", "a step forwards, a step back; also l and h, or . and ,"},
    {"f F", "the next failure, the one before: a request that is refused"},
    {"p P", "the next pause, the one before: a step of compaction"},
    {"n N", "the next of both, the one before"},
    {"Home End", "the start, the end; also g and G"},
    {"+ -", "faster, slower"},
    {"Ctrl-Z", "back to the shell for a while; fg comes here again"},
    {"q", "quit"},
    {"?", "these keys; any other key goes back to the moment"},
  };

  /** Lines beside those of the heap. */
  private static final int OTHERS = 13;

  /** Above that a frame is no longer one to look at at once. */
  private static final int MOST_ROWS = 16;

  private final Scenario scenario;
  private final String image;
  private final long address;
  private final long operations;
  private final Palette palette;
  private final @Nullable HeapPicture picture;

  /**
   * @param image its name
   * @param address of the pool's first byte
   * @param first the first moment of the film: a small pool is shown with letters for its blocks
   */
  public FrameView(
      Scenario scenario, String image, long address, @Nullable Moment first, Palette palette) {
    this.scenario = scenario;
    this.image = image;
    this.address = address;
    this.operations = scenario.workload().countOperations();
    this.palette = palette;
    HeapImage empty = first == null ? null : first.image();
    HeapPicture drawn = empty == null ? null : new HeapPicture(empty);
    this.picture = drawn != null && drawn.isSmall() ? drawn : null;
  }

  @Override
  public List<String> frame(Moment moment, Player.State state, int width, int height) {
    if (width < LEAST_WIDTH || height < LEAST_HEIGHT) {
      String text =
          String.format(
              Locale.ROOT,
              "This needs %d by %d characters, and here are %d by %d. Enlarge it, or q to quit.",
              LEAST_WIDTH,
              LEAST_HEIGHT,
              width,
              height);
      return Page.wrap(text, Math.max(1, width)).stream().limit(Math.max(1, height)).toList();
    }
    List<String> lines =
        state.help() ? help(width) : new ArrayList<>(picture(moment, width, height - 2));
    while (lines.size() < height - 2) {
      lines.add("");
    }
    String playing =
        state.playing()
            ? "playing, " + Numbers.plain(state.speed()) + " a second"
            : "paused; speed " + Numbers.plain(state.speed()) + " a second";
    lines.add(
        palette.strong(cut(playing + (state.note().isEmpty() ? "" : ". " + state.note()), width)));
    lines.add(palette.faint(cut(KEYS, width)));
    return lines;
  }

  private List<String> help(int width) {
    List<String> lines = new ArrayList<>(List.of(palette.strong("Keys"), ""));
    for (String[] key : ALL_KEYS) {
      lines.add(cut("  " + Cells.padded(key[0], 10) + key[1], width));
    }
    return lines;
  }

  /** The moment by itself, without keys. */
  public List<String> picture(Moment moment, int width, int height) {
    List<String> lines = new ArrayList<>();
    lines.add(
        ends(
            Page.clean(scenario.name())
                + " on "
                + Page.clean(image)
                + Estimates.why(scenario.mcu()),
            moment.operation() < 0
                ? "before operation 0 of " + Numbers.plain(operations)
                : "operation "
                    + Numbers.plain(moment.operation())
                    + " of "
                    + Numbers.plain(operations),
            width));
    lines.add(
        ends(
            moment.phase().isEmpty() ? "" : "phase \"" + Page.clean(moment.phase()) + "\"",
            "cycle " + Numbers.plain(moment.cycle()) + Estimates.last(moment.estimated()),
            width));
    lines.add(palette.strong(cut(Page.clean(moment.words()), width)));
    lines.add(event(moment, width));
    lines.add("");
    HeapImage heap = moment.image();
    if (heap == null) {
      lines.add("  There is no heap to show: the run ended before it had a pool.");
    } else if (picture != null) {
      List<String> rows = picture.rows(heap);
      for (int i = 0; i < rows.size(); i++) {
        lines.add(picture.line(i, rows.get(i), address, palette));
      }
      lines.add("");
      lines.add(palette.faint(cut("  " + LETTERS, width)));
      lines.add(palette.faint(cut("  " + NAMES, width)));
    } else {
      int rows = Math.max(1, Math.min(MOST_ROWS, height - OTHERS + 2));
      lines.addAll(HeapMapView.rows(heap, moment.changed(), address, rows, palette));
      lines.add(
          palette.faint(
              cut(
                  "  one character is "
                      + Numbers.count(HeapMapView.bytesPerCharacter(heap.poolBytes(), rows), "byte")
                      + ":",
                  width)));
      lines.add(palette.faint(cut("  " + LEGEND, width)));
    }
    lines.add("");
    lines.add(
        cut(
            String.format(
                Locale.ROOT,
                "live: %s in %s",
                Numbers.count(moment.liveBytes(), "byte"),
                Numbers.count(moment.blocks().size(), "block")),
            width));
    lines.add(cut(heap == null ? "" : holes(heap), width));
    Moment.Counts counts = moment.counts();
    lines.add(
        cut(
            String.format(
                Locale.ROOT,
                "so far: %s refused, %s after compaction, %s, %s moved",
                Numbers.plain(counts.refused()),
                Numbers.plain(counts.waited()) + " served",
                Numbers.count(counts.steps(), "step"),
                Numbers.count(counts.bytesMoved(), "byte")),
            width));
    lines.replaceAll(Numbers::unglued);
    return lines;
  }

  private String event(Moment moment, int width) {
    String text = cut("  " + Page.clean(moment.event()), width);
    return switch (moment.kind()) {
      case REFUSAL -> palette.bad(text);
      case PAUSE, END -> palette.good(text);
      case ORDINARY -> text;
    };
  }

  private static String holes(HeapImage heap) {
    List<Integer> holes = heap.spans(Use.FREE).stream().map(Span::bytes).toList();
    long free = holes.stream().mapToLong(Integer::longValue).sum();
    return holes.isEmpty()
        ? "free: nothing"
        : String.format(
            Locale.ROOT,
            "free: %s, with headers, in %s, the largest of %s",
            Numbers.count(free, "byte"),
            Numbers.count(holes.size(), "hole"),
            Numbers.plain(holes.stream().mapToInt(Integer::intValue).max().orElse(0)));
  }

  private static String ends(String left, String right, int width) {
    int gap = width - Cells.of(left) - Cells.of(right);
    return gap < 2
        ? cut(left, Math.max(1, width - Cells.of(right) - 2)) + "  " + right
        : left + " ".repeat(gap) + right;
  }

  private static String cut(String text, int width) {
    return Cells.cut(Page.clean(text), width);
  }
}
