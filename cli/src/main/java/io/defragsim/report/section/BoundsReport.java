package io.defragsim.report.section;

import io.defragsim.emulator.bound.FunctionBound;
import io.defragsim.emulator.bound.LoopBoundChecker;
import io.defragsim.lab.result.Bounds;
import io.defragsim.lab.result.Bounds.Verdict;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.lab.words.EndingWords;
import io.defragsim.lab.words.Numbers;
import io.defragsim.lab.words.RunWords;
import io.defragsim.report.model.Cell;
import io.defragsim.report.model.Facts;
import io.defragsim.report.model.OutcomeLine;
import io.defragsim.report.model.Part;
import io.defragsim.report.model.Report;
import io.defragsim.report.model.Report.Head;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Tone;
import io.defragsim.words.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The worst cases of an image. */
public final class BoundsReport {
  private final Bounds bounds;

  private BoundsReport(Bounds bounds) {
    this.bounds = bounds;
  }

  /**
   * The worst cases; the outcome says whether they are as they should be.
   *
   * @param producer the version of defrag-sim
   */
  public static Report of(Bounds bounds, String producer) {
    BoundsReport report = new BoundsReport(bounds);
    List<Section> details = new ArrayList<>(List.of(report.functions()));
    if (!bounds.byBytes().isEmpty()) {
      details.add(report.byBytes());
    }
    if (!bounds.loops().isEmpty()) {
      details.add(report.loops());
    }
    return report.of(
        producer, report.subject().add("runs", report.runs()), details, report.summary());
  }

  /**
   * The static bounds of functions that somebody named, of any program.
   *
   * @param producer the version of defrag-sim
   */
  public static Report ofNamed(Bounds bounds, String producer) {
    BoundsReport report = new BoundsReport(bounds);
    return report.of(
        producer,
        report.subject(),
        List.of(report.named()),
        bounds.exitStatus() == ExitStatus.OK.code()
            ? "no call takes longer than these static bounds"
            : report.summary());
  }

  private Report of(String producer, Facts subject, List<Section> details, String outcome) {
    return new Report(
        new Head(bounds.image(), "", producer, ""),
        List.of(SubjectSection.of(subject)),
        details,
        List.of(),
        List.of(
            new OutcomeLine(
                Printable.of(bounds.image()) + ": " + outcome,
                Tone.of(bounds.exitStatus() == ExitStatus.OK.code()))),
        "");
  }

  /**
   * The way that takes as long as a function's static bound.
   *
   * @param function its name
   */
  public static Section path(String function, FunctionBound bound) {
    Table table = new Table("times|cycles|total|<from|instructions|<to");
    for (FunctionBound.Step step : bound.path()) {
      table.row(
          step.count(),
          step.cycles(),
          step.total(),
          step.at().toString(),
          step.instructions(),
          step.last());
    }
    return new Section(
        "path",
        "The longest way through " + function,
        Numbers.count(bound.cycles(), "cycle")
            + ", "
            + Numbers.count(bound.stackBytes(), "byte")
            + " of stack",
        table);
  }

  private Facts subject() {
    return new Facts()
        .add("image", RunWords.image(bounds.image(), bounds.sha256()))
        .add("cycles", bounds.cycleModel());
  }

  private String runs() {
    return Numbers.count(bounds.scenarios(), "shipped scenario")
        + (bounds.effort() == 0
            ? ", no search"
            : "; and a search that tries "
                + Numbers.count(bounds.effort(), "sequence")
                + " for each function (seed "
                + bounds.seed()
                + ")");
  }

  private Section named() {
    Table table = new Table("`|static bound|stack|target|<");
    for (Bounds.Function function : bounds.functions()) {
      FunctionBound bound = function.bound();
      table.row(
          function.name(),
          bound == null ? null : (Long) bound.cycles(),
          bound == null ? null : (Integer) bound.stackBytes(),
          function.must(),
          function.must() == null ? "" : cell(function.verdict()));
    }
    List<Part> parts = new ArrayList<>(List.of(table));
    Bounds.Masked masked = bounds.masked();
    var bound = masked.bound();
    table.row(
        "interrupts masked",
        bound == null ? null : (Long) bound.cycles(),
        null,
        masked.must(),
        masked.must() == null ? "" : cell(masked.verdict()));
    unbounded("interrupts masked", masked.unbounded(), parts);
    return new Section(
        "bounds",
        "Worst cases",
        "cycles from entry to return, of a call with " + Numbers.count(bounds.budget(), "byte"),
        false,
        parts);
  }

