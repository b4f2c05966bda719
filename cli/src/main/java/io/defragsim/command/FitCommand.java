package io.defragsim.command;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Input;
import io.defragsim.command.job.Inputs;
import io.defragsim.command.job.Job;
import io.defragsim.command.job.OnImages;
import io.defragsim.command.job.OutputFile;
import io.defragsim.command.job.ProgramVersion;
import io.defragsim.command.option.ColorOption;
import io.defragsim.command.option.HandlersOption;
import io.defragsim.command.option.JsonOption;
import io.defragsim.command.option.NoGaps;
import io.defragsim.command.option.OptionValue;
import io.defragsim.command.option.ScenarioFiles;
import io.defragsim.command.option.StrictOption;
import io.defragsim.console.OnInterrupt;
import io.defragsim.console.Progress;
import io.defragsim.lab.fit.Fit;
import io.defragsim.lab.fit.FitResult;
import io.defragsim.lab.fit.Scan;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.report.Fitted;
import io.defragsim.report.format.Formats;
import io.defragsim.report.section.FitReport;
import io.defragsim.report.text.Page;
import io.defragsim.report.text.TextReport;
import io.defragsim.scenario.Granule;
import io.defragsim.scenario.Quantity.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code defrag-sim fit}. */
@Command(
    name = "fit",
    description = {
      "Searches the smallest pool that serves all of a scenario without one request refused, and"
          + " prints it over the peak live payload and over what a perfect heap needs.",
      "A larger pool may fail where a smaller one serves, so pools are tried from the least that"
          + " any allocator needs: in strides of 256 bytes up to one that serves, then one by one"
          + " from the last that did not. The scenario's own pool and limits do not matter, nor does its part's SRAM. The exit status"
          + " is that of the scenario's own image, which always runs."
    },
    footer = {
      "  defrag-sim fit sensor-node",
      "  defrag-sim fit my.json --allocators newlib-nano,./mine.elf",
      "  defrag-sim fit my.json --allocators all --step 64",
      "  defrag-sim fit scenarios/*.json --quiet --at-most 1.05    # in CI"
    })
final class FitCommand implements Callable<Integer> {
  private static final int PPM_DIGITS = 6;

  @Mixin JsonOption jsonOption;
  @Mixin StrictOption strict;
  @Mixin HandlersOption handlers;
  @Mixin ColorOption color;
  @Mixin ScenarioFiles files;

  @Option(
      names = "--allocators",
      paramLabel = "IMAGE",
      split = ",",
      preprocessor = NoGaps.class,
      description =
          "Images beside the scenario's own, separated by commas: shipped ones by name, ELF files, or"
              + " all: every shipped one that can run the scenario (default: newlib-nano).")
  List<String> allocators = List.of("newlib-nano");

  @Option(
      names = "--step",
      paramLabel = "SIZE",
      defaultValue = "8",
      description =
          "From one pool to the next, a multiple of 8 (default: ${DEFAULT-VALUE}). More is faster,"
              + " and finds a smallest pool among those tried only.")
  String step = "8";

  @Option(
      names = "--every",
      description =
          "Try pools one by one from the first on: slower, and no smaller pool that serves is left"
              + " out.")
  boolean every;

  @Option(
      names = "--beyond",
      paramLabel = "SIZE",
      defaultValue = "256",
      description =
          "Go on until all pools served from one to another that is so much larger (default:"
              + " ${DEFAULT-VALUE}); with 0 to the first that serves.")
  String beyond = "256";

  @Option(
      names = "--up-to",
      paramLabel = "SIZE",
      description =
          "The largest pool to try (default: four times the floor, and at least 8 KiB above it).")
  @Nullable String upTo;

  @Option(
      names = "--at-most",
      paramLabel = "FACTOR",
      description =
          "Exit with 3 if the smallest pool of the scenario's own image is more than FACTOR times"
              + " the floor, for example 1.05, or if there is none.")
  @Nullable String atMost;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print one line for each scenario and image.")
  boolean quiet;

