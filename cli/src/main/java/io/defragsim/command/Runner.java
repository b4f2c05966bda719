package io.defragsim.command;

import io.defragsim.emulator.Strictness;
import io.defragsim.lab.Lab;
import io.defragsim.lab.result.RunResult;
import java.io.PrintWriter;

/** Runs inputs, telling of progress. */
final class Runner {
  private final PrintWriter err;
  private final Terminal terminal;
  private final Strictness strictness;

  Runner(PrintWriter err, Terminal terminal, Strictness strictness) {
    this.err = err;
    this.terminal = terminal;
    this.strictness = strictness;
  }

  RunResult run(Inputs.Input input) {
    try (Progress progress =
        Progress.ofRun(err, terminal.stderr(), input.scenario(), input.image().name())) {
      return Lab.run(
          input.scenario(),
          input.image(),
          new Lab.Options(true, strictness, ProgramVersion.number(), progress));
    }
  }
}
