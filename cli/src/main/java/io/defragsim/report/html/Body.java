package io.defragsim.report.html;

import io.defragsim.emulator.exec.Profile;
import io.defragsim.lab.recording.Recording;
import io.defragsim.lab.result.Distribution;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.InterruptStats;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.lab.result.MemoryUse;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.Pauses;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.RunResult.PhaseSpan;
import io.defragsim.lab.result.Stalls;
import io.defragsim.report.Recorded;
import io.defragsim.report.svg.HeapPicture;
import io.defragsim.report.svg.Markup;
import io.defragsim.report.svg.Plots;
import io.defragsim.report.svg.RunWords;
import io.defragsim.report.svg.Use;
import io.defragsim.report.text.CompareReport;
import io.defragsim.report.text.EndingSection;
import io.defragsim.report.text.LimitsSection;
import io.defragsim.report.text.Numbers;
import io.defragsim.report.text.SubjectSection;
import io.defragsim.scenario.FigureUnit;
import io.defragsim.workload.OperationKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What stands on the page, from the verdicts to what ran. */
final class Body {
  /** So many columns has the picture of the heap, where there is room. */
  static final int COLUMNS = 600;

  /** So many failures and functions are listed, and so many characters of a description shown. */
  private static final int MOST_LISTED = 25;

  private static final int MOST_DESCRIPTION = 2000;

  private final List<Recorded> runs;
  private final long span;
  private final int columns;
  private final Markup out = new Markup();

  /** What one run has in a section. */
  private interface Part {
    void of(RunResult result, int index);
  }

  Body(List<Recorded> runs, long span, int columns) {
    this.runs = runs;
    this.span = span;
    this.columns = columns;
  }

  @Override
  public String toString() {
    header();
    out.open("main").line();
    section("verdict", "Verdict", "", this::verdict);
    if (runs.size() > 1) {
      comparison();
    }
    if (runs.stream().anyMatch(run -> run.recording().count() > 0)) {
      play();
      section("worst", "Worst moments", estimated(), this::worst);
      section("pauses", "Defrag pauses and stalls", clockEstimated(), this::pauses);
      section("operations", "Operations", "cycles a call" + comma(estimated()), this::operations);
      if (runs.stream().anyMatch(run -> !run.result().interrupts().isEmpty())) {
        section(
            "interrupts",
            "Interrupts",
            "cycles from the request to the handler's first instruction" + comma(clockEstimated()),
            this::interrupts);
      }
      if (runs.stream().anyMatch(run -> run.result().failures().count() > 0)) {
        section("failures", "Refused", "", this::failures);
      }
    }
    section("functions", "Cycles by function", estimated(), this::functions);
    section("subject", "What ran", estimated(), this::subject);
    out.close().line();
    return out.toString();
  }

  private void header() {
    var subject = runs.get(0).result().subject();
    out.open("header");
    out.element("p", "defrag-sim " + subject.version(), "class", "faint");
    out.element("h1", subject.scenario());
    String description = subject.description();
    if (!description.isBlank()) {
      out.element(
          "p",
          description.length() <= MOST_DESCRIPTION
              ? description
              : description.substring(0, description.offsetByCodePoints(0, MOST_DESCRIPTION / 2))
                  + "…");
    }
    out.close().line();
  }

  /** A section with a part for each run, under the name of its image where there are several. */
  private void section(String id, String title, String remark, Part part) {
    out.open("section", "id", id);
    heading(title, remark);
    out.open("div", "class", "runs");
    for (int i = 0; i < runs.size(); i++) {
      RunResult result = runs.get(i).result();
      out.open("div", "class", "run");
      if (runs.size() > 1) {
        out.element("h3", result.subject().image().name());
      }
      part.of(result, i);
      out.close();
    }
    out.close().close().line();
  }

  private void heading(String title, String remark) {
    out.open("h2").text(title);
    if (!remark.isEmpty()) {
      out.text(" ").element("small", remark);
    }
    out.close();
  }

  private String estimated() {
    return isEstimate() ? "estimated" : "";
  }

  /** The same of what interrupts are part of. */
  private String clockEstimated() {
    return runs.stream().anyMatch(run -> run.result().clockIsEstimate()) ? "estimated" : "";
  }

  private static String comma(String remark) {
    return remark.isEmpty() ? "" : ", " + remark;
  }

