package io.defragsim.command.option;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.scenario.Nearest;
import picocli.CommandLine.Option;

/** The options that say what instructions cost. */
public final class CoreOptions {

  @Option(
      names = "--core",
      paramLabel = "CORE",
      defaultValue = "cortex-m0",
      description = "Whose cycles count: cortex-m0 or cortex-m0plus (default: ${DEFAULT-VALUE}).")
  public String core = "cortex-m0";

  @Option(
      names = "--mul",
      paramLabel = "CYCLES",
      defaultValue = "1",
      description = "What a multiplication takes: 1 or 32 (default: ${DEFAULT-VALUE}).")
  String mul = "1";

  public CoreKind kind() {
    return CoreKind.of(core)
        .orElseThrow(
            () ->
                CommandFailedException.wrongUsage(
                    "--core: \"" + core + "\" is no core" + Nearest.hint(core, CoreKind.keys())));
  }

  public int multiplierCycles() {
    if (!mul.equals("1") && !mul.equals("32")) {
      throw CommandFailedException.wrongUsage(
          "--mul: a multiplication takes 1 or 32 cycles, not " + mul);
    }
    return Integer.parseInt(mul);
  }
}
