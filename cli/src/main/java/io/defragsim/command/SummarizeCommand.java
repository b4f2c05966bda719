package io.defragsim.command;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Job;
import io.defragsim.command.job.OutputFile;
import io.defragsim.command.job.ProgramVersion;
import io.defragsim.command.job.Shipped;
import io.defragsim.command.option.ColorOption;
import io.defragsim.emulator.file.FileName;
import io.defragsim.emulator.file.InputKind;
import io.defragsim.emulator.file.UnreadableFileException;
import io.defragsim.lab.summary.Summary;
import io.defragsim.report.section.SummaryReport;
import io.defragsim.report.text.TextReport;
import io.defragsim.scenario.format.ScenarioWriter;
import io.defragsim.workload.trace.TraceProblemException;
import io.defragsim.workload.trace.TraceReader;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code defrag-sim summarize}. */
@Command(
    name = "summarize",
    description = {
      "Sums a recording up as generated phases, whose operations are like the recorded ones, and"
          + " prints how far the two are apart.",
      "Written as a scenario, they run from any seed: so an allocator is tried on more than what"
          + " was recorded once."
    },
    footer = {
      "  defrag-sim summarize app.trace                   # how close a summary is",
      "  defrag-sim summarize app.trace -o app-like.json && defrag-sim fit app-like.json",
      "  defrag-sim summarize app.trace -o - --seed 7     # to stdout"
    })
final class SummarizeCommand implements Runnable {

  /** What makes blocks of one kind. */
  enum Kinds {
    SITE,
    SIZE;

    /** As it stands on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Reads it, and says what there is if it is none. */
    static final class Converter implements ITypeConverter<Kinds> {
      @Override
      public Kinds convert(String value) {
        for (Kinds each : values()) {
          if (each.toString().equals(value)) {
            return each;
          }
        }
        throw new TypeConversionException("'" + value + "' is none of site, size");
      }
    }
  }

  @Mixin ColorOption color;

  @Parameters(paramLabel = "TRACE", description = "The recording: a trace, packed by gzip or not.")
  String trace = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the scenario to FILE; with - to stdout, in place of the report.")
  @Nullable String output;

  @Option(
      names = "--by",
      paramLabel = "WHAT",
      defaultValue = "site",
      converter = Kinds.Converter.class,
      description =
          "What makes blocks of one kind: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}; blocks"
              + " without a site go by size).")
  Kinds by = Kinds.SITE;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Where the random numbers of the generated phases start (default: that of 1 to 8 which"
              + " comes nearest to the recording; 1 for a long one).")
  @Nullable Long seed;

  @Override
  public void run() {
    if (seed != null && (seed < 0 || seed == Long.MAX_VALUE)) {
      throw CommandFailedException.wrongUsage(
          "--seed: expected 0 to " + (Long.MAX_VALUE - 1) + ", not " + seed);
    }
    Job job = color.job();
    OutputFile file = job.open("--output", output);
    Path path =
        job.read(
            inputs -> {
              Path read = FileName.path(trace);
              inputs.reads(read, "the trace");
              return read;
            });
    Summary summary = summary(path);
    job.print(page -> TextReport.print(SummaryReport.of(summary, ProgramVersion.number()), page));
    file.write(to -> to.write(ScenarioWriter.text(summary.scenario(), summary.seed())));
  }

  private Summary summary(Path path) {
    try {
      return Summary.of(
          () -> TraceReader.of(InputKind.TRACE.open(path), trace),
          String.valueOf(path.getFileName()).replaceFirst("(\\.trace)?(\\.gz)?$", ""),
          by == Kinds.SITE,
          Shipped.usualPart(),
          seed);
    } catch (UnreadableFileException | Summary.UnfitException e) {
      throw CommandFailedException.refused(trace + ": " + e.getMessage());
    } catch (TraceProblemException e) {
      throw CommandFailedException.refused(e.format());
    }
  }
}
