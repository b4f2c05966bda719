package io.defragsim.command.job;

import io.defragsim.command.file.CommandFailedException;
import io.defragsim.command.file.OutputFiles;
import io.defragsim.command.option.BaselineOptions;
import io.defragsim.lab.baseline.Baseline;
import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.baseline.Tolerance;
import io.defragsim.lab.result.Ending;
import io.defragsim.lab.result.ProfiledRun;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.GateReport.BaselineCheck;
import io.defragsim.report.GateReport.Entry;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** Holds runs against their baselines, which are read before the first one runs. */
public final class BaselineGate {
  private final Runner runner;
  private final boolean exact;
  private final Map<String, Kept> kept = new HashMap<>(); // by source, none of which is twice

  private record Kept(Path file, Baseline baseline, Tolerance tolerance) {}

  /**
   * Reads the baselines.
   *
   * @param outputs none of which may be a baseline
   * @throws CommandFailedException with status 2 if one is missing or malformed
   */
  public BaselineGate(
      Runner runner,
      BaselineOptions options,
      Baselines baselines,
      List<Inputs.Input> inputs,
      OutputFiles outputs) {
    this.runner = runner;
    this.exact = options.exact;
    List<Baseline> read = baselines.read(inputs, outputs);
    for (int i = 0; i < inputs.size(); i++) {
      Inputs.Input input = inputs.get(i);
      long clockHz = input.scenario().mcu().clockHz();
      kept.put(
          input.source(), new Kept(baselines.file(input), read.get(i), options.tolerance(clockHz)));
    }
  }

  /** A run with the cycles of its functions, compared. */
  public Entry profiled(Inputs.Input input, LongConsumer progress) {
    ProfiledRun run = runner.profile(input, progress);
    return entry(input, run.result(), Baseline.of(run, input.scenario(), input.image()));
  }

  /**
   * A run compared; it runs again, with the cycles of its functions, if a figure differs.
   *
   * @param result of {@code input}
   */
  public Entry compared(Inputs.Input input, RunResult result, LongConsumer progress) {
    Entry entry =
        entry(input, result, Baseline.withoutFunctions(result, input.scenario(), input.image()));
    BaselineCheck check = entry.baseline();
    if (check == null || check.comparison().differing().isEmpty()) {
      return entry;
    }
    ProfiledRun again = runner.profile(input, progress);
    return again.result().figures().equals(result.figures())
        ? entry(input, result, Baseline.of(again, input.scenario(), input.image()))
        : entry; // a strict run is another one only where the image does what a part does not allow
  }

  private Entry entry(Inputs.Input input, RunResult result, Baseline now) {
    Kept then = kept.get(input.source());
    if (then == null) {
      throw new IllegalArgumentException(input.source());
    }
    BaselineCheck check =
        result.ending() instanceof Ending.Completed
            ? new BaselineCheck(
                then.file(), Comparison.of(then.baseline(), now, then.tolerance(), exact))
            : null;
    return new Entry(input.source(), input.file(), result, check);
  }
}
