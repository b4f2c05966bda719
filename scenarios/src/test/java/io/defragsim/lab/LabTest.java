package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.image.DoesNotFitException;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.Fragmentation;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.HeapImage.Span;
import io.defragsim.lab.result.HeapImage.Use;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.FigureUnit;
import io.defragsim.scenario.Scenario;
import io.defragsim.workload.OperationKind;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class LabTest {
  private static final DefragPolicy ON_FAILURE = new DefragPolicy.OnFailure(64);

  private static OperationStats stats(RunResult result, OperationKind kind) {
    return Objects.requireNonNull(result.operation(kind), kind.key());
  }

  private static long figure(RunResult result, String name) {
    return Objects.requireNonNull(result.figures().get(name), name);
  }

  private static RunResult completed(Scenario scenario, FirmwareImage image) {
    RunResult result = Lab.run(scenario, image);
    assertThat(result.ending()).isEqualTo(new RunEnding.Completed());
    return result;
  }

  /** Eight blocks that fill a pool of 1 KiB but for a rest, every other one freed. */
  private static Bench cheese() {
    Bench bench = new Bench().policy(ON_FAILURE).pool(1024 + 64, 16);
    for (char block = 'a'; block <= 'h'; block++) {
      bench.alloc(block, 116);
    }
    bench.free('a').free('c').free('e').free('g');
    return bench;
  }

  @Test
  void holes_that_would_suffice_together_fail_a_request_on_newlib_nano_and_serve_it_on_defrag() {
    Scenario scenario = cheese().alloc('z', 300).scenario();

    RunResult newlib = completed(scenario, Bench.newlibNano());
    assertThat(newlib.failures().count()).isEqualTo(1);
    Failure failure = newlib.failures().kept().get(0);
    assertThat(failure.catastrophic()).isTrue();
    assertThat(failure.freeBytes()).isGreaterThanOrEqualTo(300);
    assertThat(failure.block()).isEqualTo("z");
    assertThat(figure(newlib, "fragmentation.catastrophic")).isEqualTo(1);
    assertThat(figure(newlib, "alloc.failed")).isEqualTo(1);
    assertThat(figure(newlib, "pauses.count")).isZero();

    RunResult defrag = completed(scenario, Bench.defrag());
    assertThat(defrag.failures().count()).isZero();
    assertThat(figure(defrag, "fragmentation.catastrophic")).isZero();
    assertThat(figure(defrag, "stalls.count")).isEqualTo(1);
    assertThat(figure(defrag, "pauses.bytes")).isPositive();
  }

  @Test
  void operations_on_a_block_that_was_not_served_are_skipped() {
    Scenario scenario =
        new Bench()
            .alloc('a', 5000)
            .lock('a')
            .write('a')
            .unlock('a')
            .grow('a', 6000)
            .free('a')
            .alloc('a', 8)
            .free('a')
            .scenario();
    RunResult result = completed(scenario, Bench.defrag());
    assertThat(stats(result, OperationKind.ALLOC).failedBy())
        .isEqualTo(Map.of(ContractError.OUT_OF_MEMORY, 1L));
    assertThat(figure(result, "skipped")).isEqualTo(5);
    assertThat(stats(result, OperationKind.FREE).served()).isEqualTo(1);
    assertThat(stats(result, OperationKind.FREE).skipped()).isEqualTo(1);
    assertThat(result.executed()).isEqualTo(8);
  }

  @Test
  void a_run_equals_its_repetition() {
    Scenario scenario = cheese().alloc('z', 300).lock('z').unlock('z').pause(100).scenario();
    assertThat(Lab.run(scenario, Bench.defrag())).isEqualTo(Lab.run(scenario, Bench.defrag()));
    assertThat(Lab.run(scenario, Bench.newlibNano()))
        .isEqualTo(Lab.run(scenario, Bench.newlibNano()));
  }

  @Test
  void sampling_leaves_no_trace_in_the_run() {
    Scenario scenario = cheese().alloc('z', 300).lock('z').unlock('z').free('z').scenario();
    for (FirmwareImage image : List.of(Bench.defrag(), Bench.newlibNano())) {
      RunResult with = Lab.run(scenario, image);
      RunResult without = Lab.run(scenario, image, Lab.Options.standard().withoutSampling());
      assertThat(with.fragmentation().samples()).hasSizeGreaterThanOrEqualTo(16);
      assertThat(without.fragmentation().samples()).isEmpty();
      assertThat(with.cycles()).isEqualTo(without.cycles());
      assertThat(with.operations()).isEqualTo(without.operations());
      assertThat(with.pauses()).isEqualTo(without.pauses());
      assertThat(with.stalls()).isEqualTo(without.stalls());
      assertThat(with.failures()).isEqualTo(without.failures());
      assertThat(with.memory()).isEqualTo(without.memory());
      assertThat(with.heapAtEnd()).isEqualTo(without.heapAtEnd());
    }
  }

  @Test
  void fragmentation_is_one_minus_the_largest_request_over_free_bytes() {
    RunResult result = completed(cheese().scenario(), Bench.defrag());
    List<Fragmentation.Sample> samples = result.fragmentation().samples();
    // one hole: all of it can be had
    assertThat(samples.get(7).ppm()).isZero();
    Fragmentation.Sample last = samples.get(samples.size() - 1);
    // holes of 120 bytes, header included, and a rest that is smaller
    assertThat(last.largestRequest()).isEqualTo(116);
    assertThat(last.ppm())
        .isEqualTo(Math.round((last.freeBytes() - 116) * 1_000_000.0 / last.freeBytes()));
    assertThat(figure(result, "fragmentation.max")).isGreaterThan(700_000);
    assertThat(last.liveBytes()).isEqualTo(4 * 116);
  }

  @Test
  void without_a_free_handle_fragmentation_has_no_value() {
    Scenario scenario = new Bench().pool(512, 2).alloc('a', 8).alloc('b', 8).scenario();
    RunResult result = completed(scenario, Bench.defrag());
    assertThat(result.fragmentation().samples())
        .extracting(Fragmentation.Sample::ppm)
        .containsExactly(0L, null);
  }

  @Test
  void a_limit_that_is_violated_says_by_how_much() {
    Scenario scenario = cheese().alloc('z', 300).limit("pauses.max", 10).scenario();
    RunResult result = completed(scenario, Bench.defrag());
    assertThat(result.exitStatus()).isEqualTo(3);
    assertThat(result.verdicts()).hasSize(1);
    assertThat(result.verdicts().get(0).excess()).isEqualTo(figure(result, "pauses.max") - 10);
    assertThat(result.verdicts().get(0).where()).isEqualTo(12);
    // the same limit holds where nothing compacts
    assertThat(completed(scenario, Bench.newlibNano()).exitStatus()).isZero();
  }

  @Test
  void a_wait_takes_its_cycles_exactly_if_nothing_is_to_be_done() {
    Bench bench = new Bench().alloc('a', 20);
    long before = completed(bench.scenario(), Bench.defrag()).cycles();
    assertThat(completed(bench.pause(12_345).scenario(), Bench.defrag()).cycles())
        .isEqualTo(before + 12_345);
  }

  @Test
  void idle_steps_keep_a_hole_ready_and_take_their_time_from_the_wait() {
    RunResult never =
        completed(
            cheese().policy(new DefragPolicy.Never(64)).pause(50_000).scenario(), Bench.defrag());
    RunResult idle =
        completed(
            cheese().policy(new DefragPolicy.Idle(64, 300)).pause(50_000).scenario(),
            Bench.defrag());
    assertThat(figure(idle, "pauses.bytes")).isPositive();
    List<Fragmentation.Sample> samples = idle.fragmentation().samples();
    assertThat(samples.get(samples.size() - 1).largestRequest()).isGreaterThanOrEqualTo(300);
    // the steps in the wait are part of it; one more after the phase finds nothing to do; asking
    // for
    // the hole is a call, too
    List<io.defragsim.lab.result.Pauses.Pause> pauses = idle.pauses().events().kept();
    long more = idle.cycles() - never.cycles() - pauses.get(pauses.size() - 1).cycles();
    assertThat(more).isBetween(1L, 60L);
  }

  @Test
  void steps_that_nothing_waits_for_move_nothing() {
    for (DefragPolicy policy :
        List.of(new DefragPolicy.Idle(64, 0), new DefragPolicy.Every(1, 64, 0))) {
      RunResult result =
          completed(cheese().policy(policy).pause(50_000).scenario(), Bench.defrag());
      assertThat(figure(result, "pauses.count")).isPositive();
      assertThat(figure(result, "pauses.bytes")).isZero();
    }
  }

  @Test
  void a_hole_cannot_be_kept_ready_by_an_image_that_does_not_know_how_and_the_report_says_so() {
    Scenario scenario = cheese().policy(new DefragPolicy.Idle(64, 300)).scenario();
    assertThat(completed(scenario, Bench.shipped("defrag-os")).subject().notes())
        .anyMatch(note -> note.contains("keeps no hole ready"));
    assertThat(completed(scenario, Bench.defrag()).subject().notes())
        .noneMatch(note -> note.contains("keeps no hole ready"));
  }

  @Test
  void a_pinned_block_stays_and_divides_nothing_or_is_locked_where_the_image_pins_none() {
    Bench bench =
        new Bench()
            .policy(ON_FAILURE)
            .pool(1024 + 64, 16)
            .alloc('a', 400)
            .allocPinned('p', 60)
            .alloc('b', 400)
            .write('p')
            .free('a')
            .free('b')
            .alloc('z', 800);
    assertThat(completed(bench.scenario(), Bench.defrag()).failures().count()).isZero();
    for (String other : List.of("defrag-os", "newlib-nano")) {
      RunResult result = completed(bench.scenario(), Bench.shipped(other));
      assertThat(figure(result, "alloc.failed")).as(other).isEqualTo(1);
      assertThat(stats(result, OperationKind.LOCK).cycles().count()).as(other).isEqualTo(1);
    }
    RunResult freed = completed(bench.free('p').free('z').scenario(), Bench.shipped("defrag-os"));
    assertThat(stats(freed, OperationKind.FREE).served()).isEqualTo(3);
  }

  @Test
  void a_block_that_a_lock_pins_may_move_once_the_program_is_done_with_it() {
    Bench bench =
        new Bench().alloc('a', 40).allocPinned('p', 60).alloc('b', 40).write('p').free('a');
    RunResult pinned = completed(bench.scenario(), Bench.shipped("sliding-handles"));
    assertThat(pinned.pauses().bytesMoved()).isZero();
    RunResult freed = completed(bench.free('p').scenario(), Bench.shipped("sliding-handles"));
    assertThat(freed.pauses().bytesMoved()).isPositive();
  }

  @Test
  void a_resize_keeps_handle_and_content_and_is_a_grow_where_the_image_has_none() {
    Scenario scenario =
        new Bench()
            .policy(ON_FAILURE)
            .alloc('a', 20)
            .write('a')
            .resize('a', 100)
            .alloc('b', 20)
            .resize('a', 300)
            .resize('a', 7)
            .resize('a', 5000)
            .free('a')
            .scenario();
    RunResult own = completed(scenario, Bench.defrag());
    assertThat(stats(own, OperationKind.RESIZE).served()).isEqualTo(3);
    assertThat(stats(own, OperationKind.RESIZE).failed()).isEqualTo(1);
    assertThat(stats(own, OperationKind.ALLOC).cycles().count()).isEqualTo(2);
    assertThat(figure(own, "live.max")).isEqualTo(320);
    RunResult grown = completed(scenario, Bench.shipped("defrag-os"));
    assertThat(stats(grown, OperationKind.RESIZE).served()).isEqualTo(3);
    assertThat(stats(grown, OperationKind.ALLOC).cycles().count()).isGreaterThan(5);
    assertThat(figure(grown, "live.max")).isEqualTo(420);
  }

  @Test
  void an_image_may_refuse_a_pool_before_anything_runs() {
    Scenario scenario = new Bench().pool(6 * 1024, 300).alloc('a', 8).scenario();
    assertThatThrownBy(() -> Lab.check(scenario, Bench.shipped("defrag-small")))
        .isInstanceOf(DoesNotFitException.class)
        .hasMessageContaining("defrag-small refuses a pool")
        .hasMessageContaining("-12 (bad argument)");
    Lab.check(scenario, Bench.defrag());
  }

  @Test
  void the_periodic_policy_steps_once_every_n_operations() {
    Scenario scenario = cheese().policy(new DefragPolicy.Every(5, 32, 0)).scenario();
    RunResult result = completed(scenario, Bench.defrag());
    assertThat(figure(result, "pauses.count")).isEqualTo(12 / 5);
    assertThat(result.pauses().events().kept())
        .extracting(io.defragsim.lab.result.Pauses.Pause::operation)
        .containsExactly(4L, 9L);
  }

  @Test
  void a_locked_block_in_the_way_is_named() {
    Bench bench = cheese();
    bench.lock('b').lock('d').lock('f').lock('h');
    RunResult result = completed(bench.alloc('z', 300).scenario(), Bench.defrag());
    Failure failure = result.failures().kept().get(0);
    assertThat(failure.error()).isEqualTo(ContractError.BLOCKED_BY_LOCKS);
    assertThat(failure.blocker()).isIn("b", "d", "f", "h");
    assertThat(figure(result, "stalls.unserved") + figure(result, "alloc.failed"))
        .isGreaterThanOrEqualTo(1);
  }

  /** A block of 300 bytes above a hole of 104 slides down in parts of 32, for a request of 160. */
  private static Bench halfMoved() {
    return new Bench()
        .pool(1024, 8)
        .policy(new DefragPolicy.Never(32))
        .alloc('a', 100)
        .alloc('b', 300)
        .alloc('c', 100)
        .alloc('d', 400)
        .free('a')
        .free('c')
        .alloc('z', 160)
        .step(4);
  }

  @Test
  void a_lock_of_a_block_in_two_parts_fails_and_its_unlock_is_skipped() {
    Scenario scenario = halfMoved().lock('b').write('b').unlock('b').free('b').scenario();
    RunResult result = completed(scenario, Bench.defrag());
    assertThat(stats(result, OperationKind.LOCK).failedBy())
        .isEqualTo(Map.of(ContractError.MOVING, 1L));
    assertThat(stats(result, OperationKind.WRITE).failedBy())
        .isEqualTo(Map.of(ContractError.MOVING, 1L));
    assertThat(stats(result, OperationKind.UNLOCK).skipped()).isEqualTo(1);
    assertThat(stats(result, OperationKind.FREE).served()).isEqualTo(3);
  }

  @Test
  void a_run_may_end_with_a_block_in_two_parts_whose_move_can_be_finished() {
    RunResult ended = completed(halfMoved().scenario(), Bench.defrag());
    // the steps that finish the move for the check are no part of the run
    assertThat(figure(ended, "pauses.count")).isEqualTo(4);
    assertThat(figure(ended, "pauses.bytes")).isZero();
    HeapImage map = Objects.requireNonNull(ended.heapAtEnd());
    assertThat(map.spans()).extracting(Span::use).contains(Use.USED);
    // with more steps the block arrives and counts
    RunResult arrived = completed(halfMoved().step(50).scenario(), Bench.defrag());
    assertThat(figure(arrived, "pauses.bytes")).isGreaterThanOrEqualTo(300);
  }

  @Test
  void growing_keeps_the_number_and_frees_the_old_block() {
    Scenario scenario =
        new Bench().alloc('a', 20).grow('a', 100).grow('a', 7).write('a').free('a').scenario();
    for (FirmwareImage image : List.of(Bench.defrag(), Bench.newlibNano())) {
      RunResult result = completed(scenario, image);
      assertThat(stats(result, OperationKind.GROW).served()).isEqualTo(2);
      assertThat(stats(result, OperationKind.ALLOC).count()).isEqualTo(1);
      assertThat(stats(result, OperationKind.ALLOC).cycles().count()).isEqualTo(3);
      // both blocks are locked in a grow, and a block that is not held in a write
      assertThat(stats(result, OperationKind.LOCK).cycles().count()).isEqualTo(5);
      assertThat(figure(result, "live.max")).isEqualTo(120);
      assertThat(Objects.requireNonNull(result.heapAtEnd()).spans())
          .extracting(Span::use)
          .doesNotContain(Use.USED);
    }
  }

  @Test
  void a_grow_that_fails_leaves_the_block_as_it_was() {
    Scenario scenario = new Bench().alloc('a', 20).grow('a', 100_000).free('a').scenario();
    RunResult result = completed(scenario, Bench.defrag());
    assertThat(stats(result, OperationKind.GROW).failed()).isEqualTo(1);
    assertThat(stats(result, OperationKind.FREE).served()).isEqualTo(1);
  }

  @Test
  void the_heap_map_covers_the_pool_and_shows_every_payload() {
    Scenario scenario = cheese().lock('b').scenario();
    for (FirmwareImage image : List.of(Bench.defrag(), Bench.newlibNano())) {
      HeapImage map = Objects.requireNonNull(completed(scenario, image).heapAtEnd());
      int at = 0;
      for (Span span : map.spans()) {
        assertThat(span.offset()).isEqualTo(at);
        assertThat(span.bytes()).isPositive();
        at += span.bytes();
      }
      assertThat(at).isEqualTo(map.poolBytes());
      assertThat(map.spans()).filteredOn(s -> s.use() == Use.USED).hasSize(3);
      assertThat(map.spans())
          .filteredOn(s -> s.use() == Use.USED || s.use() == Use.LOCKED)
          .allMatch(s -> s.bytes() == 116);
      assertThat(map.spans()).filteredOn(s -> s.use() == Use.LOCKED).hasSize(1);
      assertThat(map.spans()).filteredOn(s -> s.use() == Use.FREE).hasSizeGreaterThanOrEqualTo(4);
    }
  }

  @Test
  void memory_taken_adds_up() {
    RunResult result = completed(cheese().scenario(), Bench.defrag());
    var memory = Objects.requireNonNull(result.memory());
    assertThat(memory.data() + memory.pool() + memory.unused() + memory.stackReserve())
        .isEqualTo(memory.sram())
        .isEqualTo(8 * 1024);
    // 16 handles of 4 bytes, a header at each end of the pool at least
    assertThat(memory.table()).isBetween(64, 80);
    assertThat(memory.deepestStack()).isBetween(8, 200);
    assertThat(memory.flash()).isBetween(500, 12000);
  }

  @Test
  void a_part_above_its_zero_wait_clock_is_noted() {
    McuConfig fast =
        new McuConfig("fast", 48_000_000, 24_000_000, 1, 32 * 1024, 0x20000000L, 8 * 1024);
    Scenario scenario = new Bench().alloc('a', 8).part(fast).scenario();
    assertThat(completed(scenario, Bench.defrag()).subject().notes())
        .anyMatch(note -> note.contains("unaligned"))
        .anyMatch(note -> note.contains("wait states are not counted"));
  }

  @Test
  void wait_states_make_calls_longer_and_their_limits_estimates_and_change_nothing_else() {
    McuConfig part =
        new McuConfig("fast", 48_000_000, 20_000_000, 1, 32 * 1024, 0x20000000L, 8 * 1024);
    RunResult exact = completed(cheese().part(part).scenario(), Bench.defrag());
    RunResult slow = completed(cheese().part(part.withWaitStates(1)).scenario(), Bench.defrag());
    RunResult slower = completed(cheese().part(part.withWaitStates(2)).scenario(), Bench.defrag());

    assertThat(figure(slow, "alloc.max")).isGreaterThan(figure(exact, "alloc.max"));
    assertThat(figure(slower, "alloc.max")).isGreaterThan(figure(slow, "alloc.max"));
    assertThat(figure(slow, "cycles"))
        .isBetween(figure(exact, "cycles"), figure(exact, "cycles") * 3 / 2);
    for (var figure : exact.figures().entrySet()) {
      if (Figures.units().get(figure.getKey()) != FigureUnit.CYCLES) {
        assertThat(slower.figures().get(figure.getKey()))
            .as(figure.getKey())
            .isEqualTo(figure.getValue());
      }
    }
    assertThat(exact.subject().notes()).noneMatch(note -> note.contains("estimate"));
    assertThat(slow.subject().notes())
        .anyMatch(note -> note.contains("estimate"))
        .anyMatch(note -> note.contains("needs 2 wait states, more than were counted"));
    assertThat(slower.subject().notes())
        .anyMatch(note -> note.contains("estimate"))
        .noneMatch(note -> note.contains("more than were counted"));
  }
}
