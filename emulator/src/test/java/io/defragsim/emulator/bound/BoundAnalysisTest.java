package io.defragsim.emulator.bound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.timing.CycleModel;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Worst cases of small programs, each counted by hand or run at its worst. */
class BoundAnalysisTest {

  static BoundAnalysis analysis(Listing program) {
    return new BoundAnalysis(program.image(), CycleModel.cortexM0(32));
  }

  private static FunctionBound bound(String source) throws UnboundedException {
    return analysis(new Listing(source)).bound("f");
  }

  private static void refused(String source, String where, String why) {
    assertThatThrownBy(() -> bound(source))
        .isInstanceOf(UnboundedException.class)
        .hasMessageContaining(where)
        .hasMessageContaining(why);
  }

  @Test
  void straight_code_takes_the_sum_of_its_instructions() throws UnboundedException {
    FunctionBound bound =
        bound("function f: push {r4, lr}; muls r0, r1, r0; ldr r2, [sp, #0]; pop {r4, pc}");
    assertThat(bound.cycles()).isEqualTo(3 + 32 + 2 + 6);
    assertThat(bound.stackBytes()).isEqualTo(8);
  }

  @Test
  void of_two_ways_the_longer_one_counts_with_its_branches() throws UnboundedException {
    // taken: 1 + 3 + 1 + 3; not taken: 1 + 1 + 2 + 3 + 3
    String diamond =
        """
        function f: cmp r0, #0; beq zero
        ldr r1, [pc, #0]; b end
        zero: movs r1, #1
        end: bx lr
        """;
    assertThat(bound(diamond).cycles()).isEqualTo(1 + 1 + 2 + 3 + 3);
    assertThat(new Listing(diamond).run("f", 1)).isEqualTo(10);
  }

  @Test
  void a_loop_takes_as_long_as_its_bound_allows() throws UnboundedException {
    Listing loop =
        new Listing(
            """
            function f: movs r0, #7
            top: @7
            subs r0, #1; bne top
            bx lr
            """);
    assertThat(analysis(loop).bound("f").cycles()).isEqualTo(1 + 7 * 4 - 2 + 3);
    assertThat(loop.run("f")).isEqualTo(1 + 7 * 4 - 2 + 3);
  }

  @Test
  void the_test_before_the_bound_runs_once_more_than_the_bound() throws UnboundedException {
    Listing loop =
        new Listing(
            """
            function f: movs r0, #5
            test: cmp r0, #0; beq end
            @5
            subs r0, #1; ldr r1, [pc, #0]; b test
            end: bx lr
            """);
    assertThat(analysis(loop).bound("f").cycles()).isEqualTo(loop.run("f"));
  }

  @Test
  void inner_loops_start_anew_each_time() throws UnboundedException {
    Listing nest =
        new Listing(
            """
            function f: movs r0, #3
            outer: @3
            movs r1, #4
            inner: @4
            subs r1, #1; bne inner
            subs r0, #1; bne outer
            bx lr
            """);
    FunctionBound bound = analysis(nest).bound("f");
    assertThat(bound.cycles()).isEqualTo(nest.run("f"));
    assertThat(bound.path())
        .filteredOn(step -> step.last().startsWith("bne"))
        .extracting(FunctionBound.Step::count)
        .containsExactly(9L, 3L, 2L, 1L);
    assertThat(bound.path().stream().mapToLong(FunctionBound.Step::total).sum())
        .isEqualTo(bound.cycles());
  }

  @Test
  void a_way_out_in_the_middle_is_taken_when_it_is_the_longest() throws UnboundedException {
    Listing loop =
        new Listing(
            """
            function f: movs r1, #4
            top: @4
            cmp r1, r0; beq leave
            subs r1, #1; bne top
            bx lr
            leave: ldr r2, [pc, #0]; ldr r2, [pc, #0]; ldr r2, [pc, #0]; bx lr
            """);
    assertThat(analysis(loop).bound("f").cycles())
        .isEqualTo(loop.run("f", 1))
        .isGreaterThan(loop.run("f", 9));
  }

