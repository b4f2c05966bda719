package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.exec.Intervals.Interval;
import io.defragsim.emulator.fast.FastCode;
import io.defragsim.emulator.system.ExceptionNumber;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * A kernel as small as one can be: SVC starts the first of two tasks, each on a process stack of
 * its own, and PendSV, less urgent than all else, switches between them. The first words of SRAM
 * are 4 or 8, for the task that runs, and the stack pointers of both.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class TaskSwitchTest {
  private static final int TASK_A = 0x500;
  private static final int TASK_B = 0x540;
  private static final int YIELDS = 0x480;
  private static final long BUDGET = 100_000;

  /** R7 is the system control block, and R6 what pends PendSV in its second word. */
  private static final String REGISTERS =
      "movs r7, #224; lsls r7, r7, #16; adds r7, #237; lsls r7, r7, #8;"
          + " movs r6, #1; lsls r6, r6, #28; ";

  /** R5 is a function that does so. */
  private static final String TASK = REGISTERS + "movs r5, #9; lsls r5, r5, #7; adds r5, #1; ";

  private static final String START_OF_SRAM = "movs r3, #32; lsls r3, r3, #24; ";

  /** Back to a task whose stack pointer is R0: 25 cycles. */
  private static final String RESTORE =
      "adds r0, #16; ldm r0!, {r4, r5, r6, r7}; mov r8, r4; mov r9, r5; mov r10, r6; mov r11, r7;"
          + " msr psp, r0; subs r0, #32; ldm r0!, {r4, r5, r6, r7};"
          + " movs r0, #2; mvns r0, r0; bx r0";

  /** 20 cycles, 12 cycles, and those of restoring. */
  private static final String SWITCH =
      "mrs r0, psp; subs r0, #32; stm r0!, {r4, r5, r6, r7}; mov r4, r8; mov r5, r9; mov r6, r10;"
          + " mov r7, r11; stm r0!, {r4, r5, r6, r7}; subs r0, #32; "
          + START_OF_SRAM
          + "ldr r2, [r3, #0]; str r0, [r3, r2]; movs r1, #12; subs r2, r1, r2; str r2, [r3, #0];"
          + " ldr r0, [r3, r2]; "
          + RESTORE;

  private static final String FRAMES =
      START_OF_SRAM
          + "movs r0, #126; lsls r0, r0, #4; adds r0, r0, r3; movs r1, #5; lsls r1, r1, #8;"
          + " movs r2, #1; lsls r2, r2, #24; str r1, [r0, #24]; str r2, [r0, #28]; subs r0, #32;"
          + " str r0, [r3, #4]; movs r5, #17; lsls r5, r5, #5; adds r0, r0, r5; adds r1, #64;"
          + " str r1, [r0, #24]; str r2, [r0, #28]; subs r0, #32; str r0, [r3, #8]; movs r1, #4;"
          + " str r1, [r3, #0]; ";

  /** PendSV gets priority 3. */
  private static final String PRIORITY = "movs r1, #192; lsls r1, r1, #16; str r1, [r7, #32]; ";

  private static final String TICK =
      "movs r2, #224; lsls r2, r2, #16; adds r2, #224; lsls r2, r2, #8; movs r1, #172;"
          + " str r1, [r2, #20]; str r1, [r2, #24]; movs r1, #7; str r1, [r2, #16]; ";

  /**
   * Two tasks that count, one by 1 up to 100, the other by 3, each in two registers.
   *
   * @param tick what starts SysTick, if anything
   * @param yield what each round does
   */
  private static Program kernel(String tick, String yield) {
    return new Source()
        .function("start", START_OF_SRAM + "ldr r0, [r3, #4]; " + RESTORE)
        .function("switch", SWITCH)
        .function(
            "tick", REGISTERS.replace("r7", "r0").replace("r6", "r1") + "str r1, [r0, #4]; bx lr")
        .function("main", FRAMES + REGISTERS + PRIORITY + tick + "svc #0; bkpt #8")
        .code(
            TASK_A,
            TASK
                + "movs r0, #100; movs r4, #0; adds r4, #1; mov r8, r4; "
                + yield
                + "; cmp r8, r4; bne .+8; cmp r4, r0; bne .-12; bkpt #0; bkpt #9")
        .code(
            TASK_B,
            TASK
                + "movs r0, #0; movs r4, #0; adds r4, #3; mov r8, r4; "
                + yield
                + "; cmp r8, r4; bne .+4; b .-10; bkpt #9")
        .code(YIELDS, "str r6, [r7, #4]; bx lr")
        .reset("main")
        .handler(ExceptionNumber.SVCALL, "start")
        .handler(ExceptionNumber.PENDSV, "switch")
        .handler(ExceptionNumber.SYSTICK, "tick")
        .program();
  }

  private static ExecutionResult sameAtEachSpeed(Program program) {
    ExecutionResult steps =
        new Execution(program, Console.NONE, Long.MAX_VALUE, Execution.STEP_BY_STEP).run(BUDGET);
    for (int translateAfter : new int[] {0, 3, FastCode.NEVER}) {
      Execution fast = new Execution(program, Console.NONE, Long.MAX_VALUE, translateAfter);
      assertThat(fast.run(BUDGET)).isEqualTo(steps);
      assertThat(fast.fast()).as("instructions at speed").isGreaterThan(steps.instructions() / 2);
    }
    return steps;
  }

  @Test
  void tasks_that_yield_take_turns_at_a_known_price() {
    Program program = kernel("", "str r6, [r7, #4]");
    ExecutionResult result = sameAtEachSpeed(program);
    assertThat(result.ending())
        .isInstanceOfSatisfying(
            Ending.Parked.class, parked -> assertThat(parked.immediate()).isZero());
    assertThat(result.returns()).as("the start, and two switches a round").isEqualTo(1 + 2 * 100);
    assertThat(result.tailChains()).isZero();

    Intervals intervals = new Intervals(program, TASK_A + 26, TASK_B + 28);
    new Execution(program, Console.NONE, Long.MAX_VALUE).measure(intervals).run(BUDGET);
    // The first has the start of the second task in it. Store, entry, handler, return.
    List<Interval> later = intervals.first().subList(1, intervals.first().size());
    assertThat(later)
        .hasSize(98)
        .allSatisfy(each -> assertThat(each.cycles()).isEqualTo(2 + 16 + (20 + 12 + 25) + 16));
  }

  @Test
  void tasks_that_do_not_are_switched_by_the_tick() {
    ExecutionResult result = sameAtEachSpeed(kernel(TICK, "nop"));
    assertThat(result.ending())
        .isInstanceOfSatisfying(
            Ending.Parked.class, parked -> assertThat(parked.immediate()).isZero());
    assertThat(result.tailChains()).as("PendSV behind SysTick").isGreaterThan(5);
    assertThat(result.returns()).isEqualTo(1 + result.tailChains());
  }

  @Test
  void a_call_in_which_tasks_are_switched_takes_what_its_own_instructions_take() {
    List<String> lines = Calls.of(kernel("", "blx r5"), Set.of((long) YIELDS));

    assertThat(lines)
        .filteredOn(line -> line.startsWith("enter"))
        .hasSize(2 * 100)
        .allSatisfy(line -> assertThat(line).doesNotContain("within"))
        .element(3)
        .asString()
        .contains(" on 2 ");
    assertThat(lines)
        .filteredOn(line -> line.startsWith("return"))
        .hasSize(2 * 100 - 1)
        .allSatisfy(line -> assertThat(line).matches(".* on [12] = .*(about|after) 5"));
    assertThat(lines).last().asString().startsWith("open ").endsWith(" on 2");
  }
}
