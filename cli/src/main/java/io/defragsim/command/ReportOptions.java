package io.defragsim.command;

import io.defragsim.console.PrintableWriter;
import io.defragsim.report.GateReport;
import io.defragsim.report.format.Format;
import io.defragsim.report.format.Formats;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which files are written of what a command ran. */
final class ReportOptions {

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

  /** A report and where it goes. */
  private record Output(OutputFile file, Format<GateReport> format) {}

  /**
   * Where everything goes that was asked for; known to be writable, as far as that can be known.
   */
  final class Outputs {
    private final OutputFiles files;
    private final List<Output> outputs = new ArrayList<>();
    private final @Nullable OutputFile summary;
    private final Path workspace;

    private Outputs(Map<String, String> environment, OutputFiles files) {
      this.files = files;
      add("--json", json, Formats.JSON);
      add("--junit", junit, Formats.JUNIT);
      add("--markdown", markdown, Formats.MARKDOWN);
      String summaryFile = environment.getOrDefault("GITHUB_STEP_SUMMARY", "");
      summary =
          github && !summaryFile.isEmpty()
              ? files.openToAppend("GITHUB_STEP_SUMMARY", summaryFile)
              : null;
      String root = environment.getOrDefault("GITHUB_WORKSPACE", "");
      workspace = root.isEmpty() ? Path.of("") : OutputFiles.path("GITHUB_WORKSPACE", root);
    }

    private void add(String option, List<String> names, Format<GateReport> format) {
      for (String name : names) {
        OutputFile output = files.open(option, name);
        if (output != null) {
          outputs.add(new Output(output, format));
        }
      }
    }

    /** Whether one goes to stdout, which is then no place for anything else. */
    boolean takeStdout() {
      return files.takeStdout();
    }

    /** Writes them all, in spite of those that fail; the first that does is what is thrown. */
    void write(GateReport report, PrintWriter out, PrintWriter err) {
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
          summary.write(markdownTo -> Formats.MARKDOWN.write(report, markdownTo), out);
        }
      }
      if (failure != null) {
        throw failure;
      }
    }

    private String commands(GateReport report) {
      StringWriter text = new StringWriter();
      try {
        Formats.annotations(workspace).write(report, text);
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
  Outputs open(Map<String, String> environment, OutputFiles files) {
    return new Outputs(environment, files);
  }
}