  @Test
  void copies_of_one_place_share_its_bound() throws UnboundedException {
    Listing loop =
        new Listing(
            """
            function f: movs r1, #6
            top: lsrs r0, r0, #1; bcs odd
            @6 line 8
            ldr r2, [pc, #0]; subs r1, #1; bne top
            bx lr
            odd: @6 line 8
            subs r1, #1; bne top
            bx lr
            """);
    assertThat(analysis(loop).bound("f").cycles()).isEqualTo(loop.run("f", 0));
  }

  @Test
  void the_budget_counts_for_each_part_begun() throws UnboundedException {
    Listing loop =
        new Listing(
            """
            function f: adds r0, #15; lsrs r0, r0, #4
            top: @0+16
            subs r0, #1; bne top
            bx lr
            """);
    BoundAnalysis analysis = analysis(loop);
    assertThat(analysis.bound("f", 64).cycles()).isEqualTo(loop.run("f", 64));
    assertThat(analysis.bound("f", 65).cycles()).isEqualTo(loop.run("f", 65));
    assertThatThrownBy(() -> analysis.bound("f")).hasMessageContaining("depends on a budget");
  }

  @Test
  void calls_and_tail_calls_are_part_of_it() throws UnboundedException {
    Listing program =
        new Listing(
            """
            function leaf: push {r4, r5}; muls r0, r1, r0; pop {r4, r5}; bx lr
            function g: push {r4, lr}; bl leaf; bl leaf; pop {r4, pc}
            function h: movs r0, #1; b leaf
            """);
    FunctionBound calls = analysis(program).bound("g");
    assertThat(calls.cycles()).isEqualTo(program.run("g"));
    assertThat(calls.stackBytes()).isEqualTo(16);
    assertThat(analysis(program).bound("h").cycles()).isEqualTo(program.run("h"));
  }

  @Test
  void a_call_in_a_loop_counts_each_time() throws UnboundedException {
    Listing program =
        new Listing(
            """
            function leaf: movs r1, #2
            inner: @2
            subs r1, #1; bne inner
            bx lr
            function f: push {r4, lr}; movs r4, #3
            top: @3
            bl leaf; subs r4, #1; bne top
            pop {r4, pc}
            """);
    assertThat(analysis(program).bound("f").cycles()).isEqualTo(program.run("f"));
  }

  @Test
  void a_loop_that_its_bound_says_never_runs_costs_nothing() throws UnboundedException {
    Listing loop =
        new Listing(
            """
            function f: cmp r0, #0; beq end
            top: @0
            subs r0, #1; bne top
            end: bx lr
            """);
    assertThat(analysis(loop).bound("f").cycles()).isEqualTo(loop.run("f", 0));
  }

