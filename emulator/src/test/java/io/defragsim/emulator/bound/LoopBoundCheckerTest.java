package io.defragsim.emulator.bound;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Mcu;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopBoundCheckerTest {
  private static final String NEST =
      """
      function leaf: movs r1, #2
      inner: @2
      subs r1, #1; bne inner
      bx lr
      function f: push {r4, lr}; movs r4, r0
      top: @3
      bl leaf; subs r4, #1; bne top
      pop {r4, pc}
      function g: push {r4, lr}; bl leaf
      again: @0+8
      subs r0, #8; bne again
      b finish
      finish: pop {r4, pc}
      function tail: movs r0, #1; b leaf
      """;

  private static List<LoopBoundChecker.Seen> seen(String function, int argument) {
    Listing program = new Listing(NEST);
    LoopBoundChecker checker = new LoopBoundChecker(program.image());
    try (Mcu mcu = program.mcu(checker)) {
      Listing.run(mcu, function, argument);
    }
    return checker.seen();
  }

  @Test
  void each_entry_of_a_loop_counts_anew() {
    assertThat(seen("f", 3))
        .extracting(LoopBoundChecker.Seen::runs, LoopBoundChecker.Seen::most)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(2L, 2L),
            org.assertj.core.groups.Tuple.tuple(3L, 3L));
  }

  @Test
  void a_loop_that_runs_once_more_than_it_may_is_told() {
    assertThat(seen("f", 4))
        .filteredOn(LoopBoundChecker.Seen::exceeded)
        .singleElement()
        .satisfies(
            seen -> {
              assertThat(seen.header().function()).isEqualTo("f");
              assertThat(seen.runs()).isEqualTo(4);
              assertThat(seen.most()).isEqualTo(3);
            });
  }

  @Test
  void the_budget_is_the_argument_of_the_call() {
    assertThat(seen("g", 64)).noneMatch(LoopBoundChecker.Seen::exceeded);
    assertThat(seen("g", 64)).anyMatch(seen -> seen.runs() == 8 && seen.most() == 8);
  }

  @Test
  void a_function_that_is_branched_to_is_followed() {
    assertThat(seen("tail", 0)).singleElement().matches(seen -> seen.runs() == 2);
  }
}