  @Override
  public Integer call() {
    int stepBytes = size("--step", step, Granule.BYTES);
    int beyondBytes = size("--beyond", beyond, 0);
    Integer upToBytes = upTo == null ? null : size("--up-to", upTo, Granule.BYTES);
    if (stepBytes % Granule.BYTES != 0) {
      throw CommandFailedException.wrongUsage("--step: " + step + " is not a multiple of 8");
    }
    Long atMostPpm = atMost == null ? null : factor(atMost);
    Job job = color.job(Inputs.ofAnyPool(handlers::on), strict.strictness());
    OutputFile json = jsonOption.open(job);
    List<OnImages> ready =
        job.read(
            inputs -> files.names.stream().map(file -> inputs.readOn(file, allocators)).toList());
    List<Fitted> all = new ArrayList<>();
    for (OnImages scenario : ready) {
      List<FitResult> results = new CopyOnWriteArrayList<>();
      for (Input input : scenario.inputs()) {
        results.add(
            search(
                job,
                input,
                results,
                new Fit.Options(
                    stepBytes, every, beyondBytes, upToBytes, strict.strictness(), known -> {})));
      }
      Fitted fitted =
          new Fitted(ProgramVersion.number(), results, beyondBytes, atMostPpm, scenario.leftOut());
      all.add(fitted);
      job.print(page -> print(fitted, page, all.size() > 1));
    }
    int status = ExitStatus.worst(all.stream().map(Fitted::exitStatus).toList());
    json.write(to -> Formats.fits(status).write(all, to));
    return status;
  }

  /**
   * Searches, and says how far it is. Where that is interrupted, what is known is printed.
   *
   * @param before the scenario's results so far
   */
  private static FitResult search(
      Job job, Input input, List<FitResult> before, Fit.Options options) {
    AtomicReference<Scan.@Nullable SoFar> known = new AtomicReference<>();
    Progress progress =
        job.session().progress(input.title(), trying -> FitReport.trying(known.get()));
    OnInterrupt interrupted =
        new OnInterrupt(
            () -> {
              progress.close();
              job.session().err().println(interrupted(input, before, known.get()));
            });
    try (progress) {
      return Fit.search(
          input.scenario(),
          input.image(),
          options.withProgress(
              now -> {
                known.set(now);
                progress.accept(now.trying());
              }));
    } finally {
      interrupted.over();
    }
  }

  private static String interrupted(
      Input input, List<FitResult> before, Scan.@Nullable SoFar known) {
    List<String> parts = new ArrayList<>(before.stream().map(FitReport::known).toList());
    parts.add(FitReport.known(input.image().name(), known));
    return input.scenario().name() + ": interrupted: " + String.join("; ", parts);
  }

  private void print(Fitted fitted, Page page, boolean another) {
    if (quiet) {
      TextReport.print(FitReport.lines(fitted), page);
    } else {
      if (another) {
        page.rule();
      }
      TextReport.print(FitReport.of(fitted), page);
    }
  }

  private static int size(String option, String text, int least) {
    long bytes = OptionValue.quantity(option, text, Kind.SIZE);
    if (bytes < least || bytes > Fit.MOST) {
      throw CommandFailedException.wrongUsage(
          String.format(
              Locale.ROOT,
              "%s: %s is not between %d bytes and %d MiB",
              option,
              text,
              least,
              Fit.MOST >> 20));
    }
    return (int) bytes;
  }

  private static long factor(String text) {
    try {
      long ppm = new BigDecimal(text).scaleByPowerOfTen(PPM_DIGITS).longValueExact();
      if (ppm > 0) {
        return ppm;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // said below
    }
    throw CommandFailedException.wrongUsage(
        "--at-most: \""
            + text
            + "\" is no factor; expected a number above 0 with at most 6"
            + " decimals, such as 1.05");
  }
}