  @Test
  void the_longest_stretch_with_interrupts_masked_is_found() throws UnboundedException {
    Listing program =
        new Listing(
            """
            function f: cpsid i; adds r0, #1; cpsie i
            mrs r3, primask; cpsid i; cmp r0, #0; beq short
            ldr r1, [pc, #0]; ldr r1, [pc, #0]
            short: msr primask, r3; bx lr
            function leaves: cpsid i; bx lr
            function unknown: cpsid i; msr primask, r0; bx lr
            function never: bx lr
            function loops: cpsid i; movs r0, #4
            top: @4
            subs r0, #1; bne top
            cpsie i; bx lr
            """);
    BoundAnalysis analysis = analysis(program);
    assertThat(analysis.masked("f").cycles()).isEqualTo(1 + 1 + 1 + 2 + 2 + 4);
    assertThat(analysis.masked("never").cycles()).isZero();
    assertThat(analysis.masked("loops").cycles()).isEqualTo(1 + 1 + 4 * 4 - 2 + 1);
    for (String function : new String[] {"leaves", "unknown"}) {
      assertThatThrownBy(() -> analysis.masked(function)).hasMessageContaining("still be masked");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sub sp, #8; mrs r3, primask; cpsid i; str r3, [sp, #4]; movs r3, #1; ldr r3, [sp, #4];"
            + " msr primask, r3; add sp, #8; bx lr | 1 + 2 + 1 + 2 + 4",
        "push {r4, lr}; mrs r3, primask; push {r3}; cpsid i; bl g; pop {r3}; msr primask, r3;"
            + " pop {r4, pc}; function g: push {r3}; pop {r3}; movs r3, #7; bx lr"
            + " | 1 + 4 + 2 + 2 + 1 + 3 + 2 + 4",
        // the pointer is older than the word
        "sub sp, #8; add r2, sp, #4; mrs r3, primask; push {r3}; cpsid i; pop {r3};"
            + " msr primask, r3; add sp, #8; bx lr | 1 + 2 + 4",
      })
  void a_saved_primask_is_followed_through_the_stack(String body, String sum)
      throws UnboundedException {
    long cycles = Stream.of(sum.split(" \\+ ")).mapToLong(Long::parseLong).sum();
    assertThat(analysis(new Listing("function f: " + body)).masked("f").cycles()).isEqualTo(cycles);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // another word
        "sub sp, #8; mrs r3, primask; cpsid i; str r3, [sp, #4]; ldr r3, [sp, #0];"
            + " msr primask, r3; add sp, #8; bx lr",
        // the word was written since
        "sub sp, #8; mrs r3, primask; cpsid i; str r3, [sp, #4]; str r0, [sp, #4];"
            + " ldr r3, [sp, #4]; msr primask, r3; add sp, #8; bx lr",
        // it was written on one of two ways
        "sub sp, #8; mrs r3, primask; cpsid i; str r3, [sp, #4]; cmp r0, #0; beq out;"
            + " str r0, [sp, #4]; out: ldr r3, [sp, #4]; msr primask, r3; add sp, #8; bx lr",
        // a pointer to it may be used
        "sub sp, #8; mrs r3, primask; cpsid i; str r3, [sp, #4]; add r2, sp, #4;"
            + " ldr r3, [sp, #4]; msr primask, r3; add sp, #8; bx lr",
        "sub sp, #8; mov r2, sp; mrs r3, primask; cpsid i; str r3, [sp, #4]; ldr r3, [sp, #4];"
            + " msr primask, r3; add sp, #8; bx lr",
        // it was given back
        "mrs r3, primask; push {r3}; cpsid i; add sp, #4; sub sp, #4; ldr r3, [sp, #0];"
            + " msr primask, r3; add sp, #4; bx lr",
        // the interrupts were masked when it was read
        "sub sp, #8; cpsid i; mrs r3, primask; str r3, [sp, #4]; ldr r3, [sp, #4];"
            + " msr primask, r3; add sp, #8; bx lr",
        // LR is the place to return to
        "push {r4, lr}; mrs r3, primask; cpsid i; mov lr, r3; bl g; msr primask, lr;"
            + " pop {r4, pc}; function g: bx lr",
      })
  void what_may_be_another_value_gives_no_interrupts_back(String body) {
    BoundAnalysis analysis = analysis(new Listing("function f: " + body));
    assertThatThrownBy(() -> analysis.masked("f")).hasMessageContaining("still be masked");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "blx r3; bx lr | f+0x0 | indirect call",
        "bx r3 | f+0x0 | indirect branch",
        "mov pc, r3 | f+0x0 | indirect branch",
        "nop; svc #1; bx lr | f+0x2 | svc",
        "bkpt #0; bx lr | f+0x0 | bkpt",
        "wfi; bx lr | f+0x0 | wfi",
        "wfe; bx lr | f+0x0 | wfe",
        "top: b top | f+0x0 | no bound",
        "push {r4, lr}; bl f; pop {r4, pc} | f+0x2 | recursion",
        "cmp r0, #0; beq in; top: adds r0, #1; in: adds r0, #2; bne top; bx lr | f+0x | more than one",
        "top: cmp r0, #1; beq other; @9; subs r0, #1; b top; other: b top | f+0x0 | no bound",
        "top: @9; adds r1, #1; @2; subs r0, #1; bne top; bx lr | f+0x0 | in one loop",
        "bl g; bx lr; function g: bx lr | f+0x4 | elsewhere than back",
        "push {r4, lr}; push {r3}; pop {r4, pc} | f+0x4 | elsewhere than back",
        "push {r4}; pop {r4, pc} | f+0x2 | more from the stack",
        "mov sp, r0; bx lr | f+0x0 | how far SP moves",
        "cmp r0, #0; beq out; push {r4}; out: bx lr | f+0x | SP is not the same",
        "msr msp, r0; bx lr | f+0x0 | changes the stack",
        "nop | | no code of the image",
      })
  void what_is_not_certain_is_refused(String body, String where, String why) {
    refused("function f: " + body, where == null ? "" : where, why);
  }
}
