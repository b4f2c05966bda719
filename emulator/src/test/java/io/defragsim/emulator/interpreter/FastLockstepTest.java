package io.defragsim.emulator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.ExecutionResult;
import io.defragsim.emulator.exec.Profile;
import io.defragsim.emulator.exec.Profiler;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.RawImage;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.model.CoreKind;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Programs that run at speed do what they do step by step: the same output, cycles, ends. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class FastLockstepTest {
  private static final int PROGRAMS = Integer.getInteger("defragsim.fast.programs", 100);
  private static final long SEED = Long.getLong("defragsim.fast.seed", 20261128L);
  private static final int ROUNDS = 20;
  private static final long BUDGET = 2_000_000;

  private final Set<Form> forms = EnumSet.noneOf(Form.class);
  private final Set<RandomExceptions.Action> actions =
      EnumSet.noneOf(RandomExceptions.Action.class);

  private record Run(ExecutionResult result, Profile profile, long fast, byte[] output) {}

  @Test
  void random_programs_with_exceptions_do_the_same_at_speed() {
    long instructions = 0;
    long fastOnes = 0;
    for (int i = 0; i < PROGRAMS; i++) {
      SplittableRandom random = new SplittableRandom(SEED + i);
      int period = 300 + random.nextInt(1 << 4 + random.nextInt(8));
      byte[] flash = RandomExceptions.ticking(random, ROUNDS, period, forms, actions);
      Program program = program(random, flash);
      boolean profiled = random.nextBoolean();
      Run slow = run(program, Execution.STEP_BY_STEP, profiled);
      for (int translateAfter : new int[] {1_000_000, 1}) {
        Run fast = run(program, translateAfter, profiled);
        assertThat(fast.result())
            .as("seed %d, %d", SEED + i, translateAfter)
            .isEqualTo(slow.result());
        assertThat(fast.profile()).as("seed %d", SEED + i).isEqualTo(slow.profile());
        fastOnes += fast.fast();
        assertThat(Arrays.mismatch(fast.output(), slow.output()))
            .as("seed %d", SEED + i)
            .isEqualTo(-1);
      }
      instructions += slow.result().instructions();
    }
    System.out.printf(
        "%,d instructions, %,d at speed, from seed %d%n", instructions, fastOnes / 2, SEED);
  }

  private static Run run(Program program, int translateAfter, boolean profiled) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Execution execution =
        new Execution(
            program, (bytes, error) -> out.writeBytes(bytes), Long.MAX_VALUE, translateAfter);
    Profiler profiler = new Profiler(program);
    if (profiled) {
      execution.profile(profiler);
    }
    ExecutionResult result = execution.run(BUDGET);
    return new Run(result, profiler.profile(), execution.fast(), out.toByteArray());
  }

  private static Program program(SplittableRandom random, byte[] flash) {
    McuConfig part =
        new McuConfig(
            "random",
            random.nextBoolean() ? CoreKind.CORTEX_M0 : CoreKind.CORTEX_M0PLUS,
            16_000_000,
            16_000_000,
            random.nextInt(3),
            random.nextBoolean() ? 1 : 32,
            RandomExceptions.FLASH_BYTES,
            Program.SRAM_BASE,
            RandomExceptions.SRAM_BYTES);
    return Program.load(part, RawImage.of("random", 0, flash, Map.of(), List.of()));
  }
}
