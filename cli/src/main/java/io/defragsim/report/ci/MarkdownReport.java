package io.defragsim.report.ci;

import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.baseline.Comparison.FigureChange;
import io.defragsim.lab.baseline.Comparison.FunctionChange;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.report.GateReport;
import io.defragsim.report.GateReport.BaselineCheck;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.text.BaselineSection;
import io.defragsim.report.text.LimitsSection;
import io.defragsim.report.text.Numbers;
import io.defragsim.report.text.Summary;
import io.defragsim.words.Printable;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The verdicts in Markdown, short enough for the summary of a job: a line for each run, then only
 * what is not as it should be.
 */
public final class MarkdownReport {
  /** More is for the report, not for a summary. */
  private static final int FUNCTIONS = 5;

  private final Writer out;

  private MarkdownReport(Writer out) {
    this.out = out;
  }

  /** Writes all of {@code report} and closes nothing. */
  public static void write(GateReport report, Writer out) throws IOException {
    new MarkdownReport(out).write(report);
  }

  private void write(GateReport report) throws IOException {
    Level worst =
        report.count(Level.FAIL) > 0
            ? Level.FAIL
            : report.count(Level.WARN) > 0 ? Level.WARN : Level.OK;
    line("### " + sign(worst) + " defrag-sim: " + text(Summary.outcome(report)));
    line("");
    line("| | run | outcome |");
    line("|---|---|---|");
    List<Entry> entries = report.entries();
    List<String> names = Summary.names(report);
    for (int i = 0; i < entries.size(); i++) {
      row(sign(entries.get(i).level()), text(names.get(i)), text(outcome(entries.get(i))));
    }
    limits(entries, names);
    for (int i = 0; i < entries.size(); i++) {
      BaselineCheck baseline = entries.get(i).baseline();
      if (baseline != null && changed(baseline.comparison())) {
        baseline(names.get(i), baseline);
      }
    }
  }

  private static String outcome(Entry entry) {
    BaselineCheck baseline = entry.baseline();
    if (baseline == null) {
      return Summary.outcome(entry.result());
    }
    String compared = BaselineSection.outcome(baseline.comparison());
    return entry.result().limits().isEmpty()
        ? compared
        : Summary.outcome(entry.result()) + "; " + compared;
  }

  private void limits(List<Entry> entries, List<String> names) throws IOException {
    if (entries.stream().allMatch(entry -> entry.beyond().isEmpty())) {
      return;
    }
    line("");
    line("#### Limits");
    line("");
    line("| | run | figure | limit | measured | beyond by | where |");
    line("|---|---|---|---|--:|--:|---|");
    for (int i = 0; i < entries.size(); i++) {
      for (LimitVerdict verdict : entries.get(i).beyond()) {
        Long where = verdict.where();
        String place = Summary.place(verdict.source());
        row(
            sign(verdict.level()),
            text(names.get(i)),
            code(verdict.figure().name()),
            text(LimitsSection.violated(verdict)),
            text(LimitsSection.measured(verdict) + LimitsSection.estimated(verdict)),
            text(Numbers.differenceWithoutUnit(verdict.excess(), verdict.figure().unit())),
            (where == null ? "" : "operation " + Numbers.plain(where))
                + (where == null || place.isEmpty() ? "" : ", ")
                + (place.isEmpty() ? "" : code(place)));
      }
    }
  }

  private static boolean changed(Comparison comparison) {
    return !comparison.differing().isEmpty() || !comparison.remarks().isEmpty();
  }

  private void baseline(String name, BaselineCheck check) throws IOException {
    Comparison comparison = check.comparison();
    line("");
    line("#### " + text(name) + " and its baseline");
    line("");
    line(code(check.file().toString()));
    line("");
    for (String remark : comparison.remarks()) {
      line("- " + text(remark));
    }
    List<FigureChange> changes = comparison.differing();
    if (!changes.isEmpty()) {
      line("");
      line("| | figure | baseline | now | difference | |");
      line("|---|---|--:|--:|--:|---|");
      for (FigureChange change : changes) {
        row(
            BaselineSection.mark(change, comparison).equals("✗")
                ? sign(Level.FAIL)
                : BaselineSection.mark(change, comparison).isEmpty() ? "" : sign(Level.OK),
            code(change.figure().name()),
            text(BaselineSection.value(change.then(), change)),
            text(BaselineSection.value(change.now(), change)),
            text(BaselineSection.difference(change)),
            BaselineSection.word(change));
      }
    }
    List<FunctionChange> functions = comparison.functions();
    if (!functions.isEmpty()) {
      List<FunctionChange> shown = functions.subList(0, Math.min(FUNCTIONS, functions.size()));
      line("");
      line(
          "Functions whose cycles differ most: "
              + shown.stream()
                  .map(change -> code(change.function()) + text(rest(change)))
                  .collect(Collectors.joining("; ")));
    }
  }

  private static String rest(FunctionChange change) {
    return BaselineSection.sentence(change).substring(Printable.of(change.function()).length());
  }

  private static String sign(Level level) {
    return switch (level) {
      case OK -> "✅";
      case WARN -> "⚠️";
      case FAIL -> "❌";
    };
  }

  private void row(String... cells) throws IOException {
    line("| " + String.join(" | ", cells) + " |");
  }

  private void line(String line) throws IOException {
    out.write(line);
    out.write('\n');
  }

  /** Text that means nothing to Markdown, in one line. */
  static String text(String text) {
    StringBuilder safe = new StringBuilder();
    plain(text)
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '\\', '`', '*', '_', '[', ']', '#', '|', '~', '!' ->
                    safe.append('\\').appendCodePoint(c);
                default -> safe.appendCodePoint(c);
              }
            });
    return safe.toString();
  }

  /** Code, in one line of a table. */
  private static String code(String text) {
    return "`" + plain(text).replace("`", "'").replace("|", "\\|") + "`";
  }

  private static String plain(String text) {
    return Printable.of(text).replace('\u00a0', ' ').replaceAll(" +", " ");
  }
}
