package io.defragsim.report.ci;

import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.baseline.Comparison.FigureChange;
import io.defragsim.lab.baseline.Comparison.Judgement;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.lab.words.ChangeWords;
import io.defragsim.lab.words.EndingWords;
import io.defragsim.lab.words.Numbers;
import io.defragsim.lab.words.RunWords;
import io.defragsim.lab.words.Verdicts;
import io.defragsim.report.GateReport;
import io.defragsim.report.GateReport.BaselineCheck;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.scenario.Limit.Source;
import io.defragsim.words.Printable;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Workflow commands, which GitHub shows as annotations at a file and line: errors first, since it
 * shows ten of a kind and step.
 */
public final class GitHubCommands {
  /** As many as a reader of an annotation takes in. */
  private static final int FUNCTIONS = 3;

  private final Writer out;
  private final Path workspace;

  private GitHubCommands(Writer out, Path workspace) {
    this.out = out;
    this.workspace = workspace;
  }

  /**
   * Writes all of {@code report} and closes nothing.
   *
   * @param workspace the folder that files are shown relative to
   */
  public static void write(GateReport report, Path workspace, Writer out) throws IOException {
    GitHubCommands commands = new GitHubCommands(out, workspace);
    for (Entry entry : report.entries()) {
      commands.errors(entry);
    }
    for (Entry entry : report.entries()) {
      commands.others(entry);
    }
  }

  private void errors(Entry entry) throws IOException {
    String subject = RunWords.subject(entry.result());
    if (!entry.result().completed()) {
      String brief = EndingWords.brief(entry.result().ending());
      command("error", entry.file(), 0, subject + ": ended early", brief);
    }
    limits(entry, Level.FAIL, "error");
    BaselineCheck check = entry.baseline();
    if (check != null && !check.comparison().holds()) {
      Comparison comparison = check.comparison();
      compared("error", entry, check, comparison.failing(), comparison.remarks());
    }
  }

  private void others(Entry entry) throws IOException {
    limits(entry, Level.WARN, "warning");
    BaselineCheck check = entry.baseline();
    if (check != null && check.comparison().holds()) {
      List<FigureChange> better = check.comparison().of(Judgement.BETTER);
      if (!better.isEmpty()) {
        compared("notice", entry, check, better, List.of());
      }
    }
  }

  private void compared(
      String kind, Entry entry, BaselineCheck check, List<FigureChange> of, List<String> remarks)
      throws IOException {
    Comparison comparison = check.comparison();
    List<String> lines = new ArrayList<>();
    of.forEach(change -> lines.add(ChangeWords.sentence(change, entry.result())));
    comparison.functions().stream()
        .limit(FUNCTIONS)
        .forEach(change -> lines.add(ChangeWords.sentence(change, entry.result())));
    lines.addAll(remarks);
    String title = RunWords.subject(entry.result()) + ": " + ChangeWords.outcome(comparison);
    command(kind, check.file(), 0, title, String.join("\n", lines));
  }

  private void limits(Entry entry, Level level, String command) throws IOException {
    for (LimitVerdict verdict : entry.beyond()) {
      if (verdict.level() == level) {
        Source source = verdict.source();
        Path file = source == null ? entry.file() : source.file();
        command(
            command,
            file,
            source == null || file == null ? 0 : source.line(),
            RunWords.subject(entry.result()) + ": " + verdict.figure().name(),
            Verdicts.sentence(verdict));
      }
    }
  }

  /**
   * @param line from 1, 0 for none
   */
  private void command(String kind, @Nullable Path file, int line, String title, String message)
      throws IOException {
    out.write("::" + kind + " ");
    if (file != null) {
      out.write("file=" + property(relative(file)) + ",");
      out.write(line == 0 ? "" : "line=" + line + ",");
    }
    out.write("title=" + property(title) + "::" + data(message) + "\n");
  }

  private String relative(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    Path base = workspace.toAbsolutePath().normalize();
    Path shown = absolute.startsWith(base) ? base.relativize(absolute) : file;
    return shown.toString().replace('\\', '/');
  }

  /** The text of a command. */
  static String data(String text) {
    return Numbers.unglued(Printable.lines(text)).replace("%", "%25").replace("\n", "%0A");
  }

  /** A value of a property of a command, in which more characters mean something. */
  static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }
}
