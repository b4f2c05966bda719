package io.defragsim.command;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Job;
import io.defragsim.command.job.OutputFile;
import io.defragsim.command.job.ProgramVersion;
import io.defragsim.command.option.BoardOptions;
import io.defragsim.command.option.ColorOption;
import io.defragsim.command.option.JsonOption;
import io.defragsim.command.option.OutputLimitOption;
import io.defragsim.command.option.PartOptions;
import io.defragsim.command.option.ProgramRun;
import io.defragsim.command.option.WayOption;
import io.defragsim.emulator.exec.Intervals;
import io.defragsim.emulator.exec.Profile;
import io.defragsim.emulator.exec.Profiler;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.report.Executed;
import io.defragsim.report.Executed.Measured;
import io.defragsim.report.format.Formats;
import io.defragsim.report.model.Report;
import io.defragsim.report.section.ExecReport;
import io.defragsim.report.text.TextReport;
import io.defragsim.scenario.Nearest;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code defrag-sim exec}. */
@Command(
    name = "exec",
    description = {
      "Runs any program for a Cortex-M0 from reset until it parks on a BKPT, exits by semihosting,"
          + " faults, or exceeds the budget, and prints instructions and cycles.",
      "Every instruction and every access is checked. What the program writes by semihosting"
          + " (printf with newlib's rdimon) comes out as it runs, and what it reads comes from stdin."
          + " The exit status is 0 when it ends, whatever its own exit code."
    },
    footer = {
      "  defrag-sim exec firmware.elf",
      "  defrag-sim exec firmware.hex --mcu nrf51822",
      "  defrag-sim exec firmware.bin --core cortex-m0plus --flash-base 0x08000000 --sram 20KiB",
      "  defrag-sim exec firmware.elf --from read_sensor --to read_sensor+0x1c",
      "  defrag-sim exec firmware.elf --profile --folded stacks.txt",
      "  defrag-sim exec firmware.elf --clock 16MHz --mul 32 --sram 4KiB --json out.json",
      "  defrag-sim exec -q filter.elf < in.txt > out.txt"
    })
final class ExecCommand implements Callable<Integer> {

  @Mixin PartOptions partOptions;
  @Mixin BoardOptions boardOptions;
  @Mixin WayOption wayOption;
  @Mixin OutputLimitOption outputLimit;
  @Mixin JsonOption jsonOption;
  @Mixin ColorOption color;

  @Parameters(
      paramLabel = "IMAGE",
      description =
          "A program for ARMv6-M: an ELF, an Intel HEX (of a Universal Hex what is for the first"
              + " micro:bit), a UF2, or a raw binary, which needs --mcu, --flash-base or --load-at."
              + " Only an ELF names its functions.")
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

  @Option(
      names = {"-q", "--quiet"},
      description = "Print what the program prints, and the last line of the report.")
  boolean quiet;

  @Override
  public Integer call() {
    ProgramRun run = new ProgramRun(partOptions, boardOptions, wayOption, outputLimit);
    Job job = color.job();
    OutputFile json = jsonOption.open(job);
    OutputFile stacks = job.open("--folded", folded);
    ProgramRun.Ready ready = run.load(job, file);
    Program loaded = ready.program();
    Measured measured = measured(loaded);
    Profiler profiler = profile || stacks.isAskedFor() ? new Profiler(loaded) : null;
    ProgramRun.Ran ran =
        run.run(
            job,
            ready,
            execution -> {
              if (measured != null) {
                execution.measure(measured.intervals());
              }
              if (profiler != null) {
                execution.profile(profiler);
              }
            });
    Profile seen = profiler == null ? null : profiler.profile();
    Executed executed =
        new Executed(
            ProgramVersion.number(),
            ready.firmware().format(),
            loaded,
            ran.result(),
            partOptions.budgetIsDefault(),
            measured,
            profile ? seen : null,
            ran.board());

    Report report = ExecReport.of(executed);
    job.print(
        page -> {
          if (quiet) {
            TextReport.print(report.outcomes(), page);
          } else {
            TextReport.print(report, page);
          }
        });
    if (seen != null) {
      stacks.write(to -> seen.writeFolded(executed.estimate(), to));
    }
    json.write(to -> Formats.EXECUTION.write(executed, to));
    return executed.exitStatus();
  }

  private @Nullable Measured measured(Program loaded) {
    if (from == null && to == null) {
      return null;
    }
    if (from == null || to == null) {
      throw CommandFailedException.wrongUsage("--from and --to need each other");
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
          Nearest.hint(
              symbol,
              image.symbolNames(),
              "; expected a symbol, symbol+offset, or an address such as 0x08000100");
      throw CommandFailedException.refused(
          option + ": no symbol \"" + symbol + "\" in " + image.name() + near);
    }
    if (!loaded.isMemory(address.getAsLong())) {
      throw CommandFailedException.refused(
          String.format(
              Locale.ROOT,
              "%s: %s is at 0x%08x, where neither flash nor SRAM is",
              option,
              text,
              address.getAsLong()));
    }
    return address.getAsLong();
  }
}