  private boolean isEstimate() {
    return runs.get(0).result().subject().mcu().isEstimate();
  }

  private long clock() {
    return runs.get(0).result().subject().mcu().clockHz();
  }

  // ---- verdicts and figures ----

  private void verdict(RunResult result, int index) {
    List<LimitVerdict> verdicts = result.verdicts();
    long violated = verdicts.stream().filter(verdict -> !verdict.holds()).count();
    String on =
        runs.size() > 1
            ? ""
            : " on "
                + result.subject().image().name()
                + (isEstimate() ? " (" + result.subject().mcu().estimate() + ")" : "");
    if (!RunWords.completed(result)) {
      out.open("div", "class", "alarm");
      out.element("p", "✗ " + EndingSection.brief(result.ending()), "class", "bad");
      out.close();
    } else if (verdicts.isEmpty()) {
      out.element("p", "Completed" + on + "; the scenario sets no limits.", "class", "good");
    } else {
      String outcome = LimitsSection.outcome(violated, verdicts.size());
      out.element(
          "p",
          (violated == 0 ? "✓ " : "✗ ")
              + Character.toUpperCase(outcome.charAt(0))
              + outcome.substring(1)
              + on
              + ".",
          "class",
          violated == 0 ? "good" : "bad");
    }
    out.element("p", ran(result));
    if (verdicts.isEmpty()) {
      return;
    }
    table("", "*limit", "*allowed", "measured", "*");
    for (LimitVerdict verdict : verdicts) {
      String style = style(verdict);
      out.open("tr");
      out.element("td", LimitsSection.mark(verdict), "class", style);
      out.element("td", verdict.figure().name(), "class", "words");
      out.element("td", LimitsSection.bound(verdict), "class", "words");
      Long measured = verdict.measured();
      out.element(
          "td",
          (measured == null ? Numbers.NONE : Numbers.withUnit(measured, verdict.figure().unit()))
              + (verdict.estimated() ? " (estimated)" : ""));
      out.open("td", "class", "words");
      if (verdict.level() != Level.OK) {
        String warning = verdict.level() == Level.WARN ? "a warning, " : "";
        out.element("span", warning + LimitsSection.excess(verdict), "class", style).text(" ");
      }
      Long where = verdict.where();
      if (where != null) {
        moment(where);
      }
      out.close().close();
    }
    endTable();
  }

  private static String style(LimitVerdict verdict) {
    return switch (verdict.level()) {
      case OK -> "good";
      case WARN -> "warn";
      case FAIL -> "bad";
    };
  }

  private String ran(RunResult result) {
    return (result.executed() == result.workloadOperations()
            ? Numbers.count(result.executed(), "operation")
            : Numbers.plain(result.executed())
                + " of "
                + Numbers.count(result.workloadOperations(), "operation"))
        + ", "
        + Numbers.count(result.cycles(), "cycle")
        + " from reset ("
        + Numbers.time(result.cycles(), clock())
        + ")"
        + comma(estimated())
        + ".";
  }

  private void comparison() {
    out.open("section", "id", "figures");
    heading("Figures", estimated());
    List<String> heads = new ArrayList<>(List.of("*"));
    runs.forEach(run -> heads.add(run.result().subject().image().name()));
    heads.add("*");
    table(heads.toArray(String[]::new));
    for (List<String> group : CompareReport.GROUPS) {
      for (String name : group) {
        Figure figure = Objects.requireNonNull(Figures.named(name), name);
        List<@Nullable Long> values = new ArrayList<>();
        runs.forEach(run -> values.add(figure.value().apply(run.result())));
        if (values.stream().allMatch(value -> value == null || value == 0)) {
          continue;
        }
        out.open("tr");
        out.element("td", name);
        for (Long value : values) {
          out.element(
              "td",
              value == null
                  ? Numbers.NONE
                  : figure.unit() == FigureUnit.PPM
                      ? Numbers.percent(value)
                      : Numbers.plain(value));
        }
        out.element("td", unit(figure.unit()), "class", "words faint");
        out.close();
      }
    }
    endTable();
    out.close().line();
  }

  private static String unit(FigureUnit unit) {
    return switch (unit) {
      case CYCLES -> "cycles";
      case BYTES -> "bytes";
      case PPM, COUNT -> "";
    };
  }

