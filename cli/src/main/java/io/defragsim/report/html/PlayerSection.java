package io.defragsim.report.html;

import io.defragsim.lab.recording.Recording;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.RunResult.PhaseSpan;
import io.defragsim.lab.words.EndingWords;
import io.defragsim.lab.words.Estimates;
import io.defragsim.lab.words.Numbers;
import io.defragsim.lab.words.RunWords;
import io.defragsim.report.Recorded;
import io.defragsim.report.drawing.HeapOverTime;
import io.defragsim.report.drawing.Plots;
import io.defragsim.report.drawing.Use;
import io.defragsim.report.markup.Markup;
import io.defragsim.report.section.CompareReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The run to move through: the pictures over time, one moment of it, and what moves it. */
final class PlayerSection {
  /** So many columns has the picture of the heap, where there is room, and where there is less. */
  private static final int COLUMNS = 600;

  private static final int COLUMNS_OF_MANY = 200;

  private final List<Recorded> runs;
  private final long span;
  private final int columns;
  private final Markup out;

  PlayerSection(List<Recorded> runs, long span, int columns, Markup out) {
    this.runs = runs;
    this.span = span;
    this.columns = columns;
    this.out = out;
  }

  /** How many columns the picture of each heap of so many runs has at most. */
  static int columns(int runs) {
    return CompareReport.inRows(runs) ? COLUMNS_OF_MANY : COLUMNS;
  }

  void write() {
    boolean many = CompareReport.inRows(runs.size());
    out.open("section", "id", "play");
    out.open("h2").text("The heap over time ");
    out.element("small", "time across, address down; click to see that moment").close();
    legend();
    out.open("div", "class", "runs").line();
    for (int i = 0; i < runs.size(); i++) {
      if (runs.get(i).recording().count() > 0) {
        out.open("div", "class", "run", "data-run", i);
        if (runs.size() > 1) {
          head(runs.get(i).result(), many);
        }
        if (many) {
          small(runs.get(i), i);
        } else {
          out.open("div", "class", "pictures");
          heap(runs.get(i), i);
          plots(runs.get(i));
          out.close().open("div", "class", "moment");
          moment(runs.get(i));
          out.close();
        }
        out.close().line();
      }
    }
    out.close();
    out.raw(PageReport.resource("controls.html"));
    out.close().line();
  }

  /** The image's name; of many with what became of its requests. */
  private void head(RunResult result, boolean many) {
    out.open("h3").text(result.subject().image().name());
    if (many) {
      long refused = Objects.requireNonNullElse(result.figures().get("failed"), 0L);
      boolean good = result.completed() && refused == 0;
      out.text(" ")
          .element(
              "small",
              good
                  ? "serves every request"
                  : result.completed()
                      ? "refuses " + Numbers.count(refused, "request")
                      : EndingWords.brief(result.ending()),
              "class",
              good ? "good" : "bad");
    }
    out.close();
  }

  private void legend() {
    out.open("ul", "class", "legend");
    for (Use use : Use.values()) {
      out.open("li");
      out.element("span", "", "class", "fill-" + use.key());
      out.text(
          switch (use) {
            case LOCKED -> "L locked or pinned";
            case MOVING -> "→ moving, or just moved";
            default -> use.words();
          });
      out.close();
    }
    out.close().line();
  }

  /** One of many: the heap, and the rest where it is asked for. */
  private void small(Recorded run, int index) {
    heap(run, index);
    now();
    out.open("details").element("summary", "More of it");
    readings();
    out.element("p", lists(run.recording()), "class", "faint");
    holes(run);
    blocks();
    plots(run);
    kept(run);
    out.close();
  }

  private void heap(Recorded run, int index) {
    RunResult result = run.result();
    int pool = result.subject().pool().bytes();
    out.open("figure", "class", "heap");
    out.open("div", "class", "chart");
    axis("+0", "offset", "+" + Numbers.plain(pool));
    out.open("div", "class", "track heap", "role", "img", "aria-label", RunWords.picture(result));
    new HeapOverTime(run.recording(), pool, span, columns).write(out, "heap" + index);
    out.close();
    phases(result);
    across();
    out.close();
    out.close().line();
  }

