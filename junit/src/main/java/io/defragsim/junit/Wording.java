package io.defragsim.junit;

import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.FigureUnit;
import io.defragsim.scenario.Limit.Bounds;
import io.defragsim.scenario.Limit.Source;
import io.defragsim.words.Printable;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What went wrong with a run, in words. */
final class Wording {

  private Wording() {}

  /** Why a run ended before its workload did; null if it did not. */
  static @Nullable String ending(RunResult run) {
    String ended = ended(run);
    return ended == null ? null : Printable.of(ended);
  }

  private static @Nullable String ended(RunResult run) {
    RunEnding ending = run.ending();
    if (ending instanceof RunEnding.Faulted faulted) {
      return what(run)
          + ": FAULT, "
          + faulted.fault().kind().name().toLowerCase(Locale.ROOT).replace('_', ' ')
          + " at "
          + faulted.fault().at()
          + ": "
          + faulted.fault().detail()
          + during(faulted.during(), faulted.operation());
    }
    if (ending instanceof RunEnding.ContractViolated broken) {
      return what(run)
          + ": CONTRACT BROKEN: "
          + broken.what()
          + during(broken.during(), broken.operation());
    }
    if (ending instanceof RunEnding.BudgetExhausted exhausted) {
      return what(run)
          + ": BUDGET EXHAUSTED: more than "
          + (exhausted.unit() == RunEnding.BudgetExhausted.Unit.CYCLES
              ? with(exhausted.budget(), FigureUnit.CYCLES)
              : String.format(
                  Locale.ROOT,
                  "%,d %ss (%s)",
                  exhausted.budget(),
                  exhausted.unit().one(),
                  exhausted.remedy()))
          + ", at "
          + exhausted.at()
          + during(exhausted.during(), exhausted.operation());
    }
    return null;
  }

  private static String during(String during, long operation) {
    return operation == RunEnding.BEFORE_FIRST
        ? ", during " + during
        : String.format(Locale.ROOT, ", in operation %,d: %s", operation, during);
  }

  /** Which limits are violated, by how much and where; null for none. */
  static @Nullable String violated(RunResult run) {
    List<LimitVerdict> violated = run.verdicts().stream().filter(v -> !v.holds()).toList();
    if (violated.isEmpty()) {
      return null;
    }
    StringBuilder text = new StringBuilder(what(run));
    text.append(": ").append(outcome(violated.size(), run.verdicts().size()));
    violated.forEach(verdict -> text.append("\n  ").append(Printable.of(sentence(verdict))));
    return text.toString();
  }

  private static String outcome(int violated, int limits) {
    return limits == 1 ? "its limit is violated" : violated + " of " + limits + " limits violated";
  }

  /**
   * One verdict, for example {@code pauses.max = 1,804 cycles, limit <= 1,000 cycles: by 804 cycles
   * at operation 7 (heap.json:12)}.
   */
  static String sentence(LimitVerdict verdict) {
    FigureUnit unit = verdict.figure().unit();
    Long measured = verdict.measured();
    Long max = verdict.bounds().max();
    Long where = verdict.where();
    Source source = verdict.source();
    boolean above = measured != null && max != null && measured > max;
    return verdict.figure().name()
        + " = "
        + (measured == null ? "nothing" : with(measured, unit))
        + (verdict.estimated() ? " (estimated)" : "")
        + (verdict.level() == Level.WARN ? ", should be " : ", limit ")
        + bounds(verdict.bounds(), unit)
        + ": by "
        + difference(verdict.excess(), unit)
        + (above ? "" : " too few")
        + (where == null ? "" : String.format(Locale.ROOT, " at operation %,d", where))
        + (source == null || source.file() == null
            ? ""
            : " (" + source.file() + ":" + source.line() + ")");
  }

  private static String bounds(Bounds bounds, FigureUnit unit) {
    Long min = bounds.min();
    Long max = bounds.max();
    return (min == null ? "" : ">= " + with(min, unit))
        + (min == null || max == null ? "" : " and ")
        + (max == null ? "" : "<= " + with(max, unit));
  }

  /** Of two values; of two shares in points, for a percent of it would be another number. */
  private static String difference(long value, FigureUnit unit) {
    return unit == FigureUnit.PPM
        ? with(value, unit).replace(" %", value == 10_000 ? " point" : " points")
        : with(value, unit);
  }

  private static String with(long value, FigureUnit unit) {
    String plain = String.format(Locale.ROOT, "%,d", value);
    return switch (unit) {
      case COUNT -> plain;
      case BYTES -> plain + (value == 1 ? " byte" : " bytes");
      case CYCLES -> plain + (value == 1 ? " cycle" : " cycles");
      case PPM -> BigDecimal.valueOf(value, 4).stripTrailingZeros().toPlainString() + " %";
    };
  }

  private static String what(RunResult run) {
    return Printable.of(run.subject().scenario() + " on " + run.subject().image().name());
  }
}
