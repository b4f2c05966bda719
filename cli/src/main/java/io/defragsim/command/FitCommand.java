package io.defragsim.command;

import io.defragsim.console.Progress;
import io.defragsim.lab.fit.Demand;
import io.defragsim.lab.fit.Fit;
import io.defragsim.lab.fit.FitResult;
import io.defragsim.report.Fitted;
import io.defragsim.report.format.Formats;
import io.defragsim.report.section.FitReport;
import io.defragsim.report.text.Page;
import io.defragsim.report.text.TextReport;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Quantity.Kind;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code defrag-sim fit}. */
@Command(
    name = "fit",
    description = {
      "Searches the smallest pool that serves all of a scenario without one request refused, and"
          + " prints it over the peak live payload and over what a perfect heap needs.",
      "A larger pool may fail where a smaller one serves, so pools are tried one by one. The"
          + " scenario's own pool and limits do not matter, nor does its part's SRAM. The exit status"
          + " is that of the scenario's own image, which always runs."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  defrag-sim fit sensor-node",
      "  defrag-sim fit my.json --allocators newlib-nano,./mine.elf",
      "  defrag-sim fit scenarios/*.json --quiet --at-most 1.05    # in CI"
    })
final class FitCommand implements Callable<Integer> {
  private static final int PPM_DIGITS = 6;

  @ParentCommand DefragSim program;
  @Spec CommandSpec spec;
  @Mixin JsonOption jsonOption;
  @Mixin StrictOption strict;
  @Mixin HandlersOption handlers;
  @Mixin ColorOption color;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Scenario files, or names of shipped scenarios (see: defrag-sim list).")
  List<String> files = List.of();

  @Option(
      names = "--allocators",
      paramLabel = "IMAGE",
      split = ",",
      preprocessor = NoGaps.class,
      description =
          "Images beside the scenario's own, separated by commas: shipped ones by name, or ELF"
              + " files (default: newlib-nano).")
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
    PrintWriter out = spec.commandLine().getOut();
    int stepBytes = size("--step", step, Demand.GRANULE);
    int beyondBytes = size("--beyond", beyond, 0);
    Integer upToBytes = upTo == null ? null : size("--up-to", upTo, Demand.GRANULE);
    if (stepBytes % Demand.GRANULE != 0) {
      throw usage("--step: " + step + " is not a multiple of 8");
    }
    Long atMostPpm = atMost == null ? null : factor(atMost);
    OutputFiles outputs = new OutputFiles();
    OutputFile json = outputs.open("--json", jsonOption.file);
    Inputs inputs = Inputs.ofAnyPool(handlers);
    List<List<Inputs.Input>> ready =
        files.stream().map(file -> inputs.readOn(file, allocators)).toList();
    inputs.finish(outputs, spec.commandLine().getErr());
    Page page = color.page(out, program.terminal());
    List<Fitted> all = new ArrayList<>();
    for (List<Inputs.Input> scenario : ready) {
      List<FitResult> results = new ArrayList<>();
      for (Inputs.Input input : scenario) {
        results.add(search(input, stepBytes, beyondBytes, upToBytes));
      }
      Fitted fitted = new Fitted(ProgramVersion.number(), results, beyondBytes, atMostPpm);
      all.add(fitted);
      if (!outputs.takeStdout()) {
        print(fitted, page, all.size() > 1);
        out.flush();
      }
    }
    int status = ExitStatus.worst(all.stream().map(Fitted::exitStatus).toList());
    if (json != null) {
      json.write(to -> Formats.fits(status).write(all, to), out);
    }
    return status;
  }

  private void print(Fitted fitted, Page page, boolean another) {
    if (quiet) {
      TextReport.print(FitReport.of(fitted).outcomes(), page);
    } else {
      if (another) {
        page.rule();
      }
      TextReport.print(FitReport.of(fitted), page);
    }
  }

  private FitResult search(
      Inputs.Input input, int stepBytes, int beyondBytes, @Nullable Integer upToBytes) {
    try (Progress progress =
        new Progress(
            spec.commandLine().getErr(),
            program.terminal(),
            input.scenario().name() + " on " + input.image().name(),
            pool -> "a pool of " + pool + " bytes")) {
      return Fit.search(
          input.scenario(),
          input.image(),
          new Fit.Options(stepBytes, beyondBytes, upToBytes, strict.strictness(), progress));
    }
  }

  private int size(String option, String text, int least) {
    long bytes =
        OptionValue.of(spec, option, () -> Quantity.parse(text, Kind.SIZE, OptionalLong.empty()));
    if (bytes < least || bytes > Fit.MOST) {
      throw usage(
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

  private long factor(String text) {
    try {
      long ppm = new BigDecimal(text).scaleByPowerOfTen(PPM_DIGITS).longValueExact();
      if (ppm > 0) {
        return ppm;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // said below
    }
    throw usage(
        "--at-most: \""
            + text
            + "\" is no factor; expected a number above 0 with at most 6"
            + " decimals, such as 1.05");
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
