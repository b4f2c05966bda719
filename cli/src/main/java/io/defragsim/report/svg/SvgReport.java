package io.defragsim.report.svg;

import io.defragsim.lab.recording.Recording;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.Estimates;
import io.defragsim.lab.words.Numbers;
import io.defragsim.lab.words.RunWords;
import io.defragsim.lab.words.Verdicts;
import io.defragsim.report.drawing.HeapOverTime;
import io.defragsim.report.drawing.Plots;
import io.defragsim.report.drawing.Use;
import io.defragsim.report.markup.Markup;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/** A run as a picture for slides: the heap over the operations, and its pauses below. */
public final class SvgReport {
  private static final int WIDTH = 1280;
  private static final int HEIGHT = 720;
  private static final int LEFT = 110;
  private static final int RIGHT = 40;
  private static final int PLOT = WIDTH - LEFT - RIGHT;
  private static final int HEAP_TOP = 112;
  private static final int HEAP = 330;
  private static final int PAUSES_TOP = 532;
  private static final int PAUSES = 120;
  private static final int COLUMNS = 800;

  private SvgReport() {}

  /** Writes the picture, a document of its own, and closes nothing. */
  public static void write(RunResult result, Recording recording, Writer out) throws IOException {
    Markup svg = new Markup();
    String name = result.subject().scenario() + " on " + result.subject().image().name();
    svg.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "viewBox",
        "0 0 " + WIDTH + " " + HEIGHT,
        "width",
        WIDTH,
        "height",
        HEIGHT,
        "role",
        "img",
        "aria-labelledby",
        "title desc",
        "font-family",
        "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif",
        "font-size",
        20);
    svg.line().element("title", name, "id", "title");
    svg.line().element("desc", RunWords.picture(result), "id", "desc").line();
    svg.element("style", Use.styles()).line();
    svg.empty("rect", "class", "paper", "fill", "#ffffff", "width", WIDTH, "height", HEIGHT);
    text(svg, LEFT, 44, "start", name, "font-size", 30, "font-weight", 600);
    verdict(svg, result);
    heap(svg, result, recording);
    pauses(svg, result, recording);
    svg.line().close().line();
    out.write(svg.toString());
  }

  private static void verdict(Markup svg, RunResult result) {
    List<LimitVerdict> verdicts = result.verdicts();
    long violated = verdicts.stream().filter(verdict -> !verdict.holds()).count();
    String words =
        !result.completed()
            ? "ended early"
            : verdicts.isEmpty()
                ? ""
                : (violated == 0 ? "✓ " : "✗ ")
                    + Verdicts.outcome(violated, verdicts.size())
                    + Estimates.last(verdicts.stream().anyMatch(LimitVerdict::estimated));
    text(svg, WIDTH - RIGHT, 44, "end", words, "class", words.startsWith("✓") ? "good" : "bad");
    text(svg, LEFT, 84, "start", subtitle(result), "class", "faint");
  }

  private static String subtitle(RunResult result) {
    return Numbers.count(result.subject().pool().bytes(), "byte")
        + " of pool, "
        + Numbers.count(result.executed(), "operation")
        + ", "
        + Numbers.count(result.cycles(), "cycle")
        + Estimates.why(result);
  }

  private static void heap(Markup svg, RunResult result, Recording recording) {
    int pool = result.subject().pool().bytes();
    long span = Math.max(1, result.executed());
    svg.line();
    new HeapOverTime(recording, pool, span, COLUMNS)
        .write(svg, "heap", "x", LEFT, "y", HEAP_TOP, "width", PLOT, "height", HEAP);
    text(svg, LEFT - 10, HEAP_TOP + 16, "end", "+0", "class", "faint");
    text(svg, LEFT - 10, HEAP_TOP + HEAP, "end", "+" + Numbers.plain(pool), "class", "faint");
    text(svg, LEFT - 10, HEAP_TOP + HEAP / 2, "end", "offset");
    HeapOverTime.patterns(svg, "key", 7, 7);
    int at = LEFT;
    for (Use use : Use.values()) {
      svg.line();
      svg.empty(
          "rect",
          "class",
          use.key(),
          "fill",
          use.color(),
          "stroke",
          "#777777",
          "x",
          at,
          "y",
          HEAP_TOP + HEAP + 16,
          "width",
          22,
          "height",
          22);
      if (use == Use.LOCKED || use == Use.OWN) {
        svg.empty(
            "rect",
            "fill",
            "url(#key-" + use.key() + ")",
            "x",
            at,
            "y",
            HEAP_TOP + HEAP + 16,
            "width",
            22,
            "height",
            22);
      }
      text(svg, at + 30, HEAP_TOP + HEAP + 34, "start", use.words());
      at += 66 + use.words().length() * 11;
    }
  }

  private static void pauses(Markup svg, RunResult result, Recording recording) {
    long span = Math.max(1, result.executed());
    Plots.PauseScale scale = Plots.PauseScale.of(result);
    Long limit = scale.limit();
    Long longest = scale.longest();
    svg.line();
    text(
        svg,
        LEFT,
        PAUSES_TOP - 14,
        "start",
        longest == null
            ? "No pauses"
            : "Longest pauses: "
                + Numbers.count(longest, "cycle")
                + Estimates.last(result.clockIsEstimate())
                + (limit == null ? "" : ", limit " + Numbers.plain(limit))
                + (result.failures().count() == 0
                    ? ""
                    : "; at the foot: requests refused, " + result.failures().count()));
    Plots.pauses(
        svg, recording, span, scale, "x", LEFT, "y", PAUSES_TOP, "width", PLOT, "height", PAUSES);
    svg.empty(
        "path",
        "class",
        "axis",
        "fill",
        "none",
        "stroke",
        "#777777",
        "d",
        "M" + LEFT + " " + PAUSES_TOP + "v" + PAUSES + "h" + PLOT);
    text(svg, LEFT - 10, PAUSES_TOP + 16, "end", Numbers.plain(scale.top()), "class", "faint");
    text(svg, LEFT - 10, PAUSES_TOP + PAUSES, "end", "0", "class", "faint");
    text(svg, LEFT, PAUSES_TOP + PAUSES + 28, "start", "operation 0", "class", "faint");
    text(
        svg,
        LEFT + PLOT,
        PAUSES_TOP + PAUSES + 28,
        "end",
        Numbers.plain(span - 1),
        "class",
        "faint");
  }

  private static void text(
      Markup svg, int x, int y, String anchor, String text, Object... attributes) {
    if (text.isEmpty()) {
      return;
    }
    Object[] all = new Object[attributes.length + 6];
    System.arraycopy(attributes, 0, all, 0, attributes.length);
    Object[] place = {"x", x, "y", y, "text-anchor", anchor};
    System.arraycopy(place, 0, all, attributes.length, place.length);
    svg.element("text", text, all);
  }
}
