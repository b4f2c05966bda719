package io.defragsim.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.model.Activity;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.InterruptListener;
import io.defragsim.emulator.system.InterruptSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Interrupts from outside. Worked out by hand: entry 16, tail-chain 8, return 16. The programs park
 * at cycle 0.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class InterruptTest {
  private static final int BX_LR = 0x4770;
  private static final int NOP = 0xBF00;
  private static final int CPSID_I = 0xB672;
  private static final int CPSIE_I = 0xB662;
  private static final int SRAM = 0x2000_0000;
  private static final long RARELY = 1_000_000;

  private final List<String> events = new ArrayList<>();
  private int lateArrivals;

  private static InterruptSource once(long at, long cycles, int priority) {
    return new InterruptSource("test", at, RARELY, cycles, priority);
  }

  private Mcu interrupted(Program program, InterruptSource... sources) {
    return interrupted(Program.config(), program, sources);
  }

  private Mcu interrupted(McuConfig part, Program program, InterruptSource... sources) {
    Mcu mcu = Mcu.create(part, program.image(), Strictness.NORMAL, List.of(sources));
    mcu.setInterruptListener(
        new InterruptListener() {
          @Override
          public void served(
              int irq, long latency, Activity during, boolean tailChained, boolean late) {
            lateArrivals += late ? 1 : 0;
            events.add("IRQ " + irq + " after " + latency + ", " + told(during));
          }

          @Override
          public void missed(int irq) {
            events.add("IRQ " + irq + " missed");
          }
        });
    assertThat(mcu.reset(1000)).isEqualTo(new Outcome.Parked(0, 0));
    return mcu;
  }

  private static String told(Activity activity) {
    if (activity instanceof Activity.Program program) {
      return program.at().function() + "+" + program.at().offset();
    }
    return activity instanceof Activity.Handler handler ? "in IRQ " + handler.irq() : "asleep";
  }

  @Test
  void a_sleeping_core_is_woken_in_the_cycle_of_the_request() {
    try (Mcu mcu = interrupted(new Program(), once(100, 50, 0))) {
      assertThat(mcu.idle(1000)).isEqualTo(new Outcome.Slept(1000, 50));
      assertThat(mcu.cycles()).isEqualTo(1000);
      assertThat(events).containsExactly("IRQ 0 after 16, asleep");
    }
  }

  @Test
  void a_cortex_m0plus_enters_in_15_cycles() {
    McuConfig m0 = Program.config();
    McuConfig plus =
        new McuConfig(
            "plus",
            CoreKind.CORTEX_M0PLUS,
            m0.clockHz(),
            m0.zeroWaitHz(),
            m0.waitStates(),
            m0.multiplierCycles(),
            m0.flashBytes(),
            m0.sramBase(),
            m0.sramBytes());
    try (Mcu mcu = interrupted(plus, new Program(), once(100, 30, 0))) {
      assertThat(mcu.idle(101)).isEqualTo(new Outcome.Slept(130, 30));
      assertThat(events).containsExactly("IRQ 0 after 15, asleep");
    }
    assertThatThrownBy(() -> interrupted(m0, new Program(), once(1, 31, 0)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Entry 16 + 2: the vector and the handler's first instruction; return 16 + 1. */
  @Test
  void wait_states_make_an_interrupt_later_and_it_takes_what_it_says_all_the_same() {
    McuConfig part = Program.config().withWaitStates(1);
    // push {r4-r7, lr}; ldm r0!, {r1-r7}; pop {r4-r7, pc}: 6, 8 and 9 + 1
    Program program = new Program().function("copy", 0xB5F0, 0xC8FE, 0xBDF0);
    try (Mcu mcu = interrupted(part, program, once(100, 50, 0))) {
      assertThat(mcu.idle(1000)).isEqualTo(new Outcome.Slept(1000, 50));
      assertThat(events).containsExactly("IRQ 0 after 18, asleep");
    }
    for (int at = 1; at < 6 + 8 + 10; at++) {
      try (Mcu mcu = interrupted(part, program, once(at, 35, 0))) {
        long spent = at < 6 ? at : at < 14 ? at - 6 : at - 14;
        assertThat(Program.call(mcu, "copy", SRAM))
            .as("requested at " + at)
            .isEqualTo(new Outcome.Returned(SRAM + 28, 24 + 35 + spent, 35 + spent));
      }
    }
    assertThatThrownBy(() -> interrupted(part, program, once(1, 34, 0)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_sleep_lasts_until_the_handler_that_has_begun_in_it_is_over() {
    try (Mcu mcu = interrupted(new Program(), once(100, 50, 0))) {
      assertThat(mcu.idle(101)).isEqualTo(new Outcome.Slept(150, 50));
    }
  }

  @Test
  void what_is_requested_at_the_very_end_of_a_sleep_or_call_comes_first_in_the_next_run() {
    Program program = new Program().function("back", BX_LR);
    try (Mcu mcu = interrupted(program, once(100, 50, 0))) {
      assertThat(mcu.idle(100)).isEqualTo(new Outcome.Slept(100, 0));
      assertThat(events).isEmpty();
      assertThat(Program.call(mcu, "back")).isEqualTo(new Outcome.Returned(0, 3 + 50, 50));
      assertThat(events).containsExactly("IRQ 0 after 16, asleep");
    }
    events.clear();
    try (Mcu mcu = interrupted(program, once(101, 50, 0))) {
      mcu.idle(100);
      assertThat(Program.call(mcu, "back")).isEqualTo(new Outcome.Returned(0, 3, 0));
      assertThat(mcu.idle(1)).isEqualTo(new Outcome.Slept(50, 50));
      assertThat(events).containsExactly("IRQ 0 after 18, back+0"); // BX has 2 cycles to go
    }
  }

  @Test
  void a_request_at_the_park_is_taken_before_anything_else() {
    try (Mcu mcu = interrupted(new Program().function("back", BX_LR), once(0, 50, 0))) {
      assertThat(Program.call(mcu, "back")).isEqualTo(new Outcome.Returned(0, 53, 50));
      assertThat(events).containsExactly("IRQ 0 after 16, reset+0");
    }
  }

  /** PUSH of 5 is 6 cycles, LDM of 7 is 8, POP of 5 with PC is 9: all of it is given up at once. */
  @Test
  void in_the_middle_of_the_longest_ldm_it_is_given_up_and_started_again_at_no_cost_to_latency() {
    // push {r4-r7, lr}; ldm r0!, {r1-r7}; pop {r4-r7, pc}
    Program program = new Program().function("copy", 0xB5F0, 0xC8FE, 0xBDF0);
    for (int at = 1; at < 6 + 8 + 9; at++) {
      events.clear();
      try (Mcu mcu = interrupted(program, once(at, 100, 0))) {
        long spent = at < 6 ? at : at < 14 ? at - 6 : at - 14;
        assertThat(Program.call(mcu, "copy", SRAM))
            .as("requested at " + at)
            .isEqualTo(new Outcome.Returned(SRAM + 28, 23 + 100 + spent, 100 + spent));
        // on a boundary it came with the end of the instruction before
        int offset = at <= 6 ? 0 : at <= 14 ? 2 : 4;
        assertThat(events).containsExactly("IRQ 0 after 16, copy+" + offset);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 18", "2, 17", "3, 16"})
  void a_branch_is_finished_first(long at, long latency) {
    // b .+2; bx lr
    try (Mcu mcu = interrupted(new Program().function("jump", 0xE7FF, BX_LR), once(at, 40, 0))) {
      assertThat(Program.call(mcu, "jump")).isEqualTo(new Outcome.Returned(0, 6 + 40, 40));
      assertThat(events).containsExactly("IRQ 0 after " + latency + ", jump+0");
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 16", "1, 27", "2, 26", "11, 17", "12, 16"})
  void a_masked_section_holds_it_back_as_long_as_it_is(long at, long latency) {
    int[] code = new int[13];
    java.util.Arrays.fill(code, NOP);
    code[0] = CPSID_I;
    code[11] = CPSIE_I; // unmasked at cycle 12
    code[12] = BX_LR;
    try (Mcu mcu = interrupted(new Program().function("masked", code), once(at, 40, 0))) {
      assertThat(Program.call(mcu, "masked")).isEqualTo(new Outcome.Returned(0, 15 + 40, 40));
      assertThat(events).singleElement().asString().startsWith("IRQ 0 after " + latency + ",");
    }
  }

  @Test
  void a_more_urgent_one_preempts_and_its_frame_lies_on_the_other() {
    try (Mcu mcu = interrupted(new Program(), once(100, 200, 3), once(150, 60, 0))) {
      mcu.reserveStack(128);
      assertThat(mcu.idle(101)).isEqualTo(new Outcome.Slept(100 + 200 + 60, 200 + 60));
      assertThat(events).containsExactly("IRQ 0 after 16, asleep", "IRQ 1 after 16, in IRQ 0");
      assertThat(mcu.deepestStackBytes()).isEqualTo(64);
    }
  }

  /** IRQ 0's handler would begin at 116: from then on it is preempted. */
  @ParameterizedTest
  @CsvSource({
    "100, 116, 0", // both at once: no late arrival
    "101, 116, 1",
    "108, 116, 1",
    "109, 117, 1",
    "115, 123, 1",
    "116, 132, 0",
  })
  void a_more_urgent_one_arrives_late_until_the_first_instruction_of_the_handler(
      long at, long begin, int late) {
    try (Mcu mcu = interrupted(new Program(), once(100, 200, 3), once(at, 60, 0))) {
      mcu.reserveStack(128);
      mcu.idle(101);
      // the handlers take 200 - 32 and 60 - 32
      long first = begin + 28 + 8;
      String urgent = "IRQ 1 after " + (begin - at) + (at == 100 ? ", asleep" : ", in IRQ 0");
      assertThat(events)
          .containsExactlyElementsOf(
              at == 116
                  ? List.of("IRQ 0 after 16, asleep", urgent)
                  : List.of(urgent, "IRQ 0 after " + (first - 100) + ", asleep"));
      assertThat(mcu.cycles()).isEqualTo(at == 116 ? 100 + 200 + 60 : first + 168 + 16);
      assertThat(mcu.deepestStackBytes()).as("frames").isEqualTo(at == 116 ? 64 : 32);
      assertThat(lateArrivals).isEqualTo(late);
    }
  }

  @Test
  void of_equals_one_waits_and_is_tail_chained() {
    try (Mcu mcu = interrupted(new Program(), once(100, 200, 1), once(150, 60, 1))) {
      mcu.reserveStack(128);
      // IRQ 0 would return at 284; instead 8 cycles of tail-chain, 28 of the handler, the return
      assertThat(mcu.idle(101)).isEqualTo(new Outcome.Slept(284 + 8 + 28 + 16, 184 + 8 + 28 + 16));
      assertThat(events)
          .containsExactly("IRQ 0 after 16, asleep", "IRQ 1 after " + (292 - 150) + ", in IRQ 0");
      assertThat(mcu.deepestStackBytes()).isEqualTo(32);
    }
  }

  @Test
  void of_two_at_once_the_more_urgent_goes_first_then_the_lower_number() {
    try (Mcu mcu = interrupted(new Program(), once(9, 40, 2), once(9, 40, 1), once(9, 40, 1))) {
      mcu.idle(10);
      assertThat(events)
          .containsExactly(
              "IRQ 1 after 16, asleep", "IRQ 2 after 32, asleep", "IRQ 0 after 48, asleep");
    }
  }

  @Test
  void requests_that_come_while_one_is_pending_are_missed() {
    try (Mcu mcu =
        interrupted(
            new Program(), once(100, 500, 0), new InterruptSource("fast", 150, 100, 40, 0))) {
      assertThat(mcu.idle(580)).isEqualTo(new Outcome.Slept(584 + 8 + 8 + 16, 484 + 8 + 8 + 16));
      assertThat(events)
          .containsExactly(
              "IRQ 0 after 16, asleep",
              "IRQ 1 missed",
              "IRQ 1 missed",
              "IRQ 1 missed",
              "IRQ 1 missed",
              "IRQ 1 after " + (592 - 150) + ", in IRQ 0");
    }
  }

  @Test
  void a_program_that_waits_for_an_interrupt_gets_one() {
    // wfi; bx lr
    Program program = new Program().function("nap", 0xBF30, BX_LR);
    try (Mcu mcu = interrupted(program, once(1000, 50, 0))) {
      assertThat(Program.call(mcu, "nap")).isEqualTo(new Outcome.Returned(0, 1053, 50));
      assertThat(events).containsExactly("IRQ 0 after 16, asleep");
      mcu.holdInterrupts(true);
      assertThat(((Outcome.Faulted) Program.call(mcu, "nap")).fault().kind())
          .isEqualTo(Fault.Kind.SLEEP_FOREVER);
    }
  }

  /** Saves r4-r7, sums and copies words in a loop with a masked section, a multiply, a call. */
  private static Program busy() {
    return new Program()
        .function(
            "busy",
            0xB5F0, // push {r4-r7, lr}
            0x2400, // movs r4, #0
            // loop:
            0xC80E, // ldm r0!, {r1-r3}
            CPSID_I,
            0x1864, // adds r4, r4, r1
            0x435C, // muls r4, r3
            CPSIE_I,
            0xC00E, // stm r0!, {r1-r3}
            0x380C, // subs r0, #12
            0x4252, // rsbs r2, r2, #0
            0x2802, // cmp r0, #2
            0x1E6D, // subs r5, r5, #1
            0x3F01, // subs r7, #1
            0x063E, // lsls r6, r7, #24
            0xD1F2, // bne loop
            0x4620, // mov r0, r4
            0xBDF0); // pop {r4-r7, pc}
  }

  @Test
  void whatever_interrupts_a_program_its_results_and_own_cycles_are_the_same() {
    long seed = Long.getLong("defragsim.test.seed", System.nanoTime());
    Random random = new Random(seed);
    Outcome.Returned calm;
    byte[] memory;
    try (Mcu mcu = busy().parked()) {
      calm = (Outcome.Returned) Program.call(mcu, "busy", SRAM);
      memory = mcu.read(SRAM, 1024);
    }
    for (int round = 0; round < 200; round++) {
      InterruptSource[] sources = new InterruptSource[1 + random.nextInt(5)];
      for (int i = 0; i < sources.length; i++) {
        long cycles = 32L + random.nextInt(100);
        sources[i] =
            new InterruptSource(
                "" + i,
                random.nextInt(300),
                sources.length * cycles + 50 + random.nextInt(1000),
                cycles,
                random.nextInt(4));
      }
      String what = "seed " + seed + ", round " + round;
      events.clear();
      try (Mcu mcu = interrupted(busy(), sources)) {
        mcu.reserveStack(512);
        Outcome.Returned first = (Outcome.Returned) Program.call(mcu, "busy", SRAM);
        assertThat(first.value()).as(what).isEqualTo(calm.value());
        assertThat(first.ownCycles()).as(what).isEqualTo(calm.cycles());
        assertThat(first.interruptCycles()).as(what).isPositive();
        assertThat(mcu.cycles()).as(what).isEqualTo(first.cycles());
        assertThat(mcu.read(SRAM, 1024)).as(what).isEqualTo(memory);
        assertThat(mcu.deepestStackBytes()).as(what).isBetween(32, 20 + 4 + 4 * 32);
        List<String> before = List.copyOf(events);
        events.clear();
        mcu.reset(1000);
        mcu.reserveStack(512);
        assertThat(Program.call(mcu, "busy", SRAM)).as(what).isEqualTo(first);
        assertThat(events).as(what).isEqualTo(before);
      }
    }
  }

  @Test
  void what_is_tried_on_a_snapshot_consumes_and_shifts_no_request() {
    List<String> undisturbed = new ArrayList<>();
    for (boolean tries : new boolean[] {false, true}) {
      events.clear();
      try (Mcu mcu =
          interrupted(
              busy(),
              new InterruptSource("a", 7, 301, 40, 1),
              new InterruptSource("b", 90, 997, 60, 0))) {
        mcu.reserveStack(512);
        for (int i = 0; i < 20; i++) {
          Program.call(mcu, "busy", SRAM);
          mcu.idle(150);
          if (tries) {
            long cycles = mcu.cycles();
            int told = events.size();
            Snapshot before = mcu.snapshot();
            assertThat(mcu.holdInterrupts(true)).isFalse();
            Outcome.Returned held = (Outcome.Returned) Program.call(mcu, "busy", SRAM);
            assertThat(held.interruptCycles()).isZero();
            mcu.idle(5000);
            mcu.restore(before);
            assertThat(mcu.holdInterrupts(false)).isTrue();
            assertThat(events).hasSize(told);
            assertThat(mcu.cycles()).isEqualTo(cycles);
          }
        }
      }
      if (!tries) {
        undisturbed.addAll(events);
      }
    }
    assertThat(events).isNotEmpty().isEqualTo(undisturbed);
  }

  @Test
  void going_back_to_a_snapshot_brings_the_same_interrupts_again() {
    try (Mcu mcu = interrupted(busy(), new InterruptSource("a", 7, 301, 40, 1))) {
      Program.call(mcu, "busy", SRAM);
      Snapshot start = mcu.snapshot();
      events.clear();
      Outcome first = Program.call(mcu, "busy", SRAM);
      List<String> before = List.copyOf(events);
      for (boolean afterBudget : new boolean[] {false, true}) {
        if (afterBudget) {
          mcu.call(mcu.image().function("busy").orElseThrow(), 100, SRAM);
        }
        mcu.restore(start);
        events.clear();
        assertThat(Program.call(mcu, "busy", SRAM)).isEqualTo(first);
        assertThat(events).isEqualTo(before);
      }
    }
  }

  @Test
  void a_frame_that_reaches_the_bottom_of_the_stack_reserve_is_an_overflow() {
    Program program = new Program().function("work", repeated(NOP, 300, BX_LR));
    try (Mcu mcu = interrupted(program, once(100, 200, 3), once(150, 60, 0))) {
      mcu.reserveStack(64);
      Outcome.Faulted faulted = (Outcome.Faulted) Program.call(mcu, "work");
      assertThat(faulted.cycles()).isEqualTo(150);
      assertThat(faulted.fault().kind()).isEqualTo(Fault.Kind.STACK_OVERFLOW);
      assertThat(faulted.fault().detail()).endsWith(" by the frame of IRQ 1");
    }
    try (Mcu mcu = interrupted(program, once(100, 200, 3), once(150, 60, 0))) {
      mcu.reserveStack(64);
      assertThat(mcu.idle(200)).isInstanceOf(Outcome.Faulted.class);
      assertThatThrownBy(() -> mcu.idle(1)).isInstanceOf(IllegalStateException.class);
    }
    try (Mcu mcu = interrupted(program, once(100, 200, 3), once(150, 60, 0))) {
      mcu.reserveStack(68);
      assertThat(Program.call(mcu, "work")).isInstanceOf(Outcome.Returned.class);
      assertThat(mcu.deepestStackBytes()).isEqualTo(64);
    }
  }

  private static int[] repeated(int halfword, int times, int last) {
    int[] code = new int[times + 1];
    java.util.Arrays.fill(code, halfword);
    code[times] = last;
    return code;
  }

  @Test
  void a_fault_between_interrupts_is_where_it_is_without_them() {
    Program program = new Program().function("bad", repeated(NOP, 300, 0xDE00));
    Outcome.Faulted calm;
    try (Mcu mcu = program.parked()) {
      calm = (Outcome.Faulted) Program.call(mcu, "bad", 7);
    }
    try (Mcu mcu = interrupted(program, new InterruptSource("a", 10, 100, 60, 0))) {
      Outcome.Faulted faulted = (Outcome.Faulted) Program.call(mcu, "bad", 7);
      assertThat(faulted.fault()).isEqualTo(calm.fault());
      // 300 cycles of the program in stretches of 40 make 8 interrupts, the first after 10
      assertThat(faulted.cycles()).isEqualTo(300 + 8 * 60);
    }
  }

  @Test
  void a_budget_counts_interrupts_and_ends_at_the_program_not_in_a_handler() {
    // b .
    Program program = new Program().function("hang", 0xE7FE);
    try (Mcu mcu = interrupted(program, once(90, 50, 0))) {
      long hang = mcu.image().function("hang").orElseThrow();
      assertThat(mcu.call(hang, 100))
          .isEqualTo(new Outcome.BudgetExhausted(new Location(0x80, "hang", 0), 140));
    }
  }

  @Test
  void an_instruction_that_is_given_up_for_ever_ends_with_the_budget() {
    // nop; ldm r0!, {r1, r2, r3} takes 4 cycles, of which it gets 3 at the most; bx lr
    Program program = new Program().function("stuck", NOP, 0xC80E, BX_LR);
    try (Mcu mcu = interrupted(program, new InterruptSource("a", 2, 43, 40, 0))) {
      Outcome.BudgetExhausted stuck = (Outcome.BudgetExhausted) Program.call(mcu, "stuck", SRAM);
      assertThat(stuck.at()).isEqualTo(new Location(0x82, "stuck", 2));
      assertThat(events).hasSizeGreaterThan(20_000);
    }
  }

  @Test
  void without_sources_nothing_is_listened_to_or_held() {
    try (Mcu mcu = new Program().function("back", BX_LR).parked()) {
      assertThat(mcu.holdInterrupts(true)).isFalse();
      assertThat(mcu.idle(5)).isEqualTo(new Outcome.Slept(5, 0));
      assertThat(Program.call(mcu, "back")).isEqualTo(new Outcome.Returned(0, 3, 0));
    }
  }
}
