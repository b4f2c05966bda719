package io.defragsim.emulator.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.bench.LoopBenchmark.Counted;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What bench measures of the engines, in rounds of next to no time. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class LoopBenchmarkTest {
  private static final Rounds SHORTEST = new Rounds(1, 0);

  private final LoopBenchmark loop = new LoopBenchmark(SHORTEST, 10);

  @Test
  void the_loop_runs_bare_and_in_each_way_of_counting() {
    assertThat(loop.loop())
        .extracting(Counted::way)
        .contains("bare, nothing counted", "counted in Java", "no engine (--strict)");
  }

  @Test
  void a_counted_call_of_10_turns_has_141_cycles() {
    // 10 times 14, of which the last BNE takes 1 in place of 3, and 3 for BX.
    assertThat(loop.loop())
        .filteredOn(counted -> !counted.way().startsWith("bare"))
        .extracting(counted -> counted.rate().units())
        .containsOnly(141L);
  }

  @Test
  void empty_calls_and_two_threads_have_rates() {
    assertThat(loop.emptyCalls().perSecond()).isPositive();
    LoopBenchmark.Threads threads = loop.threads();
    assertThat(threads.one()).isPositive();
    assertThat(threads.times()).isPositive();
  }

  @Test
  void rounds_warm_up_once_before_they_count() {
    AtomicInteger calls = new AtomicInteger();

    Rate best = new Rounds(3, 0).best(calls::incrementAndGet);

    assertThat(calls).hasValue(4);
    assertThat(best.units()).isBetween(2L, 4L);
  }
}
