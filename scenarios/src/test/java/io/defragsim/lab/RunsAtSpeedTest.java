package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.interpreter.InstructionListener;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A strict run has the same result, figures of latency included, whether it runs at speed or one
 * instruction at a time, which it does for a listener that wants to hear of each.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class RunsAtSpeedTest {
  private static final long SEED = Long.getLong("defragsim.strict.seed", 20261128L);

  /** Hears of each instruction. */
  private static final class Each implements InstructionListener {
    long instructions;

    @Override
    public void called(long function, List<Integer> arguments) {
      // Calls are no instructions.
    }

    @Override
    public void retired(long address, Instruction instruction, long cycles, CoreState after) {
      instructions++;
    }
  }

  @ParameterizedTest
  @Tag("campaign")
  @ValueSource(
      strings = {
        "sensor-node",
        "interrupt-latency",
        "swiss-cheese",
        "growing-string",
        "packet-buffers",
        "found-step",
        "too-small"
      })
  void a_shipped_scenario_has_the_same_result(String name) {
    Scenario scenario = InterruptsInRunsTest.shipped(name);
    Lab.Options options = Lab.Options.standard().withStrictness(Strictness.STRICT);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int variant = 0; variant < 3; variant++) {
      Scenario disturbed =
          variant == 0 ? scenario : InterruptsInRunsTest.with(scenario, interrupts(random));
      for (var image : List.of(Bench.defrag(), Bench.newlibNano())) {
        Each each = new Each();
        assertThat(Lab.run(disturbed, image, options))
            .as("%s on %s, variant %d, seed %d", name, image.name(), variant, SEED)
            .isEqualTo(Lab.run(disturbed, image, options, each, RunListener.NONE));
        assertThat(each.instructions).isPositive();
      }
    }
  }

  private static List<InterruptSource> interrupts(SplittableRandom random) {
    List<InterruptSource> sources = new ArrayList<>();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      sources.add(
          new InterruptSource(
              "source " + n,
              random.nextInt(2000),
              700 + random.nextInt(3000),
              60 + random.nextInt(100),
              random.nextInt(4)));
    }
    return sources;
  }
}
