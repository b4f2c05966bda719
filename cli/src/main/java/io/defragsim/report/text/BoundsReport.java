package io.defragsim.report.text;

import io.defragsim.emulator.bound.FunctionBound;
import io.defragsim.emulator.bound.LoopBoundChecker;
import io.defragsim.lab.result.Bounds;
import io.defragsim.lab.result.Bounds.Verdict;
import io.defragsim.lab.result.ExitStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The worst cases of an image, for people. */
public final class BoundsReport {
  private final Bounds bounds;
  private final Page page;

  private BoundsReport(Bounds bounds, Page page) {
    this.bounds = bounds;
    this.page = page;
  }

  /**
   * Prints the worst cases; the last line says whether they are as they should be.
   *
   * @param producer the version of defrag-sim
   */
  public static void print(Bounds bounds, String producer, Page page) {
    BoundsReport report = new BoundsReport(bounds, page);
    report.subject(producer);
    report.functions();
    report.byBytes();
    report.loops();
    report.verdict();
  }

  /**
   * Prints the way that takes as long as a function's static bound.
   *
   * @param function its name
   */
  public static void path(String function, FunctionBound bound, Page page) {
    page.heading(
        "The longest way through " + function,
        Numbers.count(bound.cycles(), "cycle")
            + ", "
            + Numbers.count(bound.stackBytes(), "byte")
            + " of stack");
    Table table = new Table("times", "cycles", "total", "<from", "instructions", "<to");
    for (FunctionBound.Step step : bound.path()) {
      table.row(
          Numbers.plain(step.count()),
          Numbers.plain(step.cycles()),
          Numbers.plain(step.total()),
          step.at().toString(),
          Numbers.plain(step.instructions()),
          step.last());
    }
    table.print(page);
  }

  private void subject(String producer) {
    SubjectSection.title(bounds.image(), producer, page);
    page.blank();
    page.entry("image", SubjectSection.named(bounds.image(), bounds.sha256()));
    page.entry("cycles", bounds.cycleModel());
    page.entry(
        "runs",
        Numbers.count(bounds.scenarios(), "shipped scenario")
            + (bounds.effort() == 0
                ? ", no search"
                : "; and a search that tries "
                    + Numbers.count(bounds.effort(), "sequence")
                    + " for each function (seed "
                    + bounds.seed()
                    + ")"));
  }

  private void functions() {
    page.heading(
        "Worst cases",
        "cycles of a call; of a step or a resize with " + Numbers.count(bounds.budget(), "byte"));
    Table table = new Table("<", "target", "stretch", "static bound", "seen", "<", "<seen in");
    for (Bounds.Function function : bounds.functions()) {
      FunctionBound bound = function.bound();
      Bounds.Seen seen = function.seen();
      table.row(
          Table.Cell.of(function.name()),
          Table.Cell.of(Numbers.plain(function.must())),
          Table.Cell.of(Numbers.plain(function.stretch())),
          Table.Cell.of(bound == null ? Numbers.NONE : Numbers.plain(bound.cycles())),
          Table.Cell.of(seen == null ? Numbers.NONE : Numbers.plain(seen.cycles())),
          cell(function.verdict()),
          Table.Cell.of(seen == null ? "" : Page.clean(seen.where())));
    }
    Bounds.Masked masked = bounds.masked();
    var bound = masked.bound();
    Bounds.Seen seen = masked.seen();
    table.row(
        Table.Cell.of("interrupts masked"),
        Table.Cell.of(Numbers.plain(masked.must())),
        Table.Cell.of(Numbers.plain(masked.stretch())),
        Table.Cell.of(bound == null ? Numbers.NONE : Numbers.plain(bound.cycles())),
        Table.Cell.of(seen == null ? Numbers.NONE : Numbers.plain(seen.cycles())),
        cell(masked.verdict()),
        Table.Cell.of(seen == null ? "" : Page.clean(seen.where())));
    table.print(page);
    for (Bounds.Function function : bounds.functions()) {
      unbounded(function.name(), function.unbounded());
    }
    unbounded("interrupts masked", masked.unbounded());
  }

  private void unbounded(String what, @Nullable String why) {
    if (why != null) {
      page.paragraph(what + " has no static bound: " + why);
    }
  }

  private Table.Cell cell(Verdict verdict) {
    return new Table.Cell(
        verdict.words(),
        verdict.fails()
            ? page.palette()::bad
            : verdict == Verdict.HOLDS ? page.palette()::good : page.palette()::faint);
  }

  private void byBytes() {
    if (bounds.byBytes().isEmpty()) {
      return;
    }
    page.heading("By a step's budget and a resize's new size", "cycles; seen with no more bytes");
    Table table = new Table("<", "bytes", "target", "stretch", "static bound", "seen", "<");
    for (Bounds.ByBytes entry : bounds.byBytes()) {
      Bounds.Seen seen = entry.seen();
      table.row(
          Table.Cell.of(entry.function()),
          Table.Cell.of(Numbers.plain(entry.bytes())),
          Table.Cell.of(Numbers.plain(entry.must())),
          Table.Cell.of(Numbers.plain(entry.stretch())),
          Table.Cell.of(Numbers.plain(entry.bound())),
          Table.Cell.of(seen == null ? Numbers.NONE : Numbers.plain(seen.cycles())),
          cell(entry.verdict()));
    }
    table.print(page);
  }

  private void loops() {
    List<LoopBoundChecker.Seen> loops = bounds.loops();
    if (loops.isEmpty()) {
      return;
    }
    page.heading("Loops", "how often they may run, and the closest that a run came to it");
    Table table = new Table("<", "<source", "bound", "seen", "<");
    for (LoopBoundChecker.Seen loop : loops) {
      table.row(
          Table.Cell.of(loop.header().toString()),
          Table.Cell.of(loop.bound().place()),
          Table.Cell.of(Numbers.plain(loop.most())),
          Table.Cell.of(Numbers.plain(loop.runs())),
          loop.exceeded()
              ? new Table.Cell("MORE THAN ITS BOUND", page.palette()::bad)
              : Table.Cell.of(""));
    }
    table.print(page);
  }

  private void verdict() {
    page.blank();
    String line = Page.clean(bounds.image()) + ": " + summary();
    page.line(
        bounds.exitStatus() == ExitStatus.OK.code()
            ? page.palette().good(line)
            : page.palette().bad(line));
  }

  private String summary() {
    Bounds.Broken broken = bounds.broken();
    if (broken != null) {
      return "the image broke in scenario "
          + Page.clean(broken.scenario())
          + ": "
          + EndingSection.brief(broken.ending());
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
    return proven
        ? "all worst cases are within their targets"
        : "nothing seen is above its target, but not all is proven";
  }
}
