package io.defragsim.command.option;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.exec.Layout;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Quantity.Kind;
import io.defragsim.scenario.WaitStates;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that describe the part on which a program runs, and for how long. */
public final class PartOptions {
  private static final long PAGE = 1024;

  @Spec(Target.MIXEE)
  CommandSpec spec;

  @Mixin CoreOptions coreOptions;

  @Option(
      names = "--clock",
      paramLabel = "HZ",
      defaultValue = "48 MHz",
      description = "What cycles become time by (default: ${DEFAULT-VALUE}).")
  String clock = "48 MHz";

  @Option(
      names = "--wait-states",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Estimate cycles with so many wait states of flash, prefetch on (default:"
              + " ${DEFAULT-VALUE}, which is exact).")
  String waitStates = "0";

  @Option(
      names = "--sram",
      paramLabel = "SIZE",
      description = "The part's SRAM (default: what the image needs, at least 64 KiB).")
  @Nullable String sram;

  @Option(
      names = "--flash",
      paramLabel = "SIZE",
      description = "The part's flash (default: what the image needs, at least 256 KiB).")
  @Nullable String flash;

  @Option(
      names = "--budget",
      paramLabel = "CYCLES",
      defaultValue = "1_000_000_000 cycles",
      description =
          "The most that the program may take, in cycles or as a time (default: ${DEFAULT-VALUE}).")
  String budget = "1_000_000_000 cycles";

  /** Whether the budget is that of nobody's asking. */
  public boolean budgetIsDefault() {
    return !spec.commandLine().getParseResult().hasMatchedOption("--budget");
  }

  /** The part, with what {@code image} needs where nothing was asked for. */
  public McuConfig part(FirmwareImage image) {
    int multiplierCycles = coreOptions.multiplierCycles();
    return new McuConfig(
        coreOptions.core,
        coreOptions.kind(),
        clockHz(),
        clockHz(),
        waitStates(),
        multiplierCycles,
        flash == null ? Layout.flashFor(image) : memory("--flash", flash),
        Layout.SRAM_BASE,
        sram == null ? Layout.sramFor(image) : memory("--sram", sram));
  }

  /** The most cycles that the program may take. */
  public long budget() {
    return positive("--budget", budget, Kind.DURATION, OptionalLong.of(clockHz()));
  }

  private long clockHz() {
    long hertz = positive("--clock", clock, Kind.CLOCK, OptionalLong.empty());
    if (hertz > Integer.MAX_VALUE) {
      throw CommandFailedException.wrongUsage("--clock: no Cortex-M0 runs at " + clock);
    }
    return hertz;
  }

  private int waitStates() {
    return OptionValue.of("--wait-states", () -> WaitStates.of(waitStates));
  }

  private int memory(String option, String text) {
    long bytes = positive(option, text, Kind.SIZE, OptionalLong.empty());
    if (bytes % PAGE != 0 || bytes > Layout.MOST_BYTES) {
      throw CommandFailedException.wrongUsage(
          option + ": memory is a multiple of 1 KiB up to 64 MiB, not " + text);
    }
    return (int) bytes;
  }

  private long positive(String option, String text, Kind kind, OptionalLong clockHz) {
    long value = OptionValue.of(option, () -> Quantity.parse(text, kind, clockHz));
    if (value <= 0) {
      throw CommandFailedException.wrongUsage(option + ": " + text + " is not above 0");
    }
    return value;
  }
}
