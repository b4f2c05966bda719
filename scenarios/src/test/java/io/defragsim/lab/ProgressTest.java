package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.image.Guarantee;
import io.defragsim.lab.image.ImageContract;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs that never let the heap come to rest, on the images: a request that they could keep
 * waiting for ever is served within the bound, or told that it is blocked. What a handler does
 * between two steps the program does here.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ProgressTest {
  private static final int BLOCKED = -3;
  private static final int FRAGMENTED = -2;
  private static final int HANDLES = 48;
  private static final int GRANULES = 97;

  /** Payload of a block of so many granules. */
  private static int bytes(int granules) {
    return 8 * granules - 4;
  }

  /** A pool and its blocks. */
  private static final class Program implements AutoCloseable {
    private final Mcu mcu;
    private final Guarantee guarantee;
    private final List<Integer> blocks = new ArrayList<>();
    private final int wanted;
    private final int budget;

    /**
     * @param wanted granules of the request that waits
     * @param budget of a step, granules
     */
    Program(String name, int wanted, int budget) {
      FirmwareImage image = Bench.shipped(name);
      guarantee = Objects.requireNonNull(ImageContract.of(image).guarantee());
      mcu = Mcu.create(Bench.PART, image, Strictness.NORMAL, List.of());
      mcu.reset(1_000_000);
      mcu.reserveStack(512);
      int pool = (int) (image.sramUsedEnd(Bench.PART.sramBase()) + 7) / 8 * 8;
      int table = guarantee.entry() * HANDLES;
      assertThat(call("init", pool, table + 8 * (GRANULES + 1), HANDLES)).isZero();
      this.wanted = wanted;
      this.budget = budget;
    }

    int call(String function, int... arguments) {
      Outcome outcome =
          mcu.call(mcu.image().function("image_" + function).orElseThrow(), 1_000_000, arguments);
      assertThat(outcome).as(function).isInstanceOf(Outcome.Returned.class);
      return ((Outcome.Returned) outcome).value();
    }

    /** Whether it is served. */
    boolean alloc(int granules) {
      int handle = call("alloc", bytes(granules));
      if (handle > 0) {
        blocks.add(handle);
      }
      return handle > 0;
    }

    void free(int handle) {
      assertThat(call("free", handle)).isZero();
      blocks.remove(Integer.valueOf(handle));
    }

    void lockAndUnlock(int handle) {
      if (call("lock", handle) > 0) {
        assertThat(call("unlock", handle)).isZero();
      }
    }

    /** Those that are not in two parts, by address. */
    List<Integer> sorted() {
      SortedMap<Integer, Integer> byAddress = new TreeMap<>();
      blocks.forEach(handle -> byAddress.put(call("address", handle), handle));
      byAddress.remove(0);
      return List.copyOf(byAddress.values());
    }

    /** Fills the pool with blocks of so many granules and frees every other one. */
    Program combed(int granules) {
      while (alloc(granules)) {
        // until it is full
      }
      List<Integer> all = List.copyOf(blocks);
      for (int i = 0; i < all.size(); i += 2) {
        free(all.get(i));
      }
      return this;
    }

    /** Steps that a request may wait, by the proof. */
    int bound() {
      int patience = guarantee.patience(GRANULES, HANDLES) * guarantee.fullStep();
      int move = (wanted + budget - 1) / budget + 1;
      int step = Math.min(budget, guarantee.fullStep());
      return (patience + step - 1) / step + 1 + move + GRANULES + 4;
    }

    /**
     * Asks, and steps with something before each step, and asks again where a step answers 0.
     *
     * @param meanwhile what else the program does; true: the request was granted in it
     * @return what the last step answered, once the request was granted or is blocked
     */
    int waitFor(BooleanSupplier meanwhile) {
      assertThat(call("alloc", bytes(wanted))).isEqualTo(FRAGMENTED);
      for (int steps = 1; steps <= bound(); steps++) {
        if (meanwhile.getAsBoolean()) {
          return 0;
        }
        int answer = call("step", 8 * budget);
        assertThat(call("check")).isZero();
        if (answer == BLOCKED) {
          return answer;
        }
        if (answer == 0) {
          assertThat(alloc(wanted)).as("granted after 0").isTrue();
          return 0;
        }
        assertThat(answer).isEqualTo(1);
      }
      throw new AssertionError("neither served nor blocked after " + bound() + " steps");
    }

    @Override
    public void close() {
      mcu.close();
    }
  }

  /** In 400 steps, of which the bound has about 2,100. */
  @Test
  void a_scenario_that_asks_for_two_sizes_in_turn_gets_both() throws IOException {
    Scenario scenario;
    try (InputStream in = ProgressTest.class.getResourceAsStream("two-sizes-in-turn.json")) {
      byte[] text = Objects.requireNonNull(in).readAllBytes();
      ReadResult<Scenario> read =
          new ScenarioReader(Figures.units()).read(text, "two-sizes-in-turn", Path.of(""));
      scenario = ((ReadResult.Valid<Scenario>) read).value();
    }
    RunResult result = Lab.run(scenario, Bench.defrag());
    assertThat(result.ending()).isEqualTo(new RunEnding.Completed());
    assertThat(refused(result, "big")).isLessThan(400);
    assertThat(refused(result, "odd")).isLessThan(200);
    assertThat(refused(result, "even")).isLessThan(200);
  }

  private static long refused(RunResult result, String block) {
    return result.failures().kept().stream().filter(f -> f.block().equals(block)).count();
  }

  @ParameterizedTest
  @ValueSource(strings = {"defrag", "defrag-sliding", "defrag-small"})
  void two_requests_in_turn_are_both_served(String image) {
    try (Program program = new Program(image, 8, 8).combed(2)) {
      // the smaller one gets its hole by a free, and the blocks that are freed come back
      int answer =
          program.waitFor(
              () -> {
                program.free(program.sorted().get(0));
                program.alloc(3);
                program.alloc(2);
                return program.alloc(8);
              });
      assertThat(answer).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"defrag", "defrag-sliding", "defrag-small"})
  void what_is_gathered_is_not_taken_for_ever(String image) {
    try (Program program = new Program(image, 12, 8).combed(2)) {
      int answer =
          program.waitFor(
              () -> {
                for (int granules = 11; granules > 2; granules--) {
                  if (program.alloc(granules)) {
                    int taken = granules;
                    List<Integer> lowest = program.sorted();
                    for (int i = 0; taken > 0 && i < lowest.size() - 1; i++, taken -= 2) {
                      program.free(lowest.get(i));
                    }
                    break;
                  }
                }
                return false;
              });
      assertThat(answer).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"defrag", "defrag-sliding", "defrag-small"})
  void a_block_that_is_locked_whenever_it_is_copied_is_moved_in_the_end(String image) {
    try (Program program = new Program(image, 40, 1)) {
      for (int granules : new int[] {30, 20, 30, 17}) {
        assertThat(program.alloc(granules)).isTrue();
      }
      List<Integer> all = List.copyOf(program.blocks);
      program.free(all.get(0));
      program.free(all.get(2));
      int answer =
          program.waitFor(
              () -> {
                program.lockAndUnlock(all.get(1));
                program.lockAndUnlock(all.get(3));
                return false;
              });
      assertThat(answer).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"defrag", "defrag-sliding", "defrag-small"})
  void a_hole_that_serves_and_is_taken_again_does_not_begin_the_wait_anew(String image) {
    try (Program program = new Program(image, 8, 8)) {
      assertThat(program.alloc(2) && program.alloc(8)).isTrue();
      program.combed(2);
      int answer =
          program.waitFor(
              () -> {
                program.free(program.sorted().get(0));
                program.alloc(7);
                return program.alloc(8);
              });
      assertThat(answer).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"defrag", "defrag-sliding", "defrag-small"})
  void a_search_that_is_pulled_back_comes_to_an_end(String image) {
    try (Program program = new Program(image, 12, 8)) {
      for (int i = 0; i < 24; i++) {
        assertThat(program.alloc(1)).isTrue();
      }
      while (program.alloc(9) && program.alloc(3)) {
        // until it is full
      }
      for (int i = 24; i < program.blocks.size(); i++) {
        program.free(program.blocks.get(i)); // the larger ones, for the next index is a smaller one
      }
      int answer =
          program.waitFor(
              () -> {
                // what a step has looked at, and one more, is one hole and is taken again
                program.sorted().subList(0, 8).forEach(program::free);
                for (int i = 0; i < 8; i++) {
                  program.alloc(1);
                }
                return false;
              });
      assertThat(answer).isZero();
    }
  }

  /** Of five holes in one bin the last four are looked at, and they are too small. */
  @Test
  void a_step_that_answered_0_is_right_however_many_frees_come_after_it() {
    try (Program program = new Program("defrag", 10, 8)) {
      for (int granules : new int[] {5, 2, 5, 2, 1, 8, 1, 8, 1, 8, 1, 8, 1, 46}) {
        assertThat(program.alloc(granules)).isTrue();
      }
      List<Integer> all = List.copyOf(program.blocks);
      program.free(all.get(0));
      program.free(all.get(2));
      assertThat(program.alloc(10)).isFalse();
      int answer;
      do {
        answer = program.call("step", 64);
      } while (answer == 1);
      assertThat(answer).isZero();
      // the block right above the hole, which is larger then, and four others
      for (int i : new int[] {3, 5, 7, 9, 11}) {
        program.free(all.get(i));
      }
      assertThat(program.alloc(10)).isTrue();
    }
  }

  @Test
  void who_is_served_by_a_free_is_told_before_idle_work() {
    try (Program program = new Program("defrag", 4, 8).combed(2)) {
      assertThat(program.call("keep_ready", bytes(30))).isZero();
      int[] turn = {0};
      int answer =
          program.waitFor(
              () -> {
                assertThat(turn[0]).as("steps").isLessThan(2);
                program.free(program.sorted().get(3 + turn[0]++));
                return false;
              });
      assertThat(answer).isZero();
      assertThat(turn[0]).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"defrag", "defrag-sliding", "defrag-small"})
  void who_is_blocked_is_told_although_other_blocks_are_locked_and_unlocked(String image) {
    try (Program program = new Program(image, 8, 8).combed(2)) {
      List<Integer> all = program.sorted();
      for (int i = 1; i < all.size(); i += 2) {
        assertThat(program.call("lock", all.get(i))).isPositive();
      }
      int answer =
          program.waitFor(
              () -> {
                program.lockAndUnlock(all.get(0));
                return false;
              });
      assertThat(answer).isEqualTo(BLOCKED);
    }
  }
}
