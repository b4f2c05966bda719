package io.defragsim.report.text;

import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.baseline.Comparison.FigureChange;
import io.defragsim.lab.baseline.Comparison.FunctionChange;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.GateReport;
import io.defragsim.report.GateReport.BaselineCheck;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.scenario.Limit.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A run in a line: what became of it and, if a limit is violated, which and by how much. */
public final class Summary {

  /** Of figures and of functions: the tables have them all. */
  private static final int MOST = 5;

  private Summary() {}

  /**
   * Prints a line for the run, one more for each limit that is violated or warned of, and one for
   * the baseline.
   */
  public static void print(Entry entry, Page page) {
    RunResult result = entry.result();
    BaselineCheck baseline = entry.baseline();
    if (baseline == null || !result.limits().isEmpty()) {
      page.line(
          style(runLevel(entry), page.palette()).apply(subject(result) + ": " + outcome(result)));
    }
    if (entry.completed()) {
      entry.beyond().forEach(verdict -> verdict(verdict, page));
    }
    if (baseline != null) {
      baseline(subject(result), baseline.comparison(), page);
      causes(baseline.comparison(), page);
    }
  }

  /** Prints a line for a run that was held against its baseline. */
  public static void baseline(String subject, Comparison comparison, Page page) {
    page.line(
        style(comparison.holds() ? Level.OK : Level.FAIL, page.palette())
            .apply(subject + ": " + BaselineSection.outcome(comparison)));
  }

  /** Prints which figures fail, and the functions that are the cause. */
  private static void causes(Comparison comparison, Page page) {
    List<FigureChange> failing = comparison.failing();
    for (FigureChange change : first(failing)) {
      page.line("  " + BaselineSection.sentence(change));
    }
    if (failing.size() > MOST) {
      page.line("  and " + Numbers.count(failing.size() - MOST, "more figure"));
    }
    if (!failing.isEmpty()) {
      for (FunctionChange change : first(comparison.functions())) {
        page.line("  in " + BaselineSection.sentence(change));
      }
    }
  }

  private static <T> List<T> first(List<T> all) {
    return all.subList(0, Math.min(MOST, all.size()));
  }

  /**
   * Prints the end of what a command with several runs has to say.
   *
   * @param each whether a line for each run, and for what is wrong with it, comes first
   */
  public static void end(GateReport report, Page page, boolean each) {
    if (each) {
      page.rule();
      page.line(page.palette().strong("Summary"));
      report.entries().forEach(entry -> print(entry, page));
    }
    page.blank();
    long failed = report.count(Level.FAIL);
    long warned = report.count(Level.WARN);
    Level level = failed > 0 ? Level.FAIL : warned > 0 ? Level.WARN : Level.OK;
    page.line(style(level, page.palette()).apply(outcome(report)));
  }

  /** All runs of a command in a line, for example {@code 16 runs: 14 hold, 2 failed}. */
  public static String outcome(GateReport report) {
    long held = report.count(Level.OK);
    long warned = report.count(Level.WARN);
    long failed = report.count(Level.FAIL);
    List<String> parts = new ArrayList<>();
    if (held > 0) {
      boolean all = warned + failed == 0;
      parts.add(all ? "all hold" : Numbers.plain(held) + (held == 1 ? " holds" : " hold"));
    }
    if (warned > 0) {
      parts.add(Numbers.plain(warned) + (warned == 1 ? " warns" : " warn"));
    }
    if (failed > 0) {
      parts.add(Numbers.plain(failed) + " failed");
    }
    return Numbers.count(report.entries().size(), "run") + ": " + String.join(", ", parts);
  }

  private static Level runLevel(Entry entry) {
    if (entry.result().exitStatus() != ExitStatus.OK.code()) {
      return Level.FAIL;
    }
    return entry.beyond().isEmpty() ? Level.OK : Level.WARN;
  }

  private static UnaryOperator<String> style(Level level, Palette palette) {
    return switch (level) {
      case OK -> palette::good;
      case WARN -> palette::warn;
      case FAIL -> palette::bad;
    };
  }

  /** The same of a run by itself. */
  public static void print(RunResult result, Page page) {
    print(new Entry("", null, result, null), page);
  }

  private static void verdict(LimitVerdict verdict, Page page) {
    String sentence = "  " + LimitsSection.sentence(verdict);
    String place = place(verdict.source());
    if (place.isEmpty() || Cells.of(sentence) + 2 + Cells.of(place) <= page.width()) {
      page.line(sentence + (place.isEmpty() ? "" : ", " + page.palette().faint(place)));
    } else {
      page.line(sentence);
      page.line("    " + page.palette().faint(place));
    }
  }

  /** Where a limit stands, as editors read it: {@code file:line}; empty if in no file. */
  public static String place(@Nullable Source source) {
    if (source == null) {
      return "";
    }
    Path file = source.file();
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

  /**
   * A name for each run, no two the same: where several runs are of one scenario and image, with
   * what stands on the command line, and if that is the same too, with a number.
   */
  public static List<String> names(GateReport report) {
    List<String> subjects =
        report.entries().stream().map(entry -> subject(entry.result())).toList();
    List<String> names = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < subjects.size(); i++) {
      String name = subjects.get(i);
      if (Collections.frequency(subjects, name) > 1) {
        name += " (" + Page.clean(report.entries().get(i).source()) + ")";
      }
      String unique = name;
      for (int number = 2; !taken.add(unique); number++) {
        unique = name + " #" + number;
      }
      names.add(unique);
    }
    return names;
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
    return LimitsSection.outcome(failed, verdicts.size()) + warnings;
  }
}
