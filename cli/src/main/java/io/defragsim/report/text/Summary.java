package io.defragsim.report.text;

import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.RunResult;
import java.util.List;

/** A run in a line: what became of it and, if a limit is violated, which and by how much. */
public final class Summary {

  private Summary() {}

  /** Prints a line for the run, and one more for each violated limit. */
  public static void print(RunResult result, Page page) {
    List<LimitVerdict> verdicts = result.verdicts();
    List<LimitVerdict> violated = verdicts.stream().filter(v -> !v.holds()).toList();
    var mcu = result.subject().mcu();
    String what =
        Page.clean(result.subject().scenario())
            + " on "
            + result.subject().image().name()
            + (mcu.isEstimate() ? " (" + mcu.estimate() + ")" : "")
            + ": ";
    String ending = EndingSection.brief(result.ending());
    if (!ending.isEmpty()) {
      page.line(page.palette().bad(what + ending));
    } else if (verdicts.isEmpty()) {
      page.line(page.palette().good(what + "completed; it sets no limits"));
    } else if (violated.isEmpty()) {
      page.line(
          page.palette()
              .good(
                  what
                      + (verdicts.size() == 1
                          ? "its limit holds"
                          : "all " + Numbers.plain(verdicts.size()) + " limits hold")));
    } else {
      page.line(
          page.palette()
              .bad(
                  what
                      + Numbers.plain(violated.size())
                      + " of "
                      + Numbers.count(verdicts.size(), "limit")
                      + " violated"));
      for (LimitVerdict verdict : violated) {
        Long measured = verdict.measured();
        page.line(
            "  %s = %s%s, limit %s: %s"
                .formatted(
                    verdict.figure().name(),
                    measured == null
                        ? Numbers.NONE
                        : Numbers.withUnit(measured, verdict.figure().unit()),
                    LimitsSection.estimated(verdict),
                    LimitsSection.bound(verdict),
                    LimitsSection.excess(verdict)));
      }
    }
  }
}
