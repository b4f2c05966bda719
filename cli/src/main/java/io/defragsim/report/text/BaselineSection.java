package io.defragsim.report.text;

import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.baseline.Comparison.FigureChange;
import io.defragsim.lab.baseline.Comparison.FunctionChange;
import io.defragsim.lab.baseline.Comparison.Judgement;
import io.defragsim.report.GateReport.BaselineCheck;
import io.defragsim.report.text.Table.Cell;
import io.defragsim.scenario.FigureUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A run beside its baseline: every figure that differs, and the functions that are the cause. */
public final class BaselineSection {

  /** The most functions that are worth reading. */
  public static final int FUNCTIONS = 10;

  private BaselineSection() {}

  /**
   * Prints the figures that differ.
   *
   * @param all whether those that are equal are printed as well
   * @param estimated whether the run's cycles are an estimate
   */
  public static void print(BaselineCheck check, boolean all, boolean estimated, Page page) {
    Comparison comparison = check.comparison();
    page.heading("Baseline", estimated, Page.clean(check.file().toString()));
    comparison.remarks().forEach(page::paragraph);
    if (comparison.otherWorkload()) {
      return;
    }
    List<FigureChange> shown = all ? comparison.figures() : comparison.differing();
    if (!shown.isEmpty()) {
      Table table = new Table("<", "<figure", "baseline", "now", "difference", "", "<");
      for (FigureChange change : shown) {
        UnaryOperator<String> style = style(change, comparison, page.palette());
        table.row(
            new Cell(mark(change, comparison), style),
            Cell.of(change.figure().name()),
            Cell.of(value(change.then(), change)),
            Cell.of(value(change.now(), change)),
            Cell.of(difference(change)),
            Cell.of(share(change)),
            new Cell(word(change), style));
      }
      table.print(page);
    }
    int equal = comparison.of(Judgement.EQUAL).size();
    if (!all) {
      page.line(
          "  "
              + page.palette()
                  .faint(
                      shown.isEmpty()
                          ? "all " + Numbers.count(equal, "figure") + " are what they were"
                          : Numbers.count(equal, "figure") + " more are what they were"));
    }
    functions(comparison, estimated, page);
  }

  private static void functions(Comparison comparison, boolean estimated, Page page) {
    List<FunctionChange> changes = comparison.functions();
    if (changes.isEmpty()) {
      return;
    }
    page.heading(
        "Functions whose cycles differ most",
        estimated,
        "of their own instructions, in the whole run");
    Table table = new Table("<function", "calls", "now", "cycles", "now", "difference", "");
    for (FunctionChange change : changes.subList(0, Math.min(FUNCTIONS, changes.size()))) {
      table.row(
          Page.clean(change.function()),
          Numbers.plain(change.then().calls()),
          Numbers.plain(change.now().calls()),
          Numbers.plain(change.then().cycles()),
          Numbers.plain(change.now().cycles()),
          Numbers.signed(change.difference(), FigureUnit.COUNT),
          Numbers.share(change.difference(), change.then().cycles()));
    }
    table.print(page);
    if (changes.size() > FUNCTIONS) {
      page.line(
          "  "
              + page.palette()
                  .faint("and " + Numbers.count(changes.size() - FUNCTIONS, "more function")));
    }
  }

  /** One line, for example {@code worse than its baseline in 3 figures, better in 1}. */
  public static String outcome(Comparison comparison) {
    if (comparison.otherWorkload()) {
      return "another workload than its baseline's, so nothing was compared: 'defrag-sim baseline"
          + " update' writes a new one";
    }
    int worse = comparison.of(Judgement.WORSE).size();
    int better = comparison.of(Judgement.BETTER).size();
    int tolerated = comparison.of(Judgement.TOLERATED).size();
    int other = comparison.of(Judgement.OTHER).size();
    List<String> parts = new ArrayList<>();
    if (worse > 0) {
      parts.add("worse than its baseline in " + Numbers.count(worse, "figure"));
    }
    if (better > 0) {
      parts.add(
          (worse > 0 ? "better in " : "better than its baseline in ")
              + (worse > 0 ? Numbers.plain(better) : Numbers.count(better, "figure")));
    }
    if (tolerated > 0) {
      parts.add(Numbers.plain(tolerated) + " within the tolerance");
    }
    if (other > 0) {
      parts.add(Numbers.count(other, "other change"));
    }
    if (parts.isEmpty()) {
      return "as its baseline";
    }
    String advice = "";
    if (comparison.holds() && better > 0) {
      advice = ": update the baseline to keep " + (better == 1 ? "it" : "them");
    } else if (!comparison.holds() && worse == 0) {
      advice = ", and nothing may differ";
    }
    return String.join(", ", parts) + advice;
  }

