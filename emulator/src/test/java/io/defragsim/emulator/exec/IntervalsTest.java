package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.exec.Intervals.Interval;
import io.defragsim.emulator.system.ExceptionNumber;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class IntervalsTest {

  private static Intervals measure(Source source, String from, String to) {
    Program program = source.program();
    Intervals intervals =
        new Intervals(
            program,
            program.image().place(from).orElseThrow(),
            program.image().place(to).orElseThrow());
    new Execution(program, Console.NONE, Long.MAX_VALUE).measure(intervals).run(1_000_000);
    return intervals;
  }

  /** Calls {@code work} with 1 to 10, which takes 4 cycles for each, less 2, and returns. */
  private static Source caller() {
    return new Source()
        .function("work", "subs r0, #1; bne .-2; bx lr")
        .function(
            "main",
            "movs r4, #1; movs r0, r4; bl work; adds r4, #1; cmp r4, #11; bne .-10; bkpt #0")
        .reset("main");
  }

  @Test
  void each_call_of_a_function_is_an_interval() {
    Intervals intervals = measure(caller(), "work", "work+4");

    assertThat(intervals.count()).isEqualTo(10);
    assertThat(intervals.first())
        .extracting(Interval::cycles)
        .containsExactly(2L, 6L, 10L, 14L, 18L, 22L, 26L, 30L, 34L, 38L);
    assertThat(intervals.shortest()).isEqualTo(new Interval(6, 2, 0, 0));
    assertThat(intervals.longest()).isNotNull().extracting(Interval::cycles).isEqualTo(38L);
    assertThat(intervals.total()).isEqualTo(200);
    assertThat(intervals.open()).isNull();
  }

  @Test
  void until_the_caller_goes_on_the_way_back_is_in_it() {
    // bx lr takes 3
    assertThat(measure(caller(), "work", "main+8").first().get(0).cycles()).isEqualTo(5);
  }

  @Test
  void a_from_inside_an_open_interval_does_not_restart_it() {
    Intervals intervals = measure(caller(), "work", "main+14");

    assertThat(intervals.count()).isEqualTo(1);
    assertThat(intervals.first().get(0).begin()).isEqualTo(6);
    // To the park: all but movs, movs, bl.
    assertThat(intervals.total()).isEqualTo(measure(caller(), "main", "main+14").total() - 6);
  }

  @Test
  void recursion_is_one_interval_from_the_outermost_call_to_the_first_return() {
    // Calls itself r0 times, then returns: 3 calls deep.
    Source source =
        new Source()
            .function("down", "push {r4, lr}; subs r0, #1; beq .+6; bl .-6; pop {r4, pc}")
            .function("main", "movs r0, #3; bl down; bkpt #0")
            .reset("main");

    Intervals intervals = measure(source, "down", "down+10");

    // push 3, subs 1, beq 1, bl 4; again; push 3, subs 1, beq taken 3
    assertThat(intervals.count()).isEqualTo(1);
    assertThat(intervals.total()).isEqualTo(9 + 9 + 7);
  }

  @Test
  void where_both_are_one_place_the_end_of_an_interval_begins_the_next() {
    Intervals intervals = measure(caller(), "main+2", "main+2");

    // movs 1, bl 4, work 2 + 3, adds 1, cmp 1, bne 3; each round 4 more; the tenth does not end
    assertThat(intervals.count()).isEqualTo(9);
    assertThat(intervals.first()).extracting(Interval::cycles).startsWith(15L, 19L, 23L);
    assertThat(intervals.open()).isNotNull();
  }

  @Test
  void an_interval_that_does_not_end_is_told_apart_from_none() {
    Intervals open = measure(caller(), "main", "0x7fe");

    assertThat(open.count()).isZero();
    assertThat(open.open()).isZero();
    assertThat(open.fromReached()).isTrue();
    assertThat(open.toReached()).isFalse();
  }

  @Test
  void either_view_of_flash_names_the_same_place() {
    assertThat(measure(caller(), "0x08000100", "0x104").total()).isEqualTo(200);
  }

  @Test
  void what_interrupts_right_before_the_end_is_in_the_interval() {
    // An interrupt made pending by the store comes before the nop behind it.
    Source source =
        new Source()
            .function("irq0", "bx lr")
            .function(
                "main",
                "ldr r0, [pc, #12]; movs r1, #1; str r1, [r0, #0]; ldr r2, [pc, #12]; str r1, [r2, #0];"
                    + " nop; bkpt #0")
            .word(0x120, 0xE000_E100)
            .word(0x124, 0xE000_E200)
            .reset("main")
            .handler(ExceptionNumber.IRQ0, "irq0");

    // str 2, entry 16, bx 3, return 16
    assertThat(measure(source, "main+8", "main+10").total()).isEqualTo(37);
    assertThat(measure(source, "main+10", "main+12").total()).isEqualTo(1);
  }

  /** PendSV is pended at its store; SysTick's request comes 8 cycles into its entry. */
  private static Source late() {
    return Source.of(
            "str r6, [r5, #0]; str r1, [r0, #4]; str r1, [r0, #8]; str r2, [r0, #0];"
                + " str r4, [r3, #0]; nop; bkpt #0",
            0xE000_E010,
            11,
            3,
            0xE000_ED04,
            1 << 28,
            0xE000_ED20,
            0x00C0_0000)
        .code(Source.FREE, "movs r1, #0; str r1, [r0, #0]; bx lr")
        .code(Source.FREE + 16, "bx lr")
        .handler(ExceptionNumber.SYSTICK, Source.FREE)
        .handler(ExceptionNumber.PENDSV, Source.FREE + 16);
  }

  @Test
  void a_late_arrival_makes_an_interval_and_a_run_an_estimate() {
    Intervals entry = measure(late(), "main+22", "0x600");
    assertThat(entry.total()).as("the store, and one entry for both").isEqualTo(2 + 16);
    assertThat(entry.isExact()).isFalse();
    assertThat(measure(late(), "main+14", "main+22").isExact()).isTrue();
    // store, entry, SysTick's handler, tail-chain, PendSV's, return
    assertThat(measure(late(), "main+22", "main+24").total()).isEqualTo(2 + 16 + 6 + 8 + 3 + 16);

    ExecutionResult result = late().run();
    assertThat(result.lateArrivals()).isEqualTo(1);
    assertThat(result.tailChains()).isEqualTo(1);
    assertThat(result.returns()).isEqualTo(1);
    assertThat(result.isExact()).isFalse();
  }
}
