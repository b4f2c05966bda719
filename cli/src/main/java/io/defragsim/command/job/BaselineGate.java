package io.defragsim.command.job;

import io.defragsim.lab.baseline.Baseline;
import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.baseline.Tolerance;
import io.defragsim.lab.result.ProfiledRun;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.GateReport.BaselineCheck;
import io.defragsim.report.GateReport.Entry;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/** Holds runs against their baselines, which are read before the first one runs. */
public final class BaselineGate {
  private final Runner runner;
  private final boolean exact;
  private final Map<String, Kept> kept = new HashMap<>(); // by source, none of which is twice

  private record Kept(Path file, Baseline baseline, Tolerance tolerance) {}

  /**
   * Reads the baselines.
   *
   * @param exact whether any difference fails
   * @param tolerance by the clock of a scenario's part, in Hz
   * @throws CommandFailedException with status 2 if one is missing or malformed
   */
  public BaselineGate(
      Job job,
      Baselines baselines,
      boolean exact,
      LongFunction<Tolerance> tolerance,
      List<Input> inputs) {
    this.runner = job.runner();
    this.exact = exact;
    List<Baseline> read = baselines.read(inputs, job.outputs());
    for (int i = 0; i < inputs.size(); i++) {
      Input input = inputs.get(i);
      long clockHz = input.scenario().mcu().clockHz();
      kept.put(
          input.source(), new Kept(baselines.file(input), read.get(i), tolerance.apply(clockHz)));
    }
  }

  /** A run with the cycles of its functions, compared. */
  public Entry profiled(Input input, LongConsumer progress) {
    ProfiledRun run = runner.profile(input, progress);
    return entry(input, run.result(), Baseline.of(run, input.scenario(), input.image()));
  }

  /**
   * A run compared; it runs again, with the cycles of its functions, if a figure differs.
   *
   * @param result of {@code input}
   */
  public Entry compared(Input input, RunResult result, LongConsumer progress) {
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

  private Entry entry(Input input, RunResult result, Baseline now) {
    Kept then = kept.get(input.source());
    if (then == null) {
      throw new IllegalArgumentException(input.source());
    }
    BaselineCheck check =
        result.ending() instanceof RunEnding.Completed
            ? new BaselineCheck(
                then.file(), Comparison.of(then.baseline(), now, then.tolerance(), exact))
            : null;
    return new Entry(input.source(), input.file(), result, check);
  }
}
