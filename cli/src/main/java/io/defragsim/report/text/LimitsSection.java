package io.defragsim.report.text;

import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.text.Table.Cell;
import io.defragsim.scenario.FigureUnit;
import io.defragsim.scenario.Limit.Bounds;
import java.util.function.UnaryOperator;

/** The limits of a scenario, each with its verdict. */
public final class LimitsSection {

  private LimitsSection() {}

  /** Prints nothing for a scenario without limits. */
  static void print(RunResult result, Page page) {
    if (result.limits().isEmpty()) {
      return;
    }
    page.heading(
        "Limits",
        result.verdicts().stream().anyMatch(LimitVerdict::estimated),
        result.executed() < result.workloadOperations() ? "of the run up to its end" : "");
    Table table = new Table("<", "<figure", "<limit", "measured", "<");
    for (LimitVerdict verdict : result.verdicts()) {
      UnaryOperator<String> style = style(verdict, page.palette());
      table.row(
          new Cell(mark(verdict), style),
          Cell.of(verdict.figure().name()),
          Cell.of(bound(verdict)),
          Cell.of(measured(verdict)),
          new Cell(
              remark(verdict) + estimated(verdict),
              verdict.level() == Level.OK ? page.palette()::faint : style));
    }
    table.print(page);
  }

  /** One character for the verdict. */
  public static String mark(LimitVerdict verdict) {
    return switch (verdict.level()) {
      case OK -> "✓";
      case WARN -> "!";
      case FAIL -> "✗";
    };
  }

  private static UnaryOperator<String> style(LimitVerdict verdict, Palette palette) {
    return switch (verdict.level()) {
      case OK -> palette::good;
      case WARN -> palette::warn;
      case FAIL -> palette::bad;
    };
  }

  /**
   * For example {@code ≤ 2,000 cycles}; for a limit that only warns, {@code warn ≤ 2,000 cycles}.
   */
  public static String bound(LimitVerdict verdict) {
    FigureUnit unit = verdict.figure().unit();
    return verdict.limit().fail().equals(Bounds.NONE)
        ? "warn " + bound(verdict.limit().warn(), unit)
        : bound(verdict.limit().fail(), unit);
  }

  private static String bound(Bounds bounds, FigureUnit unit) {
    Long min = bounds.min();
    Long max = bounds.max();
    if (max == null) {
      return min == null ? Numbers.NONE : "≥ " + Numbers.withUnit(min, unit);
    }
    if (max == 0) {
      return "0"; // no figure is below
    }
    if (min == null) {
      return "≤ " + Numbers.withUnit(max, unit);
    }
    return min.equals(max)
        ? "= " + Numbers.withUnit(max, unit)
        : Numbers.withoutUnit(min, unit) + " to " + Numbers.withUnit(max, unit);
  }

  /** The bound that the verdict is about, for example {@code ≤ 2,000 cycles}. */
  public static String violated(LimitVerdict verdict) {
    return (verdict.level() == Level.WARN ? "warn " : "")
        + bound(verdict.bounds(), verdict.figure().unit());
  }

  /** What was measured, without its unit; a dash for nothing. */
  public static String measured(LimitVerdict verdict) {
    Long measured = verdict.measured();
    return measured == null ? Numbers.NONE : Numbers.withoutUnit(measured, verdict.figure().unit());
  }

  /** What was measured, with a mark for the verdict. */
  static Cell measured(LimitVerdict verdict, Palette palette) {
    return new Cell(mark(verdict) + " " + measured(verdict), style(verdict, palette));
  }

  /**
   * A verdict in a line: what was measured, the bound that it is beyond, by how much and where, for
   * example {@code pauses.max = 1,804 cycles, limit ≤ 1,000 cycles: by 804 cycles at operation 7}.
   */
  public static String sentence(LimitVerdict verdict) {
    Long measured = verdict.measured();
    FigureUnit unit = verdict.figure().unit();
    return verdict.figure().name()
        + " = "
        + (measured == null ? Numbers.NONE : Numbers.withUnit(measured, unit))
        + estimated(verdict)
        + (verdict.level() == Level.WARN ? ", should be " : ", limit ")
        + bound(verdict.bounds(), unit)
        + ": "
        + excess(verdict);
  }

  /** How many of a run's limits are violated, for example {@code 2 of 3 limits violated}. */
  public static String outcome(long violated, int limits) {
    if (limits == 1) {
      return violated == 0 ? "its limit holds" : "its limit is violated";
    }
    if (violated == 0) {
      return (limits == 2 ? "both" : "all " + Numbers.plain(limits)) + " limits hold";
    }
    return Numbers.plain(violated) + " of " + Numbers.count(limits, "limit") + " violated";
  }

  /** By how much it is violated and where, for example {@code by 98 cycles at operation 1,234}. */
  public static String excess(LimitVerdict verdict) {
    Long measured = verdict.measured();
    Long max = verdict.bounds().max();
    Long where = verdict.where();
    boolean above = measured != null && max != null && measured > max;
    return "by "
        + Numbers.difference(verdict.excess(), verdict.figure().unit())
        + (above ? "" : " too few")
        + (where == null ? "" : " at operation " + Numbers.plain(where));
  }

  /** What stands behind a figure that is an estimate, else nothing. */
  public static String estimated(LimitVerdict verdict) {
    return verdict.estimated() ? " (estimated)" : "";
  }

  private static String remark(LimitVerdict verdict) {
    FigureUnit unit = verdict.figure().unit();
    if (verdict.level() != Level.OK) {
      return (verdict.level() == Level.WARN ? "a warning, by " : "violated by ")
          + Numbers.differenceWithoutUnit(verdict.excess(), unit);
    }
    Long measured = verdict.measured();
    Long max = verdict.max();
    if (measured == null) {
      return "nothing to measure";
    }
    // Room that is left is news only below a bound that is more than "none at all".
    return max == null || max == 0 || max.equals(verdict.min())
        ? ""
        : Numbers.differenceWithoutUnit(max - measured, unit) + " to spare";
  }
}