  // ---- the run to move through ----

  private void play() {
    out.open("section", "id", "play");
    heading("The heap over time", "time across, address down; click to see that moment");
    legend();
    out.open("div", "class", "runs").line();
    for (int i = 0; i < runs.size(); i++) {
      if (runs.get(i).recording().count() > 0) {
        out.open("div", "class", "run", "data-run", i);
        if (runs.size() > 1) {
          out.element("h3", runs.get(i).result().subject().image().name());
        }
        out.open("div", "class", "pictures");
        pictures(runs.get(i), i);
        out.close().open("div", "class", "moment");
        moment(runs.get(i));
        out.close();
        out.close().line();
      }
    }
    out.close();
    controls();
    out.close().line();
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

  private void pictures(Recorded run, int index) {
    RunResult result = run.result();
    int pool = result.subject().pool().bytes();
    out.open("figure", "class", "heap");
    out.open("div", "class", "chart");
    axis("+0", "offset", "+" + Numbers.plain(pool));
    out.open("div", "class", "track heap", "role", "img", "aria-label", words(result));
    new HeapPicture(run.recording(), pool, span, columns).write(out, "heap" + index);
    out.close();
    phases(result);
    across();
    out.close();
    out.close().line();

    var samples = result.fragmentation().samples();
    out.open("figure");
    out.element(
        "figcaption",
        "Fragmentation: the share of the free bytes that one request cannot have. "
            + sampled(result));
    out.open("div", "class", "chart");
    axis("100\u00a0%", "0\u00a0%");
    out.open("div", "class", "track low");
    Plots.fragmentation(out, samples, span, "aria-hidden", "true");
    out.close().close().close().line();

    out.open("figure");
    out.element(
        "figcaption",
        "Live bytes, filled: at most "
            + Numbers.count(result.peakLiveBytes(), "byte")
            + " in "
            + Numbers.count(result.peakLiveBlocks(), "block")
            + ". Largest request that would be served, dashed.");
    out.open("div", "class", "chart");
    axis(Numbers.plain(pool), "0");
    out.open("div", "class", "track low");
    Plots.bytes(out, samples, span, pool, "aria-hidden", "true");
    out.close().close().close().line();

    Long longest = result.pauses().cycles().max();
    Long limit = RunWords.limit(result, "pauses.max");
    if (longest == null && limit == null && result.failures().count() == 0) {
      return;
    }
    long most = Math.max(1, Math.max(longest == null ? 0 : longest, limit == null ? 0 : limit));
    out.open("figure");
    out.element(
        "figcaption",
        (longest == null
                ? "No pauses"
                : "Pauses, in cycles"
                    + comma(estimated())
                    + ": the longest of each stretch of operations")
            + (limit == null ? "" : "; dashed the limit, " + Numbers.plain(limit))
            + ". "
            + (result.failures().count() == 0 ? "" : "At the foot: requests refused."));
    out.open("div", "class", "chart");
    axis(Numbers.plain(most), "0");
    out.open("div", "class", "track low");
    Plots.pauses(out, run.recording(), span, most, limit, "aria-hidden", "true");
    out.close();
    across();
    out.close().close().line();
  }

  private static String sampled(RunResult result) {
    var worst = result.fragmentation().worst();
    return worst == null
        ? "It was never measurable: no free handle, or nothing free."
        : "At its worst "
            + Numbers.percent(worst.ppm())
            + ": "
            + Numbers.count(worst.freeBytes(), "byte")
            + " free, largest request "
            + Numbers.plain(worst.largestRequest())
            + ".";
  }

  private static String words(RunResult result) {
    return RunWords.description(result);
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
    out.element("p", "", "class", "told", "data-show", "words", "aria-live", "polite");
    out.element("div", "", "class", "map", "data-show", "map", "role", "img");
    out.element("dl", "", "class", "readings", "data-show", "readings");
    Recording recording = run.recording();
    out.open("details", "open", runs.size() == 1 ? "" : null);
    out.element(
        "summary",
        recording.walked()
            ? "Free lists: bytes at offset, each from its head"
            : "Holes: bytes at offset");
    if (!recording.walked()) {
      out.element(
          "p",
          "This image cannot show its free lists. Shown are gaps between blocks in which there is"
              + " more than a header.",
          "class",
          "faint");
    }
    out.element("div", "", "class", "lists", "data-show", "lists");
    out.close();
    out.open("details");
    out.element("summary", "Blocks");
    out.open("div", "class", "scroll").open("table").open("thead").open("tr");
    out.element("th", "block").element("th", "offset").element("th", "bytes");
    out.element("th", "", "class", "words");
    out.close().close();
    out.element("tbody", "", "data-show", "blocks");
    out.close().close().close();
    kept(run);
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

  private void controls() {
    out.open("div", "class", "controls", "role", "group", "aria-label", "Move through the run");
    out.empty("input", "type", "range", "min", 0, "max", 0, "value", 0, "aria-label", "operation");
    out.element("output", "");
    out.open("span", "class", "group");
    button("first", "First", "Home");
    button("previous", "Back", "←");
    out.element("button", "Play", "type", "button", "class", "play", "title", "space");
    button("next", "Next", "→");
    button("last", "Last", "End");
    out.close();
    out.open("span", "class", "group");
    button("previous-failure", "‹ failure", "Shift F");
    button("next-failure", "failure ›", "F");
    button("previous-pause", "‹ pause", "Shift P");
    button("next-pause", "pause ›", "P");
    out.close();
    out.open("label", "class", "group").open("select", "aria-label", "Speed of play");
    for (int speed : new int[] {1, 2, 5, 10, 30, 100, 1000}) {
      out.element(
          "option", speed + " a second", "value", speed, "selected", speed == 5 ? "" : null);
    }
    out.close().close();
    out.close().line();
    out.open("noscript").element("p", "To move through the run takes scripts.").close();
  }

  private void button(String action, String label, String key) {
    out.element("button", label, "type", "button", "data-go", action, "title", key);
  }

  /** A link that shows the moment of an operation. */
  private void moment(long operation) {
    if (operation < 0) {
      out.text("before operation 0");
    } else {
      out.element("a", "operation\u00a0" + Numbers.plain(operation), "href", "#op" + operation);
    }
  }

  // ---- the worst ----

  private void worst(RunResult result, int index) {
    table("*", "cycles", "µs", "*when", "*");
    Pauses.Pause pause = result.pauses().longest();
    if (pause != null) {
      worst(
          "pause",
          pause.cycles(),
          pause.operation(),
          pause.cause().words()
              + ": "
              + (pause.blocksMoved() == 0
                  ? "no block arrived"
                  : Numbers.count(pause.blocksMoved(), "block")
                      + " moved, "
                      + Numbers.count(pause.bytesMoved(), "byte")));
    }
    Stalls.Stall stall = result.stalls().longest();
    if (stall != null) {
      worst(
          "stall",
          stall.cycles(),
          stall.operation(),
          "for "
              + Numbers.count(stall.requestedBytes(), "byte")
              + ": "
              + Numbers.count(stall.steps(), "step")
              + ", "
              + Numbers.count(stall.bytesMoved(), "byte")
              + " moved");
    }
    for (OperationStats stats : result.operations()) {
      Long most = stats.cycles().max();
      Long at = stats.maxAt();
      if (most != null && at != null && stats.kind() != OperationKind.STEP) {
        worst(stats.kind().key(), most, at, "");
      }
    }
    endTable();
  }

  private void worst(String what, long cycles, long operation, String remark) {
    out.open("tr");
    out.element("td", what).element("td", Numbers.plain(cycles));
    out.element("td", Numbers.micros(cycles, clock()));
    out.open("td", "class", "words");
    moment(operation);
    out.close().element("td", remark, "class", "remark").close();
  }

  // ---- pauses, stalls, operations ----

  private void pauses(RunResult result, int index) {
    Pauses pauses = result.pauses();
    Stalls stalls = result.stalls();
    if (pauses.cycles().count() == 0 && stalls.unserved() == 0) {
      out.element("p", "None.");
      return;
    }
    if (!pauses.exact()) {
      out.element("p", "Upper bounds: whole calls that moved blocks.");
    }
    statistics(
        List.of("pauses", "stalls served"), List.of(pauses.cycles(), stalls.cycles()), List.of());
    out.element(
        "p",
        Numbers.count(pauses.bytesMoved(), "byte")
            + " moved in all."
            + (stalls.unserved() == 0
                ? ""
                : " " + Numbers.count(stalls.unserved(), "request") + " never served."));
    out.open("div", "class", "spread");
    histogram("Pauses", pauses.cycles(), "pause");
    histogram("Stalls served", stalls.cycles(), "stall");
    out.close();
  }

  private void operations(RunResult result, int index) {
    List<String> names = new ArrayList<>();
    List<Distribution> distributions = new ArrayList<>();
    List<OperationStats> shown = new ArrayList<>();
    for (OperationStats stats : result.operations()) {
      if (stats.count() > 0) {
        names.add(stats.kind().key());
        distributions.add(stats.cycles());
        shown.add(stats);
      }
    }
    statistics(names, distributions, shown);
    out.open("div", "class", "spread");
    for (OperationStats stats : shown) {
      histogram(stats.kind().key(), stats.cycles(), "call");
    }
    out.close();
  }

  /**
   * A row for each distribution.
   *
   * @param operations whose counts stand before the cycles; empty for none
   */
  private void statistics(
      List<String> names, List<Distribution> distributions, List<OperationStats> operations) {
    if (operations.isEmpty()) {
      table("*", "count", "total", "min", "median", "mean", "p99", "max", "max µs");
    } else {
      table("*", "count", "failed", "skipped", "min", "median", "mean", "p99", "max", "max µs");
    }
    for (int i = 0; i < names.size(); i++) {
      Distribution cycles = distributions.get(i);
      if (operations.isEmpty() && cycles.count() == 0) {
        continue;
      }
      out.open("tr").element("td", names.get(i));
      if (operations.isEmpty()) {
        number(cycles.count());
        number(cycles.total());
      } else {
        OperationStats stats = operations.get(i);
        number(stats.count());
        out.element(
            "td", Numbers.plain(stats.failed()), "class", stats.failed() > 0 ? "bad" : null);
        number(stats.skipped());
      }
      number(cycles.min());
      number(cycles.p50());
      number(cycles.mean());
      number(cycles.p99());
      number(cycles.max());
      out.element("td", Numbers.micros(cycles.max(), clock()));
      out.close();
    }
    endTable();
  }

  private void number(@Nullable Long value) {
    out.element("td", Numbers.plain(value));
  }

  private void histogram(String name, Distribution cycles, String noun) {
    Long least = cycles.min();
    Long most = cycles.max();
    if (least == null || most == null) {
      return;
    }
    List<Plots.Bar> bars = Plots.bars(cycles);
    long width = bars.get(0).last() - bars.get(0).first() + 1;
    long tallest = bars.stream().mapToLong(Plots.Bar::count).max().orElse(0);
    out.open("figure", "class", "histogram");
    out.element(
        "figcaption",
        name
            + ": "
            + Numbers.count(cycles.count(), noun)
            + (bars.size() == 1
                ? ", each of " + Numbers.count(least, "cycle")
                : "; a bar is "
                    + Numbers.count(width, "cycle")
                    + " wide, the tallest "
                    + Numbers.count(tallest, noun)));
    if (bars.size() > 1) {
      Plots.histogram(
          out,
          bars,
          bar ->
              (bar.first() == bar.last()
                      ? Numbers.count(bar.first(), "cycle")
                      : Numbers.plain(bar.first()) + " to " + Numbers.count(bar.last(), "cycle"))
                  + ": "
                  + Numbers.count(bar.count(), noun));
      out.open("div", "class", "ends");
      out.element("span", Numbers.plain(least)).element("span", Numbers.plain(most)).close();
    }
    out.close().line();
  }

  private void interrupts(RunResult result, int index) {
    table("*", "every", "takes", "count", "missed", "min", "mean", "p99", "max", "*latest");
    for (InterruptStats stats : result.interrupts()) {
      Distribution latency = stats.latency();
      out.open("tr").element("td", PageData.shortened(stats.source().name()));
      number(stats.source().every());
      number(stats.source().cycles());
      number(latency.count());
      number(stats.missed());
      number(latency.min());
      number(latency.mean());
      number(latency.p99());
      number(latency.max());
      out.open("td", "class", "words");
      InterruptStats.Worst worst = stats.worst();
      if (worst != null) {
        moment(worst.operation());
      }
      out.close().close();
    }
    endTable();
  }

  private void failures(RunResult result, int index) {
    List<Failure> failures = result.failures().kept();
    if (failures.isEmpty()) {
      out.element("p", "None.");
      return;
    }
    table("*when", "*", "*block", "bytes", "*why", "free", "*");
    for (Failure failure : failures.stream().limit(MOST_LISTED).toList()) {
      out.open("tr").open("td");
      moment(failure.operation());
      out.close();
      out.element("td", failure.kind().key(), "class", "words");
      out.element("td", PageData.shortened(failure.block()), "class", "words");
      out.element(
          "td", failure.requestedBytes() == 0 ? "" : Numbers.plain(failure.requestedBytes()));
      out.element("td", failure.error().words(), "class", "words");
      number(failure.freeBytes());
      String blocker = failure.blocker();
      out.element(
          "td",
          blocker != null
              ? "in the way: " + PageData.shortened(blocker)
              : failure.catastrophic() ? "enough free, but in pieces" : "",
          "class",
          "remark");
      out.close();
    }
    endTable();
    long more = result.failures().count() - Math.min(MOST_LISTED, failures.size());
    if (more > 0) {
      out.element("p", "… and " + Numbers.plain(more) + " more.");
    }
  }

  // ---- functions and what ran ----

  private void functions(RunResult result, int index) {
    Profile profile = runs.get(index).profile();
    FlameTree tree = FlameTree.of(profile);
    if (tree.inclusive() == 0) {
      out.element("p", "None.");
      return;
    }
    out.element(
        "p",
        Numbers.count(tree.inclusive(), "cycle")
            + comma(estimated())
            + ", time asleep left out. The width is the share of the cycles, with what a function"
            + " calls below it; choose one to see it in full width.");
    out.element("div", "", "class", "flame no-print", "data-flame", index);
    table("*function", "cycles alone", "with callees", "calls");
    List<Profile.FunctionProfile> functions =
        profile.functions().stream()
            .filter(function -> !function.function().equals(FlameTree.ASLEEP))
            .toList();
    for (Profile.FunctionProfile function : functions.stream().limit(MOST_LISTED).toList()) {
      out.open("tr").element("td", PageData.shortened(function.function()));
      number(function.exclusive());
      number(function.inclusive());
      number(function.calls());
      out.close();
    }
    endTable();
    if (functions.size() > MOST_LISTED) {
      out.element("p", "… and " + Numbers.plain(functions.size() - MOST_LISTED) + " more.");
    }
  }

  private void subject(RunResult result, int index) {
    var subject = result.subject();
    MemoryUse memory = result.memory();
    out.open("dl", "class", "facts");
    fact("image", SubjectSection.image(subject.image()));
    fact("SHA-256", subject.image().sha256());
    fact("part", SubjectSection.part(subject.mcu()));
    fact("pool", SubjectSection.pool(subject.pool()));
    fact("defrag", subject.policy());
    fact("cycles", subject.cycleModel());
    for (String note : subject.notes()) {
      fact("note", note);
    }
    fact(
        "flash",
        Numbers.plain(memory.flash())
            + " of "
            + Numbers.count(subject.mcu().flashBytes(), "byte")
            + ", code and constants");
    fact(
        "SRAM",
        Numbers.count(memory.sram(), "byte")
            + ": "
            + Numbers.plain(memory.data())
            + " the image's own, "
            + Numbers.plain(memory.pool())
            + " pool ("
            + Numbers.plain(memory.table())
            + " of them not free before the first allocation), "
            + Numbers.plain(memory.unused())
            + " unused, "
            + Numbers.plain(memory.stackReserve())
            + " stack ("
            + Numbers.plain(memory.deepestStack())
            + " used at the deepest)");
    out.close();
  }

  private void fact(String term, String text) {
    out.element("dt", term).element("dd", text);
  }

  // ---- tables ----

  /** Opens a table; a head that begins with {@code *} is that of a column of words. */
  private void table(String... heads) {
    out.open("div", "class", "scroll", "tabindex", 0).open("table").open("thead").open("tr");
    for (String head : heads) {
      boolean words = head.startsWith("*");
      out.element("th", words ? head.substring(1) : head, "class", words ? "words" : null);
    }
    out.close().close().open("tbody");
  }

  private void endTable() {
    out.close().close().close().line();
  }
}
