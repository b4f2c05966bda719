package io.defragsim.lab.bench;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Lab;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.Scenario;
import java.io.PrintWriter;
import java.util.Locale;

/** How many operations of a scenario are carried out, measured and checked in a second. */
public final class ScenarioBenchmark {
  private static final int ROUNDS = 5;
  private static final long ROUND_NANOS = 400_000_000;

  private final PrintWriter out;

  /** Prints to {@code out}. */
  public ScenarioBenchmark(PrintWriter out) {
    this.out = out;
  }

  /** The best of some rounds, after one that warms up. */
  public void run(Scenario scenario, FirmwareImage image) {
    double operations = 0;
    double cycles = 0;
    for (int round = -1; round < ROUNDS; round++) {
      long done = 0;
      long emulated = 0;
      long start = System.nanoTime();
      do {
        RunResult result = Lab.run(scenario, image);
        done += result.executed();
        emulated += result.cycles();
      } while (System.nanoTime() - start < ROUND_NANOS);
      double seconds = (System.nanoTime() - start) / 1e9;
      if (round >= 0 && done / seconds > operations) {
        operations = done / seconds;
        cycles = emulated / seconds;
      }
    }
    out.printf(
        Locale.ROOT,
        "  %-14s on %-12s %8.0f operations/s, %6.1f M cycles/s%n",
        scenario.name(),
        image.name(),
        operations,
        cycles / 1e6);
  }
}
