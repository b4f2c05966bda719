package io.defragsim.command.option;

import io.defragsim.command.file.CommandFailedException;
import io.defragsim.command.file.OutputFile;
import io.defragsim.command.file.OutputFiles;
import io.defragsim.console.PrintableWriter;
import io.defragsim.report.GateReport;
import io.defragsim.report.ci.GitHubCommands;
import io.defragsim.report.ci.JUnitReport;
import io.defragsim.report.ci.MarkdownReport;
import io.defragsim.report.json.JsonReportWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which files are written of what a command ran. */
public final class ReportOptions {

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description =
          "Write the whole result as JSON to FILE; with - to stdout, in place of the report.")
  List<String> json = List.of();

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description =
          "Write JUnit XML to FILE: a suite for each run, a case for its ending and for each limit.")
  List<String> junit = List.of();

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description =
          "Write the verdicts as Markdown to FILE, short enough for the summary of a job.")
  List<String> markdown = List.of();

  @Option(
      names = "--github",
      description =
          "In a workflow on GitHub: print annotations at the lines of violated limits, and append the"
              + " Markdown to the job's summary.")
  boolean github;

  /** Writes one kind of report. */
  interface Format {
    void write(GateReport report, Writer out) throws IOException;
  }

  /** A report and where it goes. */
  private record Output(OutputFile file, Format format) {}

  /**
   * Where everything goes that was asked for; known to be writable, as far as that can be known.
   */
  public final class Outputs {
    private final OutputFiles files;
    private final List<Output> outputs = new ArrayList<>();
    private final @Nullable OutputFile summary;
    private final Path workspace;

    private Outputs(Map<String, String> environment, OutputFiles files) {
      this.files = files;
      add(
          "--json",
          json,
          (report, to) -> new JsonReportWriter().write(report.results(), report.exitStatus(), to));
      add("--junit", junit, JUnitReport::write);
      add("--markdown", markdown, MarkdownReport::write);
      String summaryFile = environment.getOrDefault("GITHUB_STEP_SUMMARY", "");
      summary =
          github && !summaryFile.isEmpty()
              ? files.openToAppend("GITHUB_STEP_SUMMARY", summaryFile)
              : null;
      String root = environment.getOrDefault("GITHUB_WORKSPACE", "");
      workspace = root.isEmpty() ? Path.of("") : OutputFiles.path("GITHUB_WORKSPACE", root);
    }

    private void add(String option, List<String> names, Format format) {
      for (String name : names) {
        OutputFile output = files.open(option, name);
        if (output != null) {
          outputs.add(new Output(output, format));
        }
      }
    }

    /** Whether one goes to stdout, which is then no place for anything else. */
    public boolean takeStdout() {
      return files.takeStdout();
    }

    /** Writes them all, in spite of those that fail; the first that does is what is thrown. */
    public void write(GateReport report, PrintWriter out, PrintWriter err) {
      CommandFailedException failure = null;
      for (Output output : outputs) {
        try {
          output.file().write(to -> output.format().write(report, to), out);
        } catch (CommandFailedException e) {
          failure = failure == null ? e : failure;
        }
      }
      if (github) {
        // The runner reads commands from both streams.
        PrintWriter to = takeStdout() ? err : out;
        PrintableWriter.commands(to).print(commands(report));
        to.flush();
        if (summary != null) {
          summary.write(markdownTo -> MarkdownReport.write(report, markdownTo), out);
        }
      }
      if (failure != null) {
        throw failure;
      }
    }

    private String commands(GateReport report) {
      StringWriter text = new StringWriter();
      try {
        GitHubCommands.write(report, workspace, text);
      } catch (IOException e) {
        throw new IllegalStateException(e); // a StringWriter never fails
      }
      return text.toString();
    }
  }

  /**
   * Looks whether everything that was asked for can be written, before anything runs.
   *
   * @param environment where GitHub says what goes where
   * @param files the command's others
   */
  public Outputs open(Map<String, String> environment, OutputFiles files) {
    return new Outputs(environment, files);
  }
}
