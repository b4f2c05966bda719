package io.defragsim.command;

import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.exec.Profile;
import io.defragsim.lab.Lab;
import io.defragsim.lab.recording.Recording;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.recording.RunRecorder;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.Recorded;
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
    return run(input, RunListener.NONE);
  }

  /**
   * Runs with all that pictures need.
   *
   * @param profiled whether to run once more for the cycles of each function, which takes longer
   */
  Recorded record(Inputs.Input input, boolean profiled) {
    RunRecorder recorder = new RunRecorder(input.scenario().workload());
    RunResult result = run(input, recorder);
    Recording recording = recorder.recording(result);
    return new Recorded(result, recording, profiled ? profile(input) : Profile.NONE);
  }

  private RunResult run(Inputs.Input input, RunListener listener) {
    try (Progress progress = progress(input)) {
      return Lab.run(input.scenario(), input.image(), options(progress), listener);
    }
  }

  private Profile profile(Inputs.Input input) {
    try (Progress progress = progress(input)) {
      return Lab.profile(input.scenario(), input.image(), options(progress).withoutSampling())
          .profile();
    }
  }

  private Progress progress(Inputs.Input input) {
    return Progress.ofRun(err, terminal.stderr(), input.scenario(), input.image().name());
  }

  private Lab.Options options(Progress progress) {
    return new Lab.Options(true, strictness, ProgramVersion.number(), progress);
  }
}
