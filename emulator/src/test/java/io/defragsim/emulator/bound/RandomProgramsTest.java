package io.defragsim.emulator.bound;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.interpreter.InstructionListener;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.timing.CycleModel;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Random structured programs against the interpreter. Every choice that a program makes is a bit of
 * its argument of its own, so that the longest of all its runs is exactly its bound; with more
 * choices than can be tried, no run is longer.
 */
class RandomProgramsTest {
  private static final int FEW_CHOICES = 10;
  private static final int MOST_LINES = 60;

  @TestFactory
  Stream<DynamicTest> the_bound_is_the_longest_of_all_runs() {
    long seed = Long.getLong("defragsim.seed", 1);
    return IntStream.range(0, 40)
        .mapToObj(
            i ->
                DynamicTest.dynamicTest(
                    "seed " + (seed + i), () -> check(new Writer(seed + i), seed + i)));
  }

  private static void check(Writer writer, long seed) throws UnboundedException {
    String source = writer.program();
    Listing program = new Listing(source);
    int waitStates = Math.floorMod(seed, 3);
    CycleModel model = CycleModel.cortexM0(32).withWaitStates(waitStates);
    FunctionBound bound = new BoundAnalysis(program.image(), model).bound("main");
    LoopBoundChecker checker = new LoopBoundChecker(program.image());
    Runs runs = Runs.of(program, checker, writer.choices, seed, waitStates);
    if (writer.choices <= FEW_CHOICES) {
      assertThat(bound.cycles()).as(source).isEqualTo(runs.longest);
    } else {
      assertThat(bound.cycles()).as(source).isGreaterThanOrEqualTo(runs.longest);
    }
    assertThat(bound.stackBytes()).as(source).isEqualTo(runs.stackBytes);
    assertThat(checker.seen()).as(source).noneMatch(LoopBoundChecker.Seen::exceeded);
    LoopBoundChecker stepping = new LoopBoundChecker(program.image());
    assertThat(Runs.of(program, stepByStep(stepping), writer.choices, seed, waitStates))
        .as(source)
        .isEqualTo(runs);
    assertThat(stepping.seen()).as(source).isEqualTo(checker.seen());
    assertThat(bound.path().stream().mapToLong(FunctionBound.Step::total).sum())
        .isEqualTo(bound.cycles());
  }

  /** What runs with all choices took, or with random ones if they are many. */
  private record Runs(long longest, int stackBytes) {
    static Runs of(
        Listing program, InstructionListener listener, int choices, long seed, int waitStates) {
      try (Mcu mcu = program.mcu(listener, waitStates)) {
        mcu.reserveStack(1024);
        boolean all = choices <= FEW_CHOICES;
        SplittableRandom random = new SplittableRandom(seed);
        long longest = 0;
        for (int i = 0; i < (all ? 1 << choices : 100); i++) {
          int argument = all ? i : random.nextInt();
          longest = Math.max(longest, Listing.run(mcu, "main", argument));
        }
        return new Runs(longest, mcu.deepestStackBytes());
      }
    }
  }

  /** Tells of each instruction by itself. */
  private static InstructionListener stepByStep(InstructionListener to) {
    return new InstructionListener() {
      @Override
      public void called(long function, List<Integer> arguments) {
        to.called(function, arguments);
      }

      @Override
      public void retired(long address, Instruction instruction, long cycles, CoreState after) {
        to.retired(address, instruction, cycles, after);
      }
    };
  }

  /**
   * Writes a program: main, and functions that it calls. Choices are bits of r7, low ones first.
   */
  private static final class Writer {
    private static final String[] COUNTERS = {"r4", "r5", "r6"};
    private static final String[] WORK = {
      "adds r1, #1", "muls r1, r2, r1", "ldr r2, [pc, #0]", "nop", "mrs r3, primask"
    };

    private final SplittableRandom random;
    private final StringBuilder text = new StringBuilder();
    private int labels;
    private int functions;

    /** An upper bound of the choices that one run makes. */
    private int choices;

    private int times = 1;
    private int lines;

    Writer(long seed) {
      random = new SplittableRandom(seed);
    }

    String program() {
      if (random.nextBoolean()) {
        function("leaf", "");
      }
      if (random.nextBoolean()) {
        function("middle", functions > 0 ? "leaf" : "");
      }
      choices = 0;
      function("main", functions == 0 ? "" : text.indexOf("middle") < 0 ? "leaf" : "middle");
      return text.toString();
    }

    private void function(String name, String callee) {
      boolean main = name.equals("main");
      line("function " + name + ":");
      line(main ? "push {r4, r5, r6, r7, lr}; movs r7, r0" : "push {r4, r5, r6, lr}");
      sequence(0, functions == 0 ? "" : callee);
      line(main ? "pop {r4, r5, r6, r7, pc}" : "pop {r4, r5, r6, pc}");
      functions++;
    }

    private void sequence(int depth, String callee) {
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        statement(depth, callee);
      }
    }

    private void statement(int depth, String callee) {
      // branches of the test's assembler reach 256 bytes, its calls 512
      int kind = lines < MOST_LINES ? random.nextInt(10) : 9;
      if (kind < 3 && depth < COUNTERS.length) {
        loop(depth, callee);
      } else if (kind < 6 && depth < 4) {
        choice(depth, callee);
      } else if (kind == 6 && !callee.isEmpty()) {
        line("bl " + callee);
        choices = 99; // how many it makes was not followed
      } else {
        line(WORK[random.nextInt(WORK.length)]);
      }
    }

    private void loop(int depth, String callee) {
      int count = random.nextInt(1, 5);
      String top = label();
      String end = label();
      String counter = COUNTERS[depth];
      boolean testFirst = random.nextBoolean();
      line("movs " + counter + ", #" + count);
      line(top + ":");
      if (testFirst) {
        line("cmp " + counter + ", #0; beq " + end);
      }
      line("@" + count);
      times *= count;
      boolean leaves = random.nextInt(4) == 0;
      if (leaves) {
        choices += times;
        line("lsrs r7, r7, #1; bcs " + end);
      }
      sequence(depth + 1, callee);
      times /= count;
      line("subs " + counter + ", #1");
      line(testFirst ? "b " + top : "bne " + top);
      line(end + ":");
      line("nop");
    }

    private void choice(int depth, String callee) {
      choices += times;
      String other = label();
      String end = label();
      line("lsrs r7, r7, #1; bcs " + other);
      sequence(depth + 1, callee);
      line("b " + end);
      line(other + ":");
      if (random.nextBoolean()) {
        sequence(depth + 1, callee);
      }
      line(end + ":");
      line("nop");
    }

    private String label() {
      return "place" + labels++;
    }

    private void line(String line) {
      lines++;
      text.append(line).append('\n');
    }
  }
}
