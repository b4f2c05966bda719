package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.Pauses;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Stalls;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.workload.OperationKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** One stall, measured by the lab and by hand on an Mcu that only this test drives. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class StallTest {
  private static final int POOL = 512;
  private static final int HANDLES = 8;
  private static final int BUDGET = 32;
  private static final int FRAGMENTED = -2;

  /** Four blocks of 104 bytes with their headers in 472 bytes, the first and the third freed. */
  private static Bench bench() {
    return new Bench()
        .pool(POOL, HANDLES)
        .policy(new DefragPolicy.OnFailure(BUDGET))
        .alloc('a', 100)
        .alloc('b', 100)
        .alloc('c', 100)
        .alloc('d', 100)
        .free('a')
        .free('c')
        .alloc('e', 160);
  }

  private static Outcome.Returned call(Mcu mcu, String function, int... arguments) {
    Outcome outcome = mcu.call(mcu.image().function(function).orElseThrow(), 1_000_000, arguments);
    assertThat(outcome).as(function).isInstanceOf(Outcome.Returned.class);
    return (Outcome.Returned) outcome;
  }

  @Test
  void a_stall_is_the_failed_call_its_steps_and_one_retry() {
    FirmwareImage image = Bench.defrag();
    long cycles = 0;
    long first;
    List<Long> steps = new ArrayList<>();
    int moved = 0;
    int stack = 0;
    try (Mcu mcu = Mcu.create(Bench.PART, image, Strictness.NORMAL, List.of())) {
      mcu.reset(1_000_000);
      mcu.reserveStack(512);
      long pool = (image.sramUsedEnd(Bench.PART.sramBase()) + 7) / 8 * 8;
      assertThat(call(mcu, "image_init", (int) pool, POOL, HANDLES).value()).isZero();
      int a = call(mcu, "image_alloc", 100).value();
      int b = call(mcu, "image_alloc", 100).value();
      int c = call(mcu, "image_alloc", 100).value();
      int d = call(mcu, "image_alloc", 100).value();
      call(mcu, "image_free", a);
      call(mcu, "image_free", c);
      int whereB = call(mcu, "image_address", b).value();
      int whereD = call(mcu, "image_address", d).value();
      Outcome.Returned alloc = call(mcu, "image_alloc", 160);
      assertThat(alloc.value()).isEqualTo(FRAGMENTED);
      first = alloc.cycles();
      cycles += first;
      Outcome.Returned step;
      do {
        step = call(mcu, "image_step", BUDGET);
        assertThat(step.value()).isBetween(0, 1);
        steps.add(step.cycles());
        cycles += step.cycles();
      } while (step.value() == 1);
      alloc = call(mcu, "image_alloc", 160);
      assertThat(alloc.value()).isPositive();
      cycles += alloc.cycles();
      moved += call(mcu, "image_address", b).value() != whereB ? 100 : 0;
      moved += call(mcu, "image_address", d).value() != whereD ? 100 : 0;
      stack = mcu.deepestStackBytes();
    }
    assertThat(moved).isPositive();
    // 100 bytes do not move in one step of 32
    assertThat(steps).hasSizeGreaterThan(3);

    RunResult result = Lab.run(bench().scenario(), image);
    assertThat(result.ending()).isEqualTo(new RunEnding.Completed());
    assertThat(result.stalls().events().kept())
        .containsExactly(new Stalls.Stall(6, 160, steps.size(), moved, cycles, null));
    assertThat(result.stalls().longest()).isEqualTo(result.stalls().events().kept().get(0));
    assertThat(result.stalls().cycles().total()).isEqualTo(cycles);
    assertThat(result.pauses().events().kept())
        .extracting(Pauses.Pause::cycles)
        .containsExactlyElementsOf(steps);
    assertThat(result.pauses().bytesMoved()).isEqualTo(moved);
    assertThat(result.pauses().exact()).isTrue();
    assertThat(Objects.requireNonNull(result.memory()).deepestStack()).isEqualTo(stack);
    // 4 calls that served, the one that failed, one retry
    assertThat(Objects.requireNonNull(result.operation(OperationKind.ALLOC)).cycles().count())
        .isEqualTo(4 + 1 + 1);
    assertThat(result.figures()).containsEntry("alloc.failed", 0L).containsEntry("failed", 0L);
  }

  private static final int BLOCKED = -3;

  /** Requests that are refused until so many steps were done, and what these answer. */
  private static RunResult scripted(List<Integer> requests, int servesFrom, int... answers) {
    FirmwareImage image =
        new PatchedElf("scripted-steps")
            .words("script_serves_from", servesFrom)
            .words("script_answers", answers)
            .image();
    Bench bench = new Bench().policy(new DefragPolicy.OnFailure(BUDGET)).callBudget(10_000);
    for (int i = 0; i < requests.size(); i++) {
      bench.alloc((char) ('a' + i), requests.get(i));
    }
    Lab.Options options =
        Lab.Options.standard().withoutSampling().withStrictness(Strictness.STRICT);
    return Lab.run(bench.scenario(), image, options);
  }

  private static RunResult scripted(int servesFrom, int... answers) {
    return scripted(List.of(200), servesFrom, answers);
  }

  private static void ends(RunResult result, int steps, int calls, @Nullable ContractError error) {
    assertThat(result.ending()).isEqualTo(new RunEnding.Completed());
    Stalls.Stall stall = result.stalls().events().kept().get(0);
    assertThat(stall.steps()).isEqualTo(steps);
    assertThat(stall.error()).isEqualTo(error);
    assertThat(result.stalls().unserved()).isEqualTo(error == null ? 0 : 1);
    assertThat(result.failures().count()).isEqualTo(error == null ? 0 : 1);
    OperationStats allocs = Objects.requireNonNull(result.operation(OperationKind.ALLOC));
    OperationStats stepped = Objects.requireNonNull(result.operation(OperationKind.STEP));
    assertThat(allocs.cycles().count()).isEqualTo(calls);
    assertThat(stall.cycles()).isEqualTo(allocs.cycles().total() + stepped.cycles().total());
  }

  @Test
  void a_stall_ends_served_by_the_retry_after_a_step_that_answers_0() {
    ends(scripted(1, 0), 1, 2, null);
    // served before that, it asks no earlier
    ends(scripted(1, 1, 1, 0), 3, 2, null);
  }

  @Test
  void a_stall_ends_with_the_error_of_a_step() {
    ends(scripted(8, 1, BLOCKED), 2, 1, ContractError.BLOCKED_BY_LOCKS);
    ends(scripted(8, 1, -1), 2, 1, ContractError.OUT_OF_MEMORY);
    ends(scripted(8, 0, BLOCKED), 2, 2, ContractError.BLOCKED_BY_LOCKS);
  }

  @Test
  void a_refused_retry_is_followed_by_more_steps_until_one_is_served() {
    ends(scripted(2, 0, 0), 2, 3, null);
    ends(scripted(3, 0, 1, 0), 3, 3, null);
    ends(scripted(4, 0, 1, 1, 0), 4, 3, null);
    ends(scripted(4, 0, 0, 1, 0), 4, 4, null);
    ends(scripted(5, 0, 1, 0, 1, 0), 5, 4, null);
  }

  /**
   * The first request is given up with the error that the first step answers.
   *
   * @param answers of the steps after that one
   */
  private static RunResult givenUp(int first, int second, int servesFrom, int... answers) {
    int[] all = IntStream.concat(IntStream.of(BLOCKED), IntStream.of(answers)).toArray();
    return scripted(List.of(first, second), 1 + servesFrom, all);
  }

  private static void secondEnds(
      RunResult result, int steps, int calls, @Nullable ContractError error) {
    assertThat(result.ending()).isEqualTo(new RunEnding.Completed());
    List<Stalls.Stall> stalls = result.stalls().events().kept();
    assertThat(stalls).hasSize(2);
    assertThat(stalls.get(0).steps()).isEqualTo(1);
    assertThat(stalls.get(0).error()).isEqualTo(ContractError.BLOCKED_BY_LOCKS);
    assertThat(stalls.get(1).steps()).isEqualTo(steps);
    assertThat(stalls.get(1).error()).isEqualTo(error);
    OperationStats allocs = Objects.requireNonNull(result.operation(OperationKind.ALLOC));
    assertThat(allocs.cycles().count()).isEqualTo(1 + calls);
  }

  @Test
  void an_error_that_may_be_that_of_a_larger_request_given_up_is_followed_by_a_retry() {
    secondEnds(givenUp(300, 200, 1, BLOCKED), 1, 2, null);
    secondEnds(givenUp(300, 200, 3, BLOCKED, 1, 0), 3, 3, null);
    secondEnds(givenUp(300, 200, 3, -1, 1, 0), 3, 3, null);
    secondEnds(givenUp(300, 200, 4, 0, 1, BLOCKED, 0), 4, 4, null);
  }

  @Test
  void the_error_after_that_retry_is_the_requests_own() {
    secondEnds(givenUp(300, 200, 8, BLOCKED, BLOCKED), 2, 2, ContractError.BLOCKED_BY_LOCKS);
    secondEnds(givenUp(300, 200, 8, BLOCKED, 1, 1, BLOCKED), 4, 2, ContractError.BLOCKED_BY_LOCKS);
    secondEnds(givenUp(300, 200, 8, 0, -1, BLOCKED), 3, 3, ContractError.BLOCKED_BY_LOCKS);
  }

  @Test
  void a_request_that_is_no_smaller_than_those_given_up_takes_the_first_error_for_its_own() {
    secondEnds(givenUp(200, 200, 8, BLOCKED), 1, 1, ContractError.BLOCKED_BY_LOCKS);
    secondEnds(givenUp(200, 300, 8, 1, BLOCKED), 2, 1, ContractError.BLOCKED_BY_LOCKS);
  }

  @Test
  void a_stall_without_an_end_exhausts_its_budget_and_says_whether_it_would_be_served() {
    RunEnding needless = scripted(2, 1).ending();
    RunEnding hopeless = scripted(1_000_000, 1, 1, 1, 1, 1, 1, 1, 1).ending();
    assertThat(((RunEnding.BudgetExhausted) scripted(3, 1, 1, 1, 1, 1, 1, 1, 1).ending()).during())
        .endsWith("more to do; the request would be served now: image_step must answer 0 then");
    assertThat(((RunEnding.BudgetExhausted) hopeless).during()).endsWith("always has more to do");
    // steps that take next to no time are bounded, too: 4 for each byte of the pool
    assertThat(((RunEnding.BudgetExhausted) hopeless).during()).contains("called ");
    assertThat(needless).isInstanceOf(RunEnding.Completed.class); // the second step answers 0
  }

  @Test
  void a_request_that_is_refused_after_every_0_exhausts_the_budget_of_its_stall() {
    RunResult result = scripted(1_000_000, 0, 1, 0, 1, 0, 1, 0, 1);
    assertThat(result.exitStatus()).isEqualTo(5);
    assertThat(((RunEnding.BudgetExhausted) result.ending()).during())
        .endsWith("in a row because the request is refused whenever it does not answer 1");
  }

  @Test
  void a_stall_ends_unserved_where_three_steps_in_a_row_answer_0_to_no_use() {
    ends(scripted(8, 0, 0, 0), 3, 4, ContractError.FRAGMENTED);
    ends(scripted(8, 0, 1, 0, 0, 0), 5, 5, ContractError.FRAGMENTED);
  }

  @Test
  void without_the_policy_the_same_request_fails_at_once() {
    RunResult result =
        Lab.run(bench().policy(new DefragPolicy.Never(BUDGET)).scenario(), Bench.defrag());
    assertThat(result.stalls().events().count()).isZero();
    assertThat(result.figures())
        .containsEntry("pauses.count", 0L)
        .containsEntry("alloc.failed", 1L)
        .containsEntry("fragmentation.catastrophic", 1L);
  }

  /**
   *
   *
   * <pre>
   * |a..|b|c..|ww|d.|e e e|f.|g g g|h.|i i i|j.|kk|      w and k are locked
   * </pre>
   *
   * The smaller request can be served below w only by moving b.
   */
  @Test
  void a_second_request_while_a_block_moves_for_the_first_finds_what_is_below_that_block() {
    Bench bench =
        new Bench()
            .pool(1320, 16)
            .alloc('a', 100)
            .alloc('b', 4)
            .alloc('c', 100)
            .alloc('w', 4)
            .alloc('d', 60)
            .alloc('e', 236)
            .alloc('f', 60)
            .alloc('g', 236)
            .alloc('h', 60)
            .alloc('i', 236)
            .alloc('j', 60)
            .alloc('k', 4)
            .lock('w')
            .lock('k')
            .free('a')
            .free('c')
            .free('d')
            .free('f')
            .free('h')
            .free('j')
            .alloc('y', 236)
            .step(5);
    assertThat(Lab.run(bench.scenario(), Bench.defrag()).pauses().bytesMoved()).isZero();
    RunResult result =
        Lab.run(bench.alloc('z', 196).step(100).alloc('x', 196).scenario(), Bench.defrag());
    assertThat(result.ending()).isEqualTo(new RunEnding.Completed());
    assertThat(result.failures().kept()).extracting(Failure::block).containsExactly("y", "z");
  }
}
