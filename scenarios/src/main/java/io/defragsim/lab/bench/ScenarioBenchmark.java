package io.defragsim.lab.bench;

import io.defragsim.emulator.bench.Rate;
import io.defragsim.emulator.bench.Rounds;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Lab;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.Scenario;

/** How fast a scenario is carried out, measured and checked. */
public final class ScenarioBenchmark {
  private ScenarioBenchmark() {}

  /**
   * A scenario's speed.
   *
   * @param operations their rate
   * @param cyclesPerOperation on average
   */
  public record Speed(Rate operations, double cyclesPerOperation) {}

  /** Runs {@code scenario} again and again. */
  public static Speed of(Scenario scenario, FirmwareImage image, Rounds rounds) {
    RunResult run = Lab.run(scenario, image);
    Rate operations = rounds.best(() -> Lab.run(scenario, image).executed());
    return new Speed(operations, (double) run.cycles() / run.executed());
  }
}
