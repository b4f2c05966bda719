package io.defragsim.emulator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.system.ExceptionNumber;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * An exception that takes the place of a less urgent one whose handler is about to begin. By hand:
 * entry 16, tail-chain 8, return 16 behind the 3 of BX.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class LateArrivalTest {
  private static final int HANDLERS = 0x400;
  private static final int[] IRQ = {16, 17, 18};

  private final List<String> events = new ArrayList<>();

  /** Three interrupts with these priorities, whose handlers are {@code bx lr}. */
  private static Machine machine(int waitStates, int... priorities) {
    Machine machine = new Machine(FaultPolicy.TAKE, waitStates);
    for (int i = 0; i < priorities.length; i++) {
      machine.handler(IRQ[i], HANDLERS + 0x40 * i, "bx lr");
    }
    machine.main("nop; nop; nop; bkpt #0");
    for (int i = 0; i < priorities.length; i++) {
      machine.system().exceptions().setEnabled(IRQ[i], true);
      machine.system().exceptions().setPriority(IRQ[i], priorities[i]);
    }
    return machine;
  }

  @Test
  void the_first_stays_pending_and_is_tail_chained() {
    Machine machine = machine(0, 2, 1);
    machine.schedule.at(1, IRQ[0]);
    machine.schedule.at(5, IRQ[1]);
    machine.run(events);
    assertThat(events).containsExactly("late 17 at 17", "chain 16 at 28", "return 16 at 47");
    assertThat(machine.sramWord(0x2000_1000 - 8)).as("one frame").isEqualTo(Machine.MAIN + 2);
  }

  @Test
  void an_even_more_urgent_one_can_follow_and_each_needs_its_own_vector() {
    Machine machine = machine(0, 3, 2, 1);
    machine.schedule.at(1, IRQ[0]); // would begin at 17
    machine.schedule.at(12, IRQ[1]); // would begin at 20
    machine.schedule.at(14, IRQ[2]);
    machine.run(events);
    assertThat(events)
        .containsExactly("late 18 at 22", "chain 17 at 33", "chain 16 at 44", "return 16 at 63");
  }

  @Test
  void an_equal_one_waits_whatever_its_number() {
    Machine machine = machine(0, 1, 1);
    machine.schedule.at(1, IRQ[1]);
    machine.schedule.at(5, IRQ[0]);
    machine.run(events);
    assertThat(events).containsExactly("enter 17 at 17", "chain 16 at 28", "return 16 at 47");
  }

  @Test
  void one_can_take_the_place_of_a_handler_that_is_tail_chained() {
    Machine machine = machine(0, 2, 2, 0);
    machine.schedule.at(1, IRQ[0]);
    machine.schedule.at(1, IRQ[1]); // would begin at 20 + 8
    machine.schedule.at(25, IRQ[2]);
    machine.run(events);
    assertThat(events)
        .containsExactly("enter 16 at 17", "late 18 at 33", "chain 17 at 44", "return 17 at 63");
  }

  @Test
  void wait_states_are_those_of_the_vector_and_handler_that_are_fetched_at_last() {
    Machine machine = machine(1, 2, 1);
    machine.schedule.at(1, IRQ[0]);
    machine.schedule.at(5, IRQ[1]);
    machine.run(events);
    // 1 + 16 + 2; 3 + 8 + 2; 3 + 16 + 2
    assertThat(events).containsExactly("late 17 at 19", "chain 16 at 32", "return 16 at 53");
  }

  @Test
  void an_nmi_goes_before_a_hard_fault_which_keeps_the_frame_of_its_cause() {
    Machine machine = new Machine(FaultPolicy.TAKE);
    machine.handler(ExceptionNumber.NMI, HANDLERS, "bx lr");
    machine.handler(ExceptionNumber.HARD_FAULT, 0x500, "ldr r0, [sp, #24]; bkpt #3");
    machine.main("movs r3, #1; ldr r2, [r3, #0]; bkpt #0");
    machine.schedule.at(6, ExceptionNumber.NMI);
    assertThat(machine.run(events)).isEqualTo(new StepResult.Breakpoint(3));
    assertThat(events).containsExactly("late 2 at 17", "chain 3 at 28");
    assertThat(machine.core().register(0)).isEqualTo(Machine.MAIN + 2);
  }

  @Test
  void a_frame_that_cannot_be_written_makes_hard_fault_one() {
    Machine machine = machine(0, 2);
    machine.handler(ExceptionNumber.HARD_FAULT, 0x500, "bkpt #3");
    machine.code(Machine.MAIN, "movs r0, #8; mov sp, r0; nop; bkpt #0");
    machine.schedule.at(2, IRQ[0]);
    assertThat(machine.run(events)).isEqualTo(new StepResult.Breakpoint(3));
    assertThat(events).containsExactly("late 3 at 18");
    assertThat(machine.system().exceptions().isPending(IRQ[0])).isTrue();
  }

  @Test
  void a_frame_of_nmi_that_cannot_be_written_locks_the_core_up() {
    Machine machine = new Machine(FaultPolicy.TAKE);
    machine.handler(ExceptionNumber.NMI, HANDLERS, "bx lr");
    machine.handler(ExceptionNumber.HARD_FAULT, 0x500, "movs r0, #8; mov sp, r0; b .+0");
    machine.main("movs r3, #1; ldr r2, [r3, #0]; bkpt #0");
    machine.schedule.at(40, ExceptionNumber.NMI);
    assertThat(machine.run(events)).isInstanceOf(StepResult.LockedUp.class);
    assertThat(events).containsExactly("enter 3 at 17");
  }
}
