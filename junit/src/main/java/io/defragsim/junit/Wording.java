package io.defragsim.junit;

import io.defragsim.emulator.model.Fault;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.EndingWords;
import io.defragsim.lab.words.Numbers;
import io.defragsim.lab.words.RunWords;
import io.defragsim.lab.words.Verdicts;
import io.defragsim.words.Printable;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What went wrong with a run, for logs, which may know no more than ASCII. */
final class Wording {

  private Wording() {}

  /** Why a run ended before its workload did; null if it did not. */
  static @Nullable String ending(RunResult run) {
    EndingWords words = EndingWords.of(run.ending());
    if (words == null) {
      return null;
    }
    Fault fault = words.fault();
    String more =
        fault != null ? ": " + fault.detail() : words.at() != null ? ", at " + words.at() : "";
    return plain(RunWords.subject(run) + ": " + words.brief() + more);
  }

  /** Which limits are violated, by how much and where; null for none. */
  static @Nullable String violated(RunResult run) {
    List<LimitVerdict> verdicts = run.verdicts();
    List<LimitVerdict> violated = verdicts.stream().filter(verdict -> !verdict.holds()).toList();
    return violated.isEmpty()
        ? null
        : violated.stream()
            .map(verdict -> "\n  " + sentence(verdict))
            .collect(
                Collectors.joining(
                    "",
                    plain(
                        RunWords.subject(run)
                            + ": "
                            + Verdicts.outcome(violated.size(), verdicts.size())),
                    ""));
  }

  /**
   * One verdict, for example {@code pauses.max = 1,804 cycles, limit <= 1,000 cycles: 804 cycles
   * too many at operation 7 (heap.json:12)}.
   */
  static String sentence(LimitVerdict verdict) {
    String place = Verdicts.place(verdict.source());
    return plain(Verdicts.sentence(verdict) + (place.isEmpty() ? "" : " (" + place + ")"));
  }

  private static String plain(String text) {
    return Numbers.unglued(Printable.of(text)).replace("≤", "<=").replace("≥", ">=");
  }
}
