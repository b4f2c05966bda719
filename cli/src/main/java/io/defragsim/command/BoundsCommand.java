package io.defragsim.command;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Inputs;
import io.defragsim.command.job.Job;
import io.defragsim.command.job.OutputFile;
import io.defragsim.command.job.OutputFiles;
import io.defragsim.command.job.ProgramVersion;
import io.defragsim.command.job.Shipped;
import io.defragsim.command.option.ColorOption;
import io.defragsim.command.option.CoreOptions;
import io.defragsim.command.option.JsonOption;
import io.defragsim.command.option.OptionValue;
import io.defragsim.console.Progress;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.bound.FunctionBound;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.FirmwareImage.Symbol;
import io.defragsim.lab.bounds.BoundsStudy;
import io.defragsim.lab.bounds.StaticBounds;
import io.defragsim.lab.result.Bounds;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.WorstCase;
import io.defragsim.report.format.Formats;
import io.defragsim.report.model.Report;
import io.defragsim.report.section.BoundsReport;
import io.defragsim.report.text.Page;
import io.defragsim.report.text.TextReport;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.format.ScenarioWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code defrag-sim bounds}. */
@Command(
    name = "bounds",
    description = {
      "Prints the worst cases of an allocator image: the target, the static bound, which no call"
          + " exceeds on any heap, and the longest call seen.",
      "The static bound is computed from the machine code, with loops as often as the source says"
          + " (LOOP_BOUND); all runs check that. The longest call is that of all shipped scenarios"
          + " and of a search that tries to make it worse. The same image, seed and effort give the"
          + " same output.",
      "With --function it prints the static bounds of the functions that are named, of any program"
          + " for a Cortex-M0, from entry to return. Nothing runs then.",
      "The exit status is 3 if a bound is above its target, or a call took longer than its bound."
          + " A shipped build of defrag has targets of its own, a file has those of all files, and a"
          + " shipped allocator to compare with has none."
    },
    footer = {
      "  defrag-sim bounds                              # the shipped allocator",
      "  defrag-sim bounds ./mine.elf --path image_free # what takes so long",
      "  defrag-sim bounds --function my_filter ./my.elf # of a function of a program",
      "  defrag-sim bounds --effort 20000 --worst found # search long, keep the scenarios"
    })
final class BoundsCommand implements Callable<Integer> {
  private static final int MOST_BUDGET = 1 << 24;

  /** The options about runs. */
  private static final List<String> OF_RUNS = List.of("--effort", "--seed", "--worst");

  @Spec CommandSpec spec;
  @Mixin CoreOptions core;
  @Mixin JsonOption jsonOption;
  @Mixin ColorOption color;

  @Parameters(
      paramLabel = "IMAGE",
      arity = "0..1",
      defaultValue = "defrag",
      description = "A shipped image by name, or an ELF file (default: ${DEFAULT-VALUE}).")
  String image = "defrag";

  @Option(
      names = "--budget",
      paramLabel = "BYTES",
      defaultValue = "64",
      description =
          "The budget of image_step, and the most bytes of an image_resize. Of a --function: what"
              + " its loops that go by bytes get (default: ${DEFAULT-VALUE}).")
  String budget = "64";

  @Option(
      names = "--function",
      paramLabel = "NAME",
      description =
          "Print the static bound of the function NAME of the image, and run nothing. Repeatable.")
  List<String> functions = List.of();

  @Option(
      names = "--path",
      paramLabel = "FUNCTION",
      description = "Print the way through FUNCTION that takes as long as its static bound.")
  @Nullable String path;

  @Option(
      names = "--effort",
      paramLabel = "N",
      defaultValue = "2000",
      description =
          "How many sequences of operations the search tries for each function; 0 for no search"
              + " (default: ${DEFAULT-VALUE}).")
  int effort = 2000;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Where the search's random numbers start (default: ${DEFAULT-VALUE}).")
  long seed = 1;

  @Option(
      names = "--worst",
      paramLabel = "FOLDER",
      description =
          "Write what the search found to FOLDER: for each function a scenario whose run has that"
              + " longest call.")
  @Nullable String worst;

  @Override
  public Integer call() {
    if (effort < 0) {
      throw CommandFailedException.wrongUsage("--effort: " + effort + " is below 0");
    }
    for (String option : OF_RUNS) {
      if (!functions.isEmpty() && spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw CommandFailedException.wrongUsage(
            "--function: nothing runs, so there is nothing for " + option + " to say");
      }
    }
    BoundsStudy.Options options =
        new BoundsStudy.Options(part(), budgetBytes(), seed, effort, threads());
    Job job = color.job();
    OutputFile json = jsonOption.open(job);
    ImageReference reference = reference();
    FirmwareImage firmware = job.read(inputs -> inputs.image(image, reference, options.part()));
    return functions.isEmpty()
        ? study(reference, firmware, options, job, json)
        : named(reference, firmware, options, job, json);
  }

