package io.defragsim.command;

import io.defragsim.lab.Lab;
import io.defragsim.lab.result.RunResult;
import java.io.PrintWriter;

/** Runs inputs, telling of progress. */
final class Runner {
  private final PrintWriter err;
  private final Terminal terminal;

  Runner(PrintWriter err, Terminal terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  RunResult run(Inputs.Input input) {
    try (Progress progress =
        new Progress(err, terminal.stderr(), input.scenario(), input.image().name())) {
      return Lab.run(
          input.scenario(),
          input.image(),
          new Lab.Options(true, ProgramVersion.number(), progress));
    }
  }
}
