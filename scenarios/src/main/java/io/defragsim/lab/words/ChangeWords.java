package io.defragsim.lab.words;

import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.baseline.Comparison.FigureChange;
import io.defragsim.lab.baseline.Comparison.FunctionChange;
import io.defragsim.lab.baseline.Comparison.Judgement;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.FigureUnit;
import io.defragsim.words.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What differs from a baseline, in words. */
public final class ChangeWords {

  private ChangeWords() {}

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
          worse > 0
              ? "better in " + Numbers.plain(better)
              : "better than its baseline in " + Numbers.count(better, "figure"));
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

  /** What an update of the baseline changes, for example {@code has changed: 2 figures worse}. */
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

  /**
   * A figure that differs in a line, for example {@code alloc.max 364 → 380 cycles (+16)}.
   *
   * @param result the run whose figure it is now
   */
  public static String sentence(FigureChange change, RunResult result) {
    Long now = change.now();
    String difference = difference(change);
    return change.figure().name()
        + " "
        + value(change.then(), change)
        + " → "
        + (now == null ? Numbers.NONE : Numbers.withUnit(now, change.figure().unit()))
        + Estimates.mark(result.isEstimate(change.figure()))
        + (difference.isEmpty() ? "" : " (" + difference + ")");
  }

  /**
   * A function that differs in a line, for example {@code discard: +1,200 cycles (+3.1 %)}.
   *
   * @param result the run whose cycles it takes now; what a tail-chain takes is with handlers
   */
  public static String sentence(FunctionChange change, RunResult result) {
    String share = share(change);
    return Printable.of(change.function())
        + ": "
        + difference(change)
        + Numbers.GLUE
        + "cycles"
        + Estimates.mark(result.clockIsEstimate())
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

  /** The same of cycles. */
  public static String difference(FunctionChange change) {
    return Numbers.signed(change.difference(), FigureUnit.COUNT);
  }

  /** As a share of what was; empty where there is no difference, and of what is a share itself. */
  public static String share(FigureChange change) {
    Long difference = change.difference();
    Long then = change.then();
    return difference == null
            || then == null
            || difference == 0
            || change.figure().unit() == FigureUnit.PPM
        ? ""
        : Numbers.share(difference, then);
  }

  /** The same of cycles. */
  public static String share(FunctionChange change) {
    return Numbers.share(change.difference(), change.then().cycles());
  }

  /** The judgement in a word; empty if nothing has changed. */
  public static String judgement(FigureChange change) {
    return change.judgement() == Judgement.EQUAL
        ? ""
        : change.judgement().name().toLowerCase(Locale.ROOT);
  }
}