  /** Whether there is more to say than that nothing has changed. */
  public static boolean hasNews(Comparison comparison) {
    return !comparison.differing().isEmpty()
        || !comparison.remarks().isEmpty()
        || !comparison.functions().isEmpty();
  }

  /** What an update of the baseline changes, for example {@code changes: 2 figures worse}. */
  public static String updated(Comparison comparison) {
    if (comparison.otherWorkload()) {
      return "is of another workload now";
    }
    List<String> parts = new ArrayList<>();
    for (Judgement judgement : List.of(Judgement.WORSE, Judgement.BETTER, Judgement.OTHER)) {
      int count = comparison.of(judgement).size();
      if (count > 0) {
        parts.add(Numbers.count(count, "figure") + " " + judgement.name().toLowerCase(Locale.ROOT));
      }
    }
    return parts.isEmpty() ? "keeps its figures" : "has changed: " + String.join(", ", parts);
  }

  /** A figure that differs in a line, for example {@code alloc.max 364 → 380 cycles (+16)}. */
  public static String sentence(FigureChange change) {
    Long now = change.now();
    String difference = difference(change);
    return change.figure().name()
        + " "
        + value(change.then(), change)
        + " → "
        + (now == null ? Numbers.NONE : Numbers.withUnit(now, change.figure().unit()))
        + (difference.isEmpty() ? "" : " (" + difference + ")");
  }

  /** A function that differs in a line, for example {@code discard: +1,200 cycles (+3.1 %)}. */
  public static String sentence(FunctionChange change) {
    String share = Numbers.share(change.difference(), change.then().cycles());
    return Page.clean(change.function())
        + ": "
        + Numbers.signed(change.difference(), FigureUnit.COUNT)
        + Page.GLUE
        + "cycles"
        + (share.isEmpty() ? "" : " (" + share + ")");
  }

  /** What a figure was or is; a dash where a run gave none. */
  public static String value(@Nullable Long value, FigureChange change) {
    return value == null ? Numbers.NONE : Numbers.withoutUnit(value, change.figure().unit());
  }

  /** With its sign; empty for none, and where one of the two is missing. */
  public static String difference(FigureChange change) {
    Long difference = change.difference();
    return difference == null || difference == 0
        ? ""
        : Numbers.signed(difference, change.figure().unit());
  }

  private static String share(FigureChange change) {
    Long difference = change.difference();
    Long then = change.then();
    if (difference == null || then == null || difference == 0) {
      return "";
    }
    return change.figure().unit() == FigureUnit.PPM ? "" : Numbers.share(difference, then);
  }

  /** One character for the judgement. */
  public static String mark(FigureChange change, Comparison comparison) {
    if (comparison.failing().contains(change)) {
      return "✗";
    }
    return change.judgement() == Judgement.BETTER ? "✓" : "";
  }

  /** The judgement in a word; empty if nothing has changed. */
  public static String word(FigureChange change) {
    return switch (change.judgement()) {
      case EQUAL -> "";
      case BETTER -> "better";
      case TOLERATED -> "tolerated";
      case WORSE -> "worse";
      case OTHER -> "other";
    };
  }

  private static UnaryOperator<String> style(
      FigureChange change, Comparison comparison, Palette palette) {
    if (comparison.failing().contains(change)) {
      return palette::bad;
    }
    return change.judgement() == Judgement.BETTER ? palette::good : palette::faint;
  }
}