  private void plots(Recorded run) {
    RunResult result = run.result();
    int pool = result.subject().pool().bytes();
    var samples = result.fragmentation().samples();
    if (result.fragmentation().worst() != null) {
      out.open("figure");
      out.element(
          "figcaption", "Fragmentation: the share of the free bytes that one request cannot have.");
      out.open("div", "class", "chart");
      axis(Numbers.exactPercent(1_000_000), Numbers.exactPercent(0));
      out.open("div", "class", "track low");
      Plots.fragmentation(out, samples, span, "aria-hidden", "true");
      out.close().close().close().line();
    }

    out.open("figure");
    out.element(
        "figcaption",
        "Live bytes, filled: at most "
            + RunWords.peak(result)
            + ". Largest request that would be served, dashed.");
    out.open("div", "class", "chart");
    axis(Numbers.plain(pool), "0");
    out.open("div", "class", "track low");
    Plots.bytes(out, samples, span, pool, "aria-hidden", "true");
    out.close().close().close().line();

    Plots.PauseScale scale = Plots.PauseScale.of(result);
    Long longest = scale.longest();
    Long limit = scale.limit();
    if (longest == null && limit == null && result.failures().count() == 0) {
      return;
    }
    out.open("figure");
    out.element(
        "figcaption",
        (longest == null
                ? "No pauses"
                : "Pauses, in cycles"
                    + Estimates.last(result.clockIsEstimate())
                    + ": the longest of each stretch of operations")
            + (limit == null ? "" : "; dashed the limit, " + Numbers.plain(limit))
            + ". "
            + (result.failures().count() == 0 ? "" : "At the foot: requests refused."));
    out.open("div", "class", "chart");
    axis(Numbers.plain(scale.top()), "0");
    out.open("div", "class", "track low");
    Plots.pauses(out, run.recording(), span, scale, "aria-hidden", "true");
    out.close();
    across();
    out.close().close().line();
  }

  private void axis(String... labels) {
    out.open("div", "class", "axis", "aria-hidden", "true");
    for (String label : labels) {
      out.element("span", label);
    }
    out.close();
  }

  private void across() {
    out.open("div", "class", "axis across", "aria-hidden", "true");
    out.element("span", "operation 0");
    out.element("span", Numbers.plain(span - 1));
    out.close();
  }

  private void phases(RunResult result) {
    if (result.phases().isEmpty()) {
      return;
    }
    out.open("div", "class", "phases");
    for (PhaseSpan phase : result.phases()) {
      out.element(
          "span",
          PageData.shortened(phase.name()),
          "data-from",
          phase.first(),
          "data-to",
          phase.end(),
          "title",
          PageData.shortened(phase.name())
              + ": operations "
              + Numbers.plain(phase.first())
              + " to "
              + Numbers.plain(phase.end() - 1));
    }
    out.close();
  }

  /** What the script fills in for one moment. */
  private void moment(Recorded run) {
    now();
    readings();
    out.open("details", "open", runs.size() == 1 ? "" : null);
    out.element("summary", lists(run.recording()));
    holes(run);
    out.close();
    out.open("details");
    out.element("summary", "Blocks");
    blocks();
    out.close();
    kept(run);
  }

  /** The operation in words, and the pool. */
  private void now() {
    String live = CompareReport.inRows(runs.size()) ? null : "polite";
    out.element("p", "", "class", "told", "data-show", "words", "aria-live", live);
    out.element("div", "", "class", "map", "data-show", "map", "role", "img");
  }

  private void readings() {
    out.element("dl", "", "class", "readings", "data-show", "readings");
  }

  private static String lists(Recording recording) {
    return recording.walked()
        ? "Free lists: bytes at offset, each from its head"
        : "Holes: bytes at offset";
  }

  private void holes(Recorded run) {
    if (!run.recording().walked()) {
      out.element(
          "p",
          "This image cannot show its free lists. Shown are gaps between blocks in which there is"
              + " more than a header.",
          "class",
          "faint");
    }
    out.element("div", "", "class", "lists", "data-show", "lists");
  }

  private void blocks() {
    out.open("div", "class", "scroll").open("table").open("thead").open("tr");
    out.element("th", "block").element("th", "offset").element("th", "bytes");
    out.element("th", "", "class", "words");
    out.close().close();
    out.element("tbody", "", "data-show", "blocks");
    out.close().close();
  }

  private void kept(Recorded run) {
    Recording.Kept kept = run.recording().kept();
    List<String> parts = new ArrayList<>();
    if (kept.stride() > 1) {
      parts.add("one in " + Numbers.plain(kept.stride()));
    }
    if (kept.failuresKept() < kept.failures() || (kept.stride() > 1 && kept.failures() > 0)) {
      parts.add(part(kept.failuresKept(), kept.failures(), "refused"));
    }
    if (kept.pausedKept() < kept.paused() || (kept.stride() > 1 && kept.paused() > 0)) {
      parts.add(part(kept.pausedKept(), kept.paused(), "with pauses"));
    }
    if (!parts.isEmpty()) {
      out.element(
          "p",
          "Of "
              + Numbers.count(run.recording().operations(), "operation")
              + " this page shows "
              + Numbers.plain(run.recording().count())
              + ": "
              + String.join(", ", parts)
              + ", and the worst of each sort. Figures, verdicts and charts are of all; the file"
              + " that --json writes has them in full.",
          "class",
          "faint kept");
    }
  }

  private static String part(long kept, long all, String what) {
    return (kept == all
            ? "all " + Numbers.plain(all)
            : Numbers.plain(kept) + " of " + Numbers.plain(all))
        + " "
        + what;
  }
}
