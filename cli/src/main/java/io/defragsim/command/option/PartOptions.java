package io.defragsim.command.option;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.board.Board;
import io.defragsim.emulator.exec.Layout;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.FirmwareFile;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.image.Uf2Family;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.system.MemoryMap.Area;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Quantity.Kind;
import io.defragsim.scenario.WaitStates;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that describe the part on which a program runs, and for how long. */
public final class PartOptions {
  private static final long USUAL_CLOCK = 48_000_000;

  private @Nullable McuConfig usual;

  @Spec(Target.MIXEE)
  CommandSpec spec;

  @Option(
      names = "--mcu",
      paramLabel = "NAME",
      description =
          "The part, as 'list' names it: its core, clock and memories, where no other option says"
              + " otherwise.")
  @Nullable String mcu;

  @Mixin CoreOptions coreOptions;

  @Option(
      names = "--clock",
      paramLabel = "HZ",
      description = "What cycles become time by (default: that of --mcu, else 48 MHz).")
  @Nullable String clock;

  @Option(
      names = "--wait-states",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Estimate cycles with so many wait states of flash, prefetch on (default:"
              + " ${DEFAULT-VALUE}, which is exact), or auto for those of --mcu at its clock.")
  String waitStates = "0";

  @Mixin LayoutOptions layoutOptions;

  @Option(
      names = "--budget",
      paramLabel = "CYCLES",
      defaultValue = "1_000_000_000 cycles",
      description =
          "The most that the program may take, in cycles or as a time (default: ${DEFAULT-VALUE}).")
  String budget = "1_000_000_000 cycles";

  /** Whether the budget is that of nobody's asking. */
  public boolean budgetIsDefault() {
    return !isAsked("--budget");
  }

  /** Where a raw binary loads; empty if nobody said. */
  public OptionalLong binaryBase() {
    return layoutOptions.binaryBase(profile());
  }

  /**
   * Puts a program where it belongs on the part, with what it needs where nothing was asked for.
   *
   * @param board what stands around the core, null for nothing
   * @throws ImageRejectedException if it does not fit, or is for another part
   */
  public Program load(FirmwareFile file, @Nullable Board board) {
    McuConfig profile = profile();
    layoutOptions.check(file.format());
    Uf2Family family = file.family();
    if (profile != null && family != null && !isOf(family, profile)) {
      throw new ImageRejectedException(
          file.image().name()
              + ": it is for "
              + family.title()
              + ", and --mcu names "
              + profile.name());
    }
    CoreKind core = family == null ? CoreKind.CORTEX_M0 : family.core().orElseThrow();
    List<Area> beside = board == null ? List.of() : board.memories();
    Layout layout = Layout.of(file.image(), layoutOptions.known(profile, beside));
    return Program.load(part(profile, core, layout.map()), file.image(), layout, board);
  }

  /** Whether a part is of a family; one that is but a core is of each with that core. */
  private static boolean isOf(Uf2Family family, McuConfig part) {
    boolean any = part.name().equals(part.core().key());
    return any ? family.core().equals(Optional.of(part.core())) : family.has(part.name());
  }

  private @Nullable McuConfig profile() {
    if (mcu == null) {
      return usual;
    }
    return named(mcu);
  }

  /**
   * The part that {@code --mcu} names.
   *
   * @throws CommandFailedException if there is none of that name
   */
  public static McuConfig named(String mcu) {
    McuConfig profile = McuProfiles.all().get(mcu);
    if (profile == null) {
      throw CommandFailedException.wrongUsage(
          "--mcu: there is no part \"" + mcu + "\"" + Nearest.hint(mcu, McuProfiles.names()));
    }
    return profile;
  }

  /**
   * The part.
   *
   * @param usual its core where neither an option nor {@code profile} says one
   */
  private McuConfig part(@Nullable McuConfig profile, CoreKind usual, MemoryMap map) {
    CoreKind other = profile == null ? usual : profile.core();
    CoreKind core = isAsked("--core") ? coreOptions.kind() : other;
    McuConfig part =
        new McuConfig(
            profile == null ? core.key() : profile.name(),
            core,
            clockHz(),
            profile == null ? clockHz() : profile.zeroWaitHz(),
            0,
            profile == null || isAsked("--mul")
                ? coreOptions.multiplierCycles()
                : profile.multiplierCycles(),
            map.flashBytes(),
            map.sramBase(),
            map.sramBytes());
    return OptionValue.of(
        "--wait-states",
        () ->
            profile == null
                ? part.withWaitStates(WaitStates.of(waitStates))
                : WaitStates.on(part, waitStates));
  }

  private boolean isAsked(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  /** The most cycles that the program may take. */
  public long budget() {
    return positive("--budget", budget, Kind.DURATION, OptionalLong.of(clockHz()));
  }

  /** Takes a part for that of {@code --mcu}, where that is not given. */
  public void usual(McuConfig part) {
    usual = part;
  }

  /** The name that {@code --mcu} gives, null without it. */
  public @Nullable String mcu() {
    return mcu;
  }

  /** Cycles a second. */
  public long clockHz() {
    if (clock == null) {
      McuConfig profile = profile();
      return profile == null ? USUAL_CLOCK : profile.clockHz();
    }
    long hertz = positive("--clock", clock, Kind.CLOCK, OptionalLong.empty());
    if (hertz > Integer.MAX_VALUE) {
      throw CommandFailedException.wrongUsage("--clock: no Cortex-M0 runs at " + clock);
    }
    return hertz;
  }

  private long positive(String option, String text, Kind kind, OptionalLong clockHz) {
    long value = OptionValue.of(option, () -> Quantity.parse(text, kind, clockHz));
    if (value <= 0) {
      throw CommandFailedException.wrongUsage(option + ": " + text + " is not above 0");
    }
    return value;
  }
}
