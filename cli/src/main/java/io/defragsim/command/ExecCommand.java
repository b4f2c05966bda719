package io.defragsim.command;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Inputs;
import io.defragsim.command.job.Job;
import io.defragsim.command.job.OutputFile;
import io.defragsim.command.job.ProgramVersion;
import io.defragsim.command.option.BoardOptions;
import io.defragsim.command.option.ColorOption;
import io.defragsim.command.option.JsonOption;
import io.defragsim.command.option.PartOptions;
import io.defragsim.command.option.WayOption;
import io.defragsim.console.LineEnd;
import io.defragsim.console.ProgramOutput;
import io.defragsim.console.Session;
import io.defragsim.emulator.board.Board;
import io.defragsim.emulator.board.Ledger;
import io.defragsim.emulator.board.ModelFailedException;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.ExecutionResult;
import io.defragsim.emulator.exec.Intervals;
import io.defragsim.emulator.exec.Profile;
import io.defragsim.emulator.exec.Profiler;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.exec.Script;
import io.defragsim.emulator.exec.Way;
import io.defragsim.emulator.image.FirmwareFile;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.report.Executed;
import io.defragsim.report.Executed.Measured;
import io.defragsim.report.format.Formats;
import io.defragsim.report.model.Report;
import io.defragsim.report.section.ExecReport;
import io.defragsim.report.text.TextReport;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.board.BoardFile;
import java.io.IOException;
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
      names = "--output-limit",
      paramLabel = "SIZE",
      defaultValue = "16 MiB",
      description =
          "The most that the program may print, or none; more ends it with status 5 (default:"
              + " ${DEFAULT-VALUE}).")
  String outputLimit = "16 MiB";

  @Option(
      names = {"-q", "--quiet"},
      description = "Print what the program prints, and the last line of the report.")
  boolean quiet;

  @Override
  public Integer call() {
    long budget = partOptions.budget();
    long mostOutput = outputLimit();
    Way way = wayOption.way();
    Job job = color.job();
    OutputFile json = jsonOption.open(job);
    OutputFile stacks = job.open("--folded", folded);
    Given given = job.read(this::read);
    Program loaded = partOptions.load(given.firmware, given.board);
    Measured measured = measured(loaded);

    ProgramOutput console =
        new ProgramOutput(
            System.in, job.session(), job.outputs().takeStdout(), showsLine(given.script));
    Profiler profiler = profile || stacks.isAskedFor() ? new Profiler(loaded) : null;
    Execution execution = execution(loaded, console, mostOutput, way);
    ExecutionResult result;
    boolean byHand;
    try (LineEnd end = lineEnd(given.script, job.session(), console)) {
      end.connect(execution);
      byHand = end.isByHand();
      result = run(execution, measured, profiler, budget);
    } catch (ModelFailedException e) {
      throw new CommandFailedException(ExitStatus.USAGE, "--board: " + e.getMessage());
    } catch (IOException e) {
      throw new CommandFailedException(
          ExitStatus.USAGE, "--console: this terminal cannot be driven: " + e.getMessage());
    }
    console.finish();
    Profile seen = profiler == null ? null : profiler.profile();
    Executed executed =
        new Executed(
            ProgramVersion.number(),
            given.firmware.format(),
            loaded,
            result,
            partOptions.budgetIsDefault(),
            measured,
            profile ? seen : null,
            onBoard(given, execution.ledger(), byHand, showsLine(given.script)));

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

  /**
   * What the command line names.
   *
   * @param board null for a bare core
   * @param script null where none is to be played
   */
  private record Given(FirmwareFile firmware, @Nullable Board board, @Nullable Script script) {}

  private Given read(Inputs inputs) {
    FirmwareFile firmware = inputs.program(file, partOptions.binaryBase());
    BoardFile board = boardOptions.board(inputs, partOptions.mcu());
    if (board != null) {
      board.mcu().ifPresent(partOptions::usual);
    }
    Script script = boardOptions.script(inputs, partOptions.clockHz());
    return new Given(firmware, board == null ? null : board.board(), script);
  }

  private LineEnd lineEnd(@Nullable Script script, Session session, ProgramOutput console)
      throws IOException {
    if (script != null) {
      return LineEnd.of(script);
    }
    return boardOptions.console ? LineEnd.ofProcess(session, console) : LineEnd.none();
  }

  private Execution execution(Program loaded, ProgramOutput console, long mostOutput, Way way) {
    try {
      return new Execution(
          loaded, console, mostOutput, way.translateAfter(), boardOptions.checks());
    } catch (ModelFailedException e) {
      throw new CommandFailedException(ExitStatus.USAGE, "--board: " + e.getMessage());
    }
  }

  private boolean showsLine(@Nullable Script script) {
    return boardOptions.console || script != null;
  }

  private static Executed.@Nullable OnBoard onBoard(
      Given given, @Nullable Ledger ledger, boolean byHand, boolean shown) {
    return given.board == null || ledger == null
        ? null
        : new Executed.OnBoard(given.board.name(), ledger, given.script, byHand, shown);
  }

  private static ExecutionResult run(
      Execution execution, @Nullable Measured measured, @Nullable Profiler profiler, long budget) {
    if (measured != null) {
      execution.measure(measured.intervals());
    }
    if (profiler != null) {
      execution.profile(profiler);
    }
    return execution.run(budget);
  }

  private long outputLimit() {
    if (outputLimit.equals("none")) {
      return Long.MAX_VALUE;
    }
    try {
      long bytes = Quantity.parse(outputLimit, Quantity.Kind.SIZE, OptionalLong.empty());
      if (bytes >= 0) {
        return bytes;
      }
      throw CommandFailedException.wrongUsage("--output-limit: " + outputLimit + " is below 0");
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.wrongUsage("--output-limit: " + e.getMessage() + ", or none");
    }
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
