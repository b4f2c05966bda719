package io.defragsim.emulator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.calls.CallListener;
import io.defragsim.emulator.calls.CallWatch;
import io.defragsim.emulator.calls.WatchedCall;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.ExecutionResult;
import io.defragsim.emulator.exec.Intervals;
import io.defragsim.emulator.exec.Layout;
import io.defragsim.emulator.exec.Profile;
import io.defragsim.emulator.exec.Profiler;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.fast.FastCode;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.RawImage;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.model.CoreKind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whole programs that run at speed do what they do step by step: the same output, cycles, end,
 * profile, watched calls and intervals, wherever their budget ends.
 *
 * <p>{@code -Ddefragsim.seed} gives another seed or one that failed, {@code
 * -Ddefragsim.fast.programs} how many the campaign tries.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class FastLockstepTest {
  private static final int PROGRAMS = 6;
  private static final int MANY = Integer.getInteger("defragsim.fast.programs", 1000);
  private static final long SEED = Long.getLong("defragsim.seed", 20261128L);
  private static final int ROUNDS = 20;
  private static final long BUDGET = 2_000_000;

  private final Set<Form> forms = EnumSet.noneOf(Form.class);
  private final Set<RandomExceptions.Action> actions =
      EnumSet.noneOf(RandomExceptions.Action.class);

  private long instructions;
  private long atSpeed;

  /**
   * How a program is run.
   *
   * @param from where intervals begin
   * @param to where they end; where that is 0 too, nothing is measured
   */
  private record Conditions(boolean profiled, int from, int to, long budget) {}

  private record Run(
      ExecutionResult result,
      Profile profile,
      int open,
      int calls,
      List<Object> intervals,
      String output) {}

  /** What is told of calls, in one number. */
  private static final class Digest implements CallListener {
    int sum;

    private void add(Object... values) {
      sum = 31 * sum + Arrays.hashCode(values);
    }

    @Override
    public void entered(WatchedCall call, Memory memory) {
      add(call.function(), call.registers(), call.sp(), call.begin(), call.stack(), call.thread());
    }

    @Override
    public void returned(
        WatchedCall call, int result, long end, long cycles, boolean estimate, Memory memory) {
      add(call.function(), call.begin(), result, end, cycles, estimate);
    }

    @Override
    public void left(WatchedCall call, long cycle, boolean estimate) {
      add(call.function(), call.begin(), cycle);
    }
  }

  @Test
  void random_programs_with_exceptions_do_the_same_at_speed() {
    compare(PROGRAMS);
    assertThat(atSpeed).isGreaterThan(instructions / 2);
  }

  @Test
  @Tag("campaign")
  void many_random_programs_with_exceptions_do_the_same_at_speed() {
    compare(MANY);
  }

  private void compare(int programs) {
    for (int i = 0; i < programs; i++) {
      long seed = SEED + i;
      SplittableRandom random = new SplittableRandom(seed);
      int period = 300 + random.nextInt(1 << (4 + random.nextInt(8)));
      byte[] flash = RandomExceptions.ticking(random, ROUNDS, period, forms, actions);
      Program program = program(random, flash);
      Conditions whole = new Conditions(random.nextBoolean(), 0, 0, BUDGET);
      long cycles = compare(program, whole, random, seed);
      Conditions part =
          new Conditions(
              random.nextBoolean(),
              place(random, flash),
              place(random, flash),
              random.nextLong(cycles));
      compare(program, part, random, seed);
    }
    System.out.printf(
        "%d programs from seed %d: %,d instructions, %,d at speed%n",
        programs, SEED, instructions, atSpeed);
  }

  private long compare(Program program, Conditions conditions, SplittableRandom random, long seed) {
    int[] modes = {0, 20, 20, FastCode.NEVER};
    int mode = modes[random.nextInt(modes.length)];
    Run slow = run(program, Execution.STEP_BY_STEP, conditions);
    assertThat(run(program, mode, conditions))
        .as("seed %d, translated after %d, %s", seed, mode, conditions)
        .isEqualTo(slow);
    instructions += slow.result().instructions();
    return slow.result().cycles();
  }

  private Run run(Program program, int translateAfter, Conditions conditions) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Execution execution =
        new Execution(
            program, (bytes, error) -> out.writeBytes(bytes), Long.MAX_VALUE, translateAfter);
    Profiler profiler = new Profiler(program);
    Intervals intervals = new Intervals(program, conditions.from(), conditions.to());
    Digest digest = new Digest();
    CallWatch watch =
        new CallWatch(program.image(), program.layout().map(), functions(program), digest);
    if (conditions.profiled()) {
      execution.profile(profiler).watch(watch);
    }
    if (conditions.to() != 0) {
      execution.measure(intervals);
    }
    ExecutionResult result = execution.run(conditions.budget());
    atSpeed += execution.fast();
    List<Object> measured = new ArrayList<>(intervals.first());
    measured.addAll(List.of(intervals.count(), intervals.total(), intervals.isExact()));
    return new Run(
        result,
        profiler.profile(),
        watch.open().size(),
        digest.sum,
        measured,
        out.toString(StandardCharsets.ISO_8859_1));
  }

  private static Set<Long> functions(Program program) {
    return program.image().functions().stream()
        .map(FirmwareImage.Symbol::address)
        .collect(Collectors.toSet());
  }

  private static int place(SplittableRandom random, byte[] flash) {
    return 2 * random.nextInt(0x60, Math.min(flash.length / 2, 0x2000));
  }

  /** With functions that begin and end anywhere. */
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
            Layout.SRAM_BASE,
            RandomExceptions.SRAM_BYTES);
    Map<String, Long> functions = new TreeMap<>();
    for (long at = 0xC0; at < flash.length; at += 2L * random.nextInt(8, 2000)) {
      functions.put("at " + at, at);
    }
    return Program.load(part, RawImage.of("random", 0, flash, functions, List.of()));
  }
}
