package io.defragsim.lab.words;

import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.scenario.FigureUnit;
import io.defragsim.scenario.Limit.Bounds;
import io.defragsim.scenario.Limit.Source;
import io.defragsim.words.Printable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Limits and what became of them, in words. */
public final class Verdicts {

  private static final String AT_MOST = "≤" + Numbers.GLUE;
  private static final String AT_LEAST = "≥" + Numbers.GLUE;

  private Verdicts() {}

  /** One character for a verdict. */
  public static String mark(Level level) {
    return switch (level) {
      case OK -> "✓";
      case WARN -> "!";
      case FAIL -> "✗";
    };
  }

  /**
   * For example {@code ≤ 2,000 cycles}; for a limit that only warns, {@code warn ≤ 2,000 cycles}.
   */
  public static String limit(LimitVerdict verdict) {
    FigureUnit unit = verdict.figure().unit();
    return verdict.limit().fail().equals(Bounds.NONE)
        ? "warn " + bound(verdict.limit().warn(), unit)
        : bound(verdict.limit().fail(), unit);
  }

  /** The bound that the verdict is about, for example {@code ≤ 2,000 cycles}. */
  public static String bound(LimitVerdict verdict) {
    return (verdict.level() == Level.WARN ? "warn " : "")
        + bound(verdict.bounds(), verdict.figure().unit());
  }

  private static String bound(Bounds bounds, FigureUnit unit) {
    Long min = bounds.min();
    Long max = bounds.max();
    if (max == null) {
      return min == null ? Numbers.NONE : AT_LEAST + Numbers.withUnit(min, unit);
    }
    if (max == 0) {
      return "0"; // no figure is below
    }
    if (min == null) {
      return AT_MOST + Numbers.withUnit(max, unit);
    }
    return min.equals(max)
        ? "= " + Numbers.withUnit(max, unit)
        : Numbers.withoutUnit(min, unit) + " to " + Numbers.withUnit(max, unit);
  }

  /** What was measured, without its unit; a dash for nothing. */
  public static String measured(LimitVerdict verdict) {
    Long measured = verdict.measured();
    return measured == null ? Numbers.NONE : Numbers.withoutUnit(measured, verdict.figure().unit());
  }

  /** The same with its unit. */
  public static String measuredWithUnit(LimitVerdict verdict) {
    Long measured = verdict.measured();
    return measured == null ? Numbers.NONE : Numbers.withUnit(measured, verdict.figure().unit());
  }

  /**
   * A verdict in a line: what was measured, the bound that it is beyond, by how much and where, for
   * example {@code pauses.max = 1,804 cycles, limit ≤ 1,000 cycles: 804 cycles too many at
   * operation 7}.
   */
  public static String sentence(LimitVerdict verdict) {
    Long where = verdict.where();
    FigureUnit unit = verdict.figure().unit();
    return verdict.figure().name()
        + " = "
        + measuredWithUnit(verdict)
        + Estimates.mark(verdict.estimated())
        + (verdict.level() == Level.WARN ? ", should be " : ", limit ")
        + bound(verdict.bounds(), unit)
        + ": "
        + beyond(verdict)
        + (where == null ? "" : " at operation " + Numbers.plain(where));
  }

  /** By how much and to which side, for example {@code 7 bytes too few}, {@code 2 points above}. */
  private static String beyond(LimitVerdict verdict) {
    FigureUnit unit = verdict.figure().unit();
    Long measured = verdict.measured();
    Long max = verdict.bounds().max();
    boolean above = measured != null && max != null && measured > max;
    return Numbers.difference(verdict.excess(), unit)
        + (unit == FigureUnit.PPM ? above ? " above" : " below" : above ? " too many" : " too few");
  }

  /**
   * What stands beside a limit in a table: by how much and to which side it is violated, as {@link
   * #sentence} ends, or what is to spare.
   */
  public static String remark(LimitVerdict verdict) {
    FigureUnit unit = verdict.figure().unit();
    if (verdict.level() != Level.OK) {
      return (verdict.level() == Level.WARN ? "a warning: " : "") + beyond(verdict);
    }
    Long measured = verdict.measured();
    Long max = verdict.max();
    if (measured == null) {
      return "nothing to measure";
    }
    // Room that is left is news only below a bound that is more than "none at all".
    return max == null || max == 0 || max.equals(verdict.min())
        ? ""
        : Numbers.difference(max - measured, unit) + " to spare";
  }

  /** By how much it is beyond its bound, where the unit is known. */
  public static String excess(LimitVerdict verdict) {
    return Numbers.differenceWithoutUnit(verdict.excess(), verdict.figure().unit());
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

  /** Where a limit stands, as editors read it: {@code file:line}; empty if in no file. */
  public static String place(@Nullable Source source) {
    Path file = source == null ? null : source.file();
    return source == null || file == null
        ? ""
        : Printable.of(file.toString()) + ":" + source.line();
  }
}
