package io.defragsim.command.option;

import io.defragsim.command.job.Inputs;
import io.defragsim.command.job.Job;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Strictness;
import io.defragsim.report.text.Palette;
import io.defragsim.scenario.WaitStates;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that run scenarios with their own pools. */
public final class ScenarioOptions {

  @Option(
      names = "--wait-states",
      paramLabel = "N",
      description =
          "Estimate cycles with so many wait states of flash, prefetch on; auto: as many as the part"
              + " needs at its clock (default: what the scenario says, else 0, which is exact).")
  @Nullable String waitStates;

  @Mixin HandlersOption handlers;
  @Mixin ColorOption color;

  /** The job that is asked for, of scenarios with what the options say in place of their own. */
  public Job job(Strictness strictness) {
    return color.job(new Inputs(this::part, handlers::on), strictness);
  }

  private McuConfig part(McuConfig own) {
    String text = waitStates;
    return text == null ? own : OptionValue.of("--wait-states", () -> WaitStates.on(own, text));
  }

  public Palette palette() {
    return color.palette();
  }
}