  /** All timed functions of an allocator, with runs. */
  private int study(
      ImageReference reference,
      FirmwareImage firmware,
      BoundsStudy.Options options,
      Job job,
      OutputFile json) {
    requirePath(
        ContractFunction.timed().stream()
            .map(ContractFunction::symbol)
            .filter(function -> firmware.function(function).isPresent())
            .toList(),
        "no timed function of " + firmware.name());
    Map<String, OutputFile> found = found(job.outputs());
    job.tellOfEngine();
    Bounds bounds;
    try (Progress progress = job.session().progress(firmware.name(), percent -> percent + " %")) {
      bounds = BoundsStudy.of(reference, firmware, Shipped.scenarios(), options, progress);
    }
    print(BoundsReport.of(bounds, ProgramVersion.number()), bounds, job, json);
    for (WorstCase worstCase : bounds.found()) {
      OutputFile output = found.get(worstCase.scenario().name());
      if (output != null) {
        output.write(to -> to.write(ScenarioWriter.text(worstCase.scenario())));
      }
    }
    return bounds.exitStatus();
  }

  /** The functions that are named, by their code. */
  private int named(
      ImageReference reference,
      FirmwareImage firmware,
      BoundsStudy.Options options,
      Job job,
      OutputFile json) {
    List<String> names = functions.stream().distinct().toList();
    names.forEach(name -> requireFunction(name, firmware));
    requirePath(names, "not named by --function");
    Bounds bounds = StaticBounds.of(reference, firmware, names, options.part(), options.budget());
    for (Bounds.Function function : bounds.functions()) {
      if (function.unbounded() != null) {
        throw CommandFailedException.refused(
            "--function: " + function.name() + " has no static bound: " + function.unbounded());
      }
    }
    print(BoundsReport.ofNamed(bounds, ProgramVersion.number()), bounds, job, json);
    return bounds.exitStatus();
  }

  private void print(Report report, Bounds bounds, Job job, OutputFile json) {
    job.print(
        page -> {
          TextReport.print(report, page);
          if (path != null) {
            printPath(path, bounds, page);
          }
        });
    json.write(to -> Formats.bounds(ProgramVersion.number()).write(bounds, to));
  }

  private static void printPath(String function, Bounds bounds, Page page) {
    for (Bounds.Function entry : bounds.functions()) {
      FunctionBound bound = entry.bound();
      if (entry.name().equals(function) && bound != null) {
        TextReport.print(BoundsReport.path(function, bound), page);
      }
    }
  }

  /** Two threads are as fast as many: there are seven searches, and one takes longest. */
  private static int threads() {
    return Math.min(2, Runtime.getRuntime().availableProcessors());
  }

  private McuConfig part() {
    McuConfig usual = Shipped.usualPart();
    return new McuConfig(
        core.core,
        core.kind(),
        usual.clockHz(),
        usual.zeroWaitHz(),
        0,
        core.multiplierCycles(),
        usual.flashBytes(),
        usual.sramBase(),
        usual.sramBytes());
  }

  private int budgetBytes() {
    long bytes = OptionValue.quantity("--budget", budget, Quantity.Kind.SIZE);
    if (bytes < 1 || bytes > MOST_BUDGET) {
      throw CommandFailedException.wrongUsage(
          "--budget: a step moves from 1 byte to 16 MiB, not " + budget);
    }
    return (int) bytes;
  }

  /** The image as scenarios anywhere can refer to it. */
  private ImageReference reference() {
    ImageReference reference = Inputs.reference(image);
    return reference instanceof ImageReference.Elf elf
        ? new ImageReference.Elf(elf.file().toAbsolutePath().normalize())
        : reference;
  }

  private void requirePath(List<String> names, String what) {
    if (path != null && !names.contains(path)) {
      throw CommandFailedException.refused(
          "--path: \"" + path + "\" is " + what + Nearest.hint(path, names));
    }
  }

  private static void requireFunction(String name, FirmwareImage firmware) {
    List<Symbol> symbols = firmware.functions();
    List<String> addresses =
        symbols.stream()
            .filter(symbol -> symbol.name().equals(name))
            .map(symbol -> String.format(Locale.ROOT, "0x%08x", symbol.address()))
            .distinct()
            .toList();
    if (addresses.isEmpty()) {
      throw CommandFailedException.refused(
          "--function: no function \""
              + name
              + "\" in "
              + firmware.name()
              + Nearest.hint(
                  name,
                  symbols.stream().map(Symbol::name).toList(),
                  "; a function that the compiler put into others has no symbol"));
    }
    if (addresses.size() > 1) {
      throw CommandFailedException.refused(
          "--function: "
              + firmware.name()
              + " has several functions \""
              + name
              + "\", at "
              + String.join(", ", addresses));
    }
  }

  /** The file of each scenario that the search may find, by the scenario's name. */
  private Map<String, OutputFile> found(OutputFiles outputs) {
    Map<String, OutputFile> found = new HashMap<>();
    if (worst != null) {
      Path folder = OutputFiles.folder("--worst", worst);
      for (ContractFunction function : ContractFunction.timed()) {
        String name = WorstCase.scenarioName(function);
        found.put(name, outputs.openAt("--worst", folder.resolve(name + ".json"), false));
      }
    }
    return found;
  }
}
