package io.defragsim.command.option;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Input;
import io.defragsim.command.job.Job;
import io.defragsim.command.job.OutputFile;
import io.defragsim.command.job.OutputFiles;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.report.GateReport;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.format.Format;
import io.defragsim.report.format.Formats;
import io.defragsim.report.section.GateSummary;
import io.defragsim.report.section.RunReport;
import io.defragsim.report.text.Page;
import io.defragsim.report.text.TextReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
import picocli.CommandLine.Option;

/** The options that say which files are written of what a command ran. */
public final class ReportOptions {

  @Option(names = "--json", paramLabel = "FILE", description = JsonOption.DESCRIPTION)
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

  /** Prints one run, which may be the first. */
  public interface EntryPrinter {
    void print(Entry entry, boolean first, Page page);

    /**
     * Prints each with all that there is to say.
     *
     * @param quiet whether a line is enough, and one for each violated limit
     * @param all whether figures that are equal to the baseline are listed as well
     */
    static EntryPrinter of(boolean quiet, boolean all) {
      return (entry, first, page) -> {
        if (quiet) {
          TextReport.print(GateSummary.of(entry), page);
          return;
        }
        if (!first) {
          page.rule();
        }
        TextReport.print(RunReport.of(entry, all), page);
      };
    }
  }

  /**
   * Where everything goes that was asked for; known to be writable, as far as that can be known.
   */
  public final class Outputs {
    private final Job job;
    private final List<Output> outputs = new ArrayList<>();

    private Outputs(Job job) {
      this.job = job;
      add("--json", json, Formats.JSON);
      add("--junit", junit, Formats.JUNIT);
      add("--markdown", markdown, Formats.MARKDOWN);
      if (github) {
        // GitHub says what goes where.
        Map<String, String> environment = job.session().environment();
        String summary = environment.getOrDefault("GITHUB_STEP_SUMMARY", "");
        String root = environment.getOrDefault("GITHUB_WORKSPACE", "");
        Path workspace = root.isEmpty() ? Path.of("") : OutputFiles.path("GITHUB_WORKSPACE", root);
        outputs.add(new Output(job.commands("--github"), Formats.annotations(workspace)));
        if (!summary.isEmpty()) {
          outputs.add(
              new Output(
                  job.outputs().openToAppend("GITHUB_STEP_SUMMARY", summary), Formats.MARKDOWN));
        }
      }
    }

    private void add(String option, List<String> names, Format<GateReport> format) {
      for (String name : names) {
        outputs.add(new Output(job.open(option, name), format));
      }
    }

    /**
     * Runs all inputs, prints each as soon as its turn has come, and writes all that was asked for.
     *
     * @param work runs one, telling of progress
     * @param summary whether, at this status, the runs are summed up after several
     * @return the exit status, the worst of all
     */
    public int run(
        List<Input> inputs,
        BiFunction<Input, LongConsumer, Entry> work,
        EntryPrinter printer,
        IntPredicate summary) {
      List<Entry> entries = new ArrayList<>();
      job.runner()
          .all(
              inputs,
              work,
              entry -> {
                entries.add(entry);
                job.print(page -> printer.print(entry, entries.size() == 1, page));
              });
      return end(entries, summary);
    }

    /**
     * Prints what has run already, and writes all that was asked for.
     *
     * @param summary whether, at this status, the runs are summed up after several
     * @return the exit status, the worst of all
     */
    public int report(List<Entry> entries, EntryPrinter printer, IntPredicate summary) {
      for (int i = 0; i < entries.size(); i++) {
        Entry entry = entries.get(i);
        boolean first = i == 0;
        job.print(page -> printer.print(entry, first, page));
      }
      return end(entries, summary);
    }

    private int end(List<Entry> entries, IntPredicate summary) {
      int status = ExitStatus.worst(entries.stream().map(Entry::exitStatus).toList());
      GateReport report = new GateReport(entries, status);
      if (entries.size() > 1) {
        job.print(
            page ->
                TextReport.end(
                    summary.test(status) ? GateSummary.each(report) : List.of(),
                    GateSummary.all(report),
                    page));
      }
      write(report);
      return status;
    }

    /** Writes them all, in spite of those that fail; the first that does is what is thrown. */
    private void write(GateReport report) {
      CommandFailedException failure = null;
      for (Output output : outputs) {
        try {
          output.file().write(to -> output.format().write(report, to));
        } catch (CommandFailedException e) {
          failure = failure == null ? e : failure;
        }
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  /** Looks whether everything that was asked for can be written, before anything runs. */
  public Outputs open(Job job) {
    return new Outputs(job);
  }
}
