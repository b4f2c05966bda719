package io.defragsim.command;

import io.defragsim.console.ProgramOutput;
import io.defragsim.emulator.exec.Console;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.ExecutionResult;
import io.defragsim.emulator.exec.Intervals;
import io.defragsim.emulator.exec.Profile;
import io.defragsim.emulator.exec.Profiler;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.report.Executed;
import io.defragsim.report.Executed.Measured;
import io.defragsim.report.json.JsonReportWriter;
import io.defragsim.report.text.ExecReport;
import io.defragsim.scenario.Nearest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
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

/** {@code defrag-sim exec}. */
@Command(
    name = "exec",
    description = {
      "Runs any program for a Cortex-M0 from reset until it parks on a BKPT, exits by semihosting,"
          + " faults, or exceeds the budget, and prints instructions and cycles.",
      "Every instruction and every access is checked. What the program writes by semihosting"
          + " (printf with newlib's rdimon) comes out as it runs. The exit status is 0 when it ends,"
          + " whatever its own exit code."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  defrag-sim exec firmware.elf",
      "  defrag-sim exec firmware.elf --from read_sensor --to read_sensor+0x1c",
      "  defrag-sim exec firmware.elf --profile --folded stacks.txt",
      "  defrag-sim exec firmware.elf --clock 16MHz --mul 32 --sram 4KiB --json out.json"
    })
final class ExecCommand implements Callable<Integer> {

  @ParentCommand DefragSim program;
  @Spec CommandSpec spec;
  @Mixin PartOptions partOptions;
  @Mixin JsonOption jsonOption;
  @Mixin ColorOption color;

  @Parameters(
      paramLabel = "IMAGE.elf",
      description =
          "An ELF for ARMv6-M with its vector table at 0x00000000 or 0x08000000, which show the same"
              + " flash, and its SRAM at 0x20000000.")
  String file = "";

  @Option(
      names = "--from",
      paramLabel = "PLACE",
      description =
          "Measure from the moment at which the instruction at this symbol, symbol+offset or"
              + " address is about to execute ...")
  @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "PLACE",
      description =
          "... to that at which this one is. An interval opens at the first of the former while"
              + " none is open.")
  @Nullable String to;

  @Option(names = "--profile", description = "Print the cycles of each function.")
  boolean profile;

  @Option(
      names = "--folded",
      paramLabel = "FILE",
      description =
          "Write the cycles of each call stack to FILE, for flame graphs; with - to stdout, in place"
              + " of the report.")
  @Nullable String folded;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (jsonOption.file != null && jsonOption.file.equals(folded)) {
      throw usage("--json and --folded cannot both write to " + folded);
    }
    long budget = partOptions.budget();
    Program loaded = load();
    Measured measured = measured(loaded);
    OutputFile json = OutputFile.open(jsonOption.file);
    OutputFile stacks = OutputFile.open(folded);
    boolean report = (json == null || !json.isStdout()) && (stacks == null || !stacks.isStdout());

    ProgramOutput console = new ProgramOutput(report ? out : err, err, program.environment());
    Profiler profiler = profile || stacks != null ? new Profiler(loaded) : null;
    ExecutionResult result = run(loaded, console, measured, profiler, budget);
    console.finish();
    Profile seen = profiler == null ? null : profiler.profile();
    Executed executed =
        new Executed(ProgramVersion.number(), loaded, result, measured, profile ? seen : null);

    if (report) {
      ExecReport.print(executed, color.page(out, program.terminal()));
    }
    if (stacks != null && seen != null) {
      stacks.write(to -> seen.writeFolded(loaded.part().estimate(), to), out);
    }
    if (json != null) {
      json.write(to -> new JsonReportWriter().write(executed, to), out);
    }
    return executed.exitStatus();
  }

  private static ExecutionResult run(
      Program loaded,
      Console console,
      @Nullable Measured measured,
      @Nullable Profiler profiler,
      long budget) {
    Execution execution = new Execution(loaded, console);
    if (measured != null) {
      execution.measure(measured.intervals());
    }
    if (profiler != null) {
      execution.profile(profiler);
    }
    return execution.run(budget);
  }

  private Program load() {
    try {
      Path path = Path.of(file);
      if (!Files.exists(path)) {
        throw refused(file + ": no such file");
      }
      FirmwareImage image = FirmwareImage.read(path);
      return Program.load(partOptions.part(image), image);
    } catch (InvalidPathException e) {
      throw refused(file + ": no such file");
    } catch (IOException e) {
      throw refused(
          Files.isDirectory(Path.of(file))
              ? file + ": a directory, not an ELF file"
              : file + ": cannot be read: " + e.getMessage());
    } catch (ImageRejectedException e) {
      throw refused(e.getMessage());
    }
  }

  private @Nullable Measured measured(Program loaded) {
    if (from == null && to == null) {
      return null;
    }
    if (from == null || to == null) {
      throw usage("--from and --to need each other");
    }
    long begin = place("--from", from, loaded);
    long end = place("--to", to, loaded);
    return new Measured(from, begin, to, end, new Intervals(loaded, begin, end));
  }

  private static long place(String option, String text, Program loaded) {
    FirmwareImage image = loaded.image();
    OptionalLong address = image.place(text);
    if (address.isEmpty()) {
      String symbol = text.replaceFirst("\\+[^+]*$", "");
      String near =
          Nearest.of(symbol, image.symbolNames())
              .map(name -> "; did you mean \"" + name + "\"?")
              .orElse("; expected a symbol, symbol+offset, or an address such as 0x08000100");
      throw refused(option + ": no symbol \"" + symbol + "\" in " + image.name() + near);
    }
    if (!loaded.isMemory(address.getAsLong())) {
      throw refused(
          String.format(
              Locale.ROOT,
              "%s: %s is at 0x%08x, where neither flash nor SRAM is",
              option,
              text,
              address.getAsLong()));
    }
    return address.getAsLong();
  }

  private static CommandFailedException refused(@Nullable String why) {
    return new CommandFailedException(ExitStatus.USAGE, "defrag-sim: " + why);
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
