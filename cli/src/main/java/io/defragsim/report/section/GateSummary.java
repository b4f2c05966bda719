package io.defragsim.report.section;

import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.baseline.Comparison.FigureChange;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.ChangeWords;
import io.defragsim.lab.words.Estimates;
import io.defragsim.lab.words.Numbers;
import io.defragsim.lab.words.RunWords;
import io.defragsim.lab.words.Verdicts;
import io.defragsim.report.GateReport;
import io.defragsim.report.GateReport.BaselineCheck;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.model.OutcomeLine;
import io.defragsim.report.model.Report;
import io.defragsim.report.model.Report.Head;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Tone;
import java.util.ArrayList;
import java.util.List;

/** Runs in a line each: what became of them and, if something is wrong, what and by how much. */
public final class GateSummary {

  /** Of figures and of functions: the tables have them all. */
  private static final int MOST = 5;

  private GateSummary() {}

  /** All runs of a command, with what is not as it should be. */
  public static Report of(GateReport report) {
    List<String> names = report.names();
    List<Section> details = new ArrayList<>();
    Table runs = new Table("<|<run|<outcome");
    Table limits = new Table("<|<run|`figure|<limit|measured|beyond by|<where|`");
    boolean beyond = false;
    for (int i = 0; i < names.size(); i++) {
      Entry entry = report.entries().get(i);
      runs.row(LimitsSection.mark(entry.level()), names.get(i), outcome(entry));
      for (LimitVerdict verdict : entry.beyond()) {
        beyond = true;
        Long where = verdict.where();
        limits.row(
            LimitsSection.mark(verdict.level()),
            names.get(i),
            verdict.figure().name(),
            Verdicts.bound(verdict),
            Verdicts.measured(verdict) + Estimates.mark(verdict.estimated()),
            Verdicts.excess(verdict),
            where == null ? "" : Numbers.operation(where),
            Verdicts.place(verdict.source()));
      }
      BaselineCheck baseline = entry.baseline();
      if (baseline != null && baseline.comparison().hasNews()) {
        details.addAll(BaselineSection.of(entry, names.get(i) + " and its baseline", false));
      }
    }
    if (beyond) {
      details.add(0, new Section("limits", "Limits", "", limits));
    }
    return new Report(
        new Head("defrag-sim", "", "", ""),
        List.of(new Section("runs", "", "", runs)),
        details,
        List.of(),
        List.of(all(report)),
        "");
  }

  private static String outcome(Entry entry) {
    BaselineCheck baseline = entry.baseline();
    String run = RunWords.outcome(entry.result());
    if (baseline == null) {
      return run;
    }
    String compared = ChangeWords.outcome(baseline.comparison());
    return entry.result().limits().isEmpty() ? compared : run + "; " + compared;
  }

  /**
   * All runs of a command, or heaps of a program, for example {@code 16 runs: 14 hold, 2 failed}.
   */
  public static OutcomeLine all(GateReport report) {
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
    boolean heaps = report.results().stream().allMatch(result -> result.program() != null);
    return new OutcomeLine(
        Numbers.count(report.entries().size(), heaps ? "heap" : "run")
            + ": "
            + String.join(", ", parts),
        failed > 0 ? Tone.BAD : warned > 0 ? Tone.WARN : Tone.GOOD);
  }

  /** All runs of a command in a line each. */
  public static List<OutcomeLine> each(GateReport report) {
    return report.entries().stream().flatMap(entry -> of(entry).stream()).toList();
  }

  /** A run with its limits, and with its baseline if it has one. */
  public static List<OutcomeLine> of(Entry entry) {
    RunResult result = entry.result();
    BaselineCheck baseline = entry.baseline();
    List<OutcomeLine> outcomes = new ArrayList<>();
    if (baseline == null || !result.limits().isEmpty()) {
      Level level = Entry.of(result).level();
      List<Sentence> why =
          result.completed() ? entry.beyond().stream().map(GateSummary::why).toList() : List.of();
      String line = RunWords.subject(result) + ": " + RunWords.outcome(result);
      outcomes.add(new OutcomeLine(new Sentence(line, Tone.of(level)), why));
    }
    if (baseline != null) {
      OutcomeLine compared = ofBaseline(entry, baseline);
      outcomes.add(new OutcomeLine(compared.line(), causes(entry.result(), baseline.comparison())));
    }
    return outcomes;
  }

  private static Sentence why(LimitVerdict verdict) {
    return new Sentence(
        Verdicts.sentence(verdict), Tone.PLAIN, verdict.where(), Verdicts.place(verdict.source()));
  }

  /** What the baseline of {@code entry} says of it, without the causes. */
  public static OutcomeLine ofBaseline(Entry entry, BaselineCheck baseline) {
    Comparison comparison = baseline.comparison();
    return new OutcomeLine(
        RunWords.subject(entry.result()) + ": " + ChangeWords.outcome(comparison),
        Tone.of(comparison.holds()));
  }

  /** Which figures fail, and the functions that are the cause. */
  private static List<Sentence> causes(RunResult result, Comparison comparison) {
    List<Sentence> causes = new ArrayList<>();
    List<FigureChange> failing = comparison.failing();
    for (FigureChange change : first(failing)) {
      causes.add(new Sentence(ChangeWords.sentence(change, result)));
    }
    if (failing.size() > MOST) {
      causes.add(new Sentence("and " + Numbers.count(failing.size() - MOST, "more figure")));
    }
    if (!failing.isEmpty()) {
      first(comparison.functions())
          .forEach(
              change -> causes.add(new Sentence("in " + ChangeWords.sentence(change, result))));
    }
    return causes;
  }

  private static <T> List<T> first(List<T> all) {
    return all.subList(0, Math.min(MOST, all.size()));
  }
}
