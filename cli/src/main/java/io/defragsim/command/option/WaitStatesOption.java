package io.defragsim.command.option;

import io.defragsim.emulator.McuConfig;
import io.defragsim.scenario.WaitStates;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The option {@code --wait-states} of commands that run scenarios. */
public final class WaitStatesOption {

  @Spec(Target.MIXEE)
  CommandSpec spec;

  @Option(
      names = "--wait-states",
      paramLabel = "N",
      description =
          "Estimate cycles with so many wait states of flash, prefetch on; auto: as many as the part"
              + " needs at its clock (default: what the scenario says, else 0, which is exact).")
  @Nullable String waitStates;

  /** The part with what was asked for. */
  public McuConfig on(McuConfig part) {
    String text = waitStates;
    return text == null
        ? part
        : OptionValue.of(spec, "--wait-states", () -> WaitStates.on(part, text));
  }
}