  private Section functions() {
    Table table = new Table("`|" + targetColumns() + "static bound|seen|<|<seen in");
    List<Part> parts = new ArrayList<>(List.of(table));
    for (Bounds.Function function : bounds.functions()) {
      FunctionBound bound = function.bound();
      Bounds.Seen seen = function.seen();
      row(
          table,
          List.of(function.name()),
          function.must(),
          function.stretch(),
          bound == null ? null : (Long) bound.cycles(),
          cycles(seen),
          cell(function.verdict()),
          seen == null ? "" : seen.where());
      unbounded(function.name(), function.unbounded(), parts);
    }
    Bounds.Masked masked = bounds.masked();
    var bound = masked.bound();
    Bounds.Seen seen = masked.seen();
    row(
        table,
        List.of("interrupts masked"),
        masked.must(),
        masked.stretch(),
        bound == null ? null : (Long) bound.cycles(),
        cycles(seen),
        cell(masked.verdict()),
        seen == null ? "" : seen.where());
    unbounded("interrupts masked", masked.unbounded(), parts);
    return new Section(
        "bounds",
        "Worst cases",
        "cycles of a call; of a step or a resize with " + Numbers.count(bounds.budget(), "byte"),
        false,
        parts);
  }

  /** An image that nothing is demanded of has no empty columns. */
  private String targetColumns() {
    return bounds.haveTargets() ? "target|stretch|" : "";
  }

  private void row(
      Table table,
      List<Object> what,
      @Nullable Long must,
      @Nullable Long stretch,
      @Nullable Object... rest) {
    List<@Nullable Object> cells = new ArrayList<>(what);
    if (bounds.haveTargets()) {
      cells.add(must);
      cells.add(stretch);
    }
    cells.addAll(Arrays.asList(rest));
    table.row(cells.toArray());
  }

  private static @Nullable Long cycles(Bounds.@Nullable Seen seen) {
    return seen == null ? null : seen.cycles();
  }

  private static void unbounded(String what, @Nullable String why, List<Part> parts) {
    if (why != null) {
      parts.add(new Sentence(what + " has no static bound: " + why));
    }
  }

  private static Cell cell(Verdict verdict) {
    return Cell.of(
        verdict.words(),
        verdict.fails() ? Tone.BAD : verdict == Verdict.HOLDS ? Tone.GOOD : Tone.FAINT);
  }

  private Section byBytes() {
    Table table = new Table("`|bytes|" + targetColumns() + "static bound|seen|<");
    for (Bounds.ByBytes entry : bounds.byBytes()) {
      row(
          table,
          List.of(entry.function(), entry.bytes()),
          entry.must(),
          entry.stretch(),
          entry.bound(),
          cycles(entry.seen()),
          cell(entry.verdict()));
    }
    return new Section(
        "by-bytes",
        "By a step's budget and a resize's new size",
        "cycles; seen with no more bytes",
        table);
  }

  private Section loops() {
    Table table = new Table("<|<source|bound|seen|<");
    for (LoopBoundChecker.Seen loop : bounds.loops()) {
      table.row(
          loop.header().toString(),
          loop.bound().place(),
          loop.most(),
          loop.runs(),
          Cell.of(loop.exceeded() ? "MORE THAN ITS BOUND" : "", Tone.BAD));
    }
    return new Section(
        "loops", "Loops", "how often they may run, and the closest that a run came to it", table);
  }

  private String summary() {
    Bounds.Broken broken = bounds.broken();
    if (broken != null) {
      return "the image broke in scenario "
          + Printable.of(broken.scenario())
          + ": "
          + EndingWords.brief(broken.ending());
    }
    if (!bounds.exceededLoops().isEmpty()) {
      return "a loop ran more often than its bound says, so the static bounds are wrong";
    }
    if (bounds.functions().stream().anyMatch(f -> f.verdict() == Verdict.ABOVE_BOUND)) {
      return "a call took longer than its static bound, which is therefore wrong";
    }
    if (bounds.exitStatus() != ExitStatus.OK.code()) {
      return "not all worst cases are within their targets";
    }
    boolean proven =
        bounds.functions().stream().allMatch(f -> f.verdict() == Verdict.HOLDS)
            && bounds.masked().verdict() == Verdict.HOLDS;
    if (!bounds.haveTargets()) {
      return proven
          ? "no call took longer than its static bound"
          : "no call took longer than its static bound, but not all have one";
    }
    return proven
        ? "all worst cases are within their targets"
        : "nothing seen is above its target, but not all is proven";
  }
}
