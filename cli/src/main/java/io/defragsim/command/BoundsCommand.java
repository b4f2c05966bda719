package io.defragsim.command;

import io.defragsim.console.Progress;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.bound.FunctionBound;
import io.defragsim.emulator.file.FileNameException;
import io.defragsim.emulator.file.UnreadableFileException;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.lab.bounds.BoundsStudy;
import io.defragsim.lab.result.Bounds;
import io.defragsim.lab.result.Target;
import io.defragsim.lab.result.WorstCase;
import io.defragsim.report.format.Formats;
import io.defragsim.report.section.BoundsReport;
import io.defragsim.report.text.Page;
import io.defragsim.report.text.TextReport;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.ScenarioWriter;
import io.defragsim.scenario.ShippedImages;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
      "The exit status is 3 if a bound is above its target, or a call took longer than its bound."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  defrag-sim bounds                              # the shipped allocator",
      "  defrag-sim bounds ./mine.elf --path image_free # what takes so long",
      "  defrag-sim bounds --effort 20000 --worst found # search long, keep the scenarios"
    })
final class BoundsCommand implements Callable<Integer> {
  private static final int MOST_BUDGET = 1 << 24;

  @ParentCommand DefragSim program;
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
          "The budget of image_step, and the most bytes of an image_resize"
              + " (default: ${DEFAULT-VALUE}).")
  String budget = "64";

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
    PrintWriter out = spec.commandLine().getOut();
    if (effort < 0) {
      throw usage("--effort: " + effort + " is below 0");
    }
    BoundsStudy.Options options =
        new BoundsStudy.Options(part(), budgetBytes(), seed, effort, threads());
    ImageReference reference = reference();
    FirmwareImage firmware = load(reference, options.part());
    Inputs.tellIfStale(reference, firmware, spec.commandLine().getErr());
    if (path != null) {
      requireFunction(path, firmware);
    }
    OutputFiles outputs = new OutputFiles();
    OutputFile json = outputs.open("--json", jsonOption.file);
    Map<String, OutputFile> found = found(outputs);
    if (reference instanceof ImageReference.Elf elf) {
      outputs.keepApart("the image", elf.file());
    }
    Bounds bounds;
    try (Progress progress =
        new Progress(
            spec.commandLine().getErr(),
            program.terminal(),
            firmware.name(),
            percent -> percent + " %")) {
      bounds = BoundsStudy.of(reference, firmware, Inputs.shippedScenarios(), options, progress);
    } catch (ImageRejectedException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
    if (!outputs.takeStdout()) {
      Page page = color.page(out, program.terminal());
      TextReport.print(BoundsReport.of(bounds, ProgramVersion.number()), page);
      if (path != null) {
        printPath(path, bounds, page);
      }
    }
    if (json != null) {
      json.write(to -> Formats.bounds(ProgramVersion.number()).write(bounds, to), out);
    }
    write(bounds.found(), found, out);
    return bounds.exitStatus();
  }

  private static void printPath(String function, Bounds bounds, Page page) {
    for (Bounds.Function entry : bounds.functions()) {
      FunctionBound bound = entry.bound();
      if (entry.name().equals(function) && bound != null) {
        TextReport.print(BoundsReport.path(function, bound), page);
      }
    }
  }

  private static void write(
      List<WorstCase> found, Map<String, OutputFile> outputs, PrintWriter out) {
    for (WorstCase worstCase : found) {
      OutputFile output = outputs.get(worstCase.scenario().name());
      if (output != null) {
        output.write(to -> to.write(ScenarioWriter.text(worstCase.scenario())), out);
      }
    }
  }

  /** Two threads are as fast as many: there are seven searches, and one takes longest. */
  private static int threads() {
    return Math.min(2, Runtime.getRuntime().availableProcessors());
  }

  private McuConfig part() {
    McuConfig usual = Inputs.usualPart();
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
    long bytes =
        OptionValue.of(
            spec,
            "--budget",
            () -> Quantity.parse(budget, Quantity.Kind.SIZE, OptionalLong.empty()));
    if (bytes < 1 || bytes > MOST_BUDGET) {
      throw usage("--budget: a step moves from 1 byte to 16 MiB, not " + budget);
    }
    return (int) bytes;
  }

  /** The image as scenarios anywhere can refer to it. */
  private ImageReference reference() {
    try {
      ImageReference reference = Inputs.reference(image);
      return reference instanceof ImageReference.Elf elf
          ? new ImageReference.Elf(elf.file().toAbsolutePath().normalize())
          : reference;
    } catch (FileNameException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
  }

  private FirmwareImage load(ImageReference reference, McuConfig part) {
    try {
      return ShippedImages.load(reference, part);
    } catch (UnreadableFileException e) {
      throw refused(image + ": " + e.getMessage());
    } catch (IOException e) {
      throw refused(String.valueOf(e.getMessage()));
    } catch (ImageRejectedException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
  }

  private static void requireFunction(String name, FirmwareImage firmware) {
    List<String> names = new ArrayList<>();
    for (Target target : Target.ALL) {
      if (firmware.function(target.function()).isPresent()) {
        names.add(target.function());
      }
    }
    if (!names.contains(name)) {
      throw refused(
          "--path: \""
              + name
              + "\" is no timed function of "
              + firmware.name()
              + Nearest.hint(name, names));
    }
  }

  /** The file of each scenario that the search may find, by the scenario's name. */
  private Map<String, OutputFile> found(OutputFiles outputs) {
    Map<String, OutputFile> found = new HashMap<>();
    if (worst != null) {
      Path folder = OutputFiles.folder("--worst", worst);
      for (Target target : Target.ALL) {
        String name = WorstCase.scenarioName(target.function());
        found.put(name, outputs.openIn("--worst", folder, name + ".json"));
      }
    }
    return found;
  }

  private static CommandFailedException refused(String why) {
    return new CommandFailedException(ExitStatus.USAGE, "defrag-sim: " + why);
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
