package io.defragsim.report.text;

import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.text.Table.Cell;
import io.defragsim.scenario.FigureUnit;
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
      boolean holds = verdict.holds();
      UnaryOperator<String> style = holds ? page.palette()::good : page.palette()::bad;
      Long measured = verdict.measured();
      table.row(
          new Cell(holds ? "✓" : "✗", style),
          Cell.of(verdict.figure().name()),
          Cell.of(bound(verdict)),
          Cell.of(measured == null ? Numbers.NONE : value(measured, verdict.figure())),
          new Cell(remark(verdict) + estimated(verdict), holds ? page.palette()::faint : style));
    }
    table.print(page);
  }

  /** For example {@code ≤ 2,000 cycles}. */
  public static String bound(LimitVerdict verdict) {
    Long min = verdict.min();
    Long max = verdict.max();
    FigureUnit unit = verdict.figure().unit();
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
        : value(min, verdict.figure()) + " to " + Numbers.withUnit(max, unit);
  }

  /** What was measured, with a mark for the verdict. */
  static Cell measured(LimitVerdict verdict, Palette palette) {
    Long measured = verdict.measured();
    String value = measured == null ? Numbers.NONE : value(measured, verdict.figure());
    return verdict.holds()
        ? new Cell("✓ " + value, palette::good)
        : new Cell("✗ " + value, palette::bad);
  }

  /** By how much it is violated and where, for example {@code by 98 cycles at operation 1,234}. */
  public static String excess(LimitVerdict verdict) {
    Long measured = verdict.measured();
    Long max = verdict.max();
    Long where = verdict.where();
    boolean above = measured != null && max != null && measured > max;
    return "by "
        + Numbers.withUnit(verdict.excess(), verdict.figure().unit())
        + (above ? "" : " too few")
        + (where == null ? "" : " at operation " + Numbers.plain(where));
  }

  /** What stands behind a figure that is an estimate, else nothing. */
  static String estimated(LimitVerdict verdict) {
    return verdict.estimated() ? " (estimated)" : "";
  }

  private static String remark(LimitVerdict verdict) {
    if (!verdict.holds()) {
      return "violated by " + value(verdict.excess(), verdict.figure());
    }
    Long measured = verdict.measured();
    Long max = verdict.max();
    if (measured == null) {
      return "nothing to measure";
    }
    // Room that is left is news only below a bound that is more than "none at all".
    return max == null || max == 0 || max.equals(verdict.min())
        ? ""
        : value(max - measured, verdict.figure()) + " to spare";
  }

  private static String value(long value, Figure figure) {
    return figure.unit() == FigureUnit.PPM ? Numbers.exactPercent(value) : Numbers.plain(value);
  }
}
