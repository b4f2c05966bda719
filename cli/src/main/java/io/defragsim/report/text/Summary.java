package io.defragsim.report.text;

import io.defragsim.lab.result.Ending;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.Limit.Source;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A run in a line: what became of it and, if a limit is violated, which and by how much. */
public final class Summary {

  private Summary() {}

  /** Prints a line for the run, and one more for each limit that is violated or warned of. */
  public static void print(RunResult result, Page page) {
    List<LimitVerdict> verdicts = result.verdicts();
    UnaryOperator<String> style =
        switch (level(result)) {
          case OK -> page.palette()::good;
          case WARN -> page.palette()::warn;
          case FAIL -> page.palette()::bad;
        };
    page.line(style.apply(subject(result) + ": " + outcome(result)));
    if (result.ending() instanceof Ending.Completed) {
      for (LimitVerdict verdict : verdicts) {
        if (verdict.level() != Level.OK) {
          verdict(verdict, page);
        }
      }
    }
  }

  private static void verdict(LimitVerdict verdict, Page page) {
    String sentence = "  " + LimitsSection.sentence(verdict);
    String place = place(verdict.source());
    if (place.isEmpty() || sentence.length() + 2 + place.length() <= page.width()) {
      page.line(sentence + (place.isEmpty() ? "" : ", " + page.palette().faint(place)));
    } else {
      page.line(sentence);
      page.line("    " + page.palette().faint(place));
    }
  }

  /** Where a limit stands, as editors read it: {@code file:line}; empty if in no file. */
  public static String place(@Nullable Source source) {
    Path file = source == null ? null : source.file();
    return file == null ? "" : Page.clean(file.toString()) + ":" + source.line();
  }

  /** What ran, for example {@code sensor-node on defrag}. */
  public static String subject(RunResult result) {
    var mcu = result.subject().mcu();
    return Page.clean(result.subject().scenario())
        + " on "
        + Page.clean(result.subject().image().name())
        + (mcu.isEstimate() ? " (" + mcu.estimate() + ")" : "");
  }

  /** The worst that there is to say of a run by itself. */
  public static Level level(RunResult result) {
    if (result.exitStatus() != 0) {
      return Level.FAIL;
    }
    return result.verdicts().stream().allMatch(v -> v.level() == Level.OK) ? Level.OK : Level.WARN;
  }

  /** What became of a run, for example {@code 2 of 3 limits violated}. */
  public static String outcome(RunResult result) {
    String ending = EndingSection.brief(result.ending());
    if (!ending.isEmpty()) {
      return ending;
    }
    List<LimitVerdict> verdicts = result.verdicts();
    long failed = verdicts.stream().filter(v -> v.level() == Level.FAIL).count();
    long warned = verdicts.stream().filter(v -> v.level() == Level.WARN).count();
    String warnings = warned == 0 ? "" : ", " + Numbers.count(warned, "warning");
    if (verdicts.isEmpty()) {
      return "completed; it sets no limits";
    }
    if (failed > 0) {
      return Numbers.plain(failed)
          + " of "
          + Numbers.count(verdicts.size(), "limit")
          + " violated"
          + warnings;
    }
    return (verdicts.size() == 1
            ? "its limit holds"
            : "all " + Numbers.plain(verdicts.size()) + " limits hold")
        + warnings;
  }
}
