package io.defragsim.emulator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.system.ExceptionNumber;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * Exceptions, sleep and SysTick. Cycles are worked out by hand: entry 16, tail-chain 8, return 16
 * behind the 3 of BX.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ExceptionsTest {
  private static final int H0 = 0x400;
  private static final int H1 = 0x500;
  private static final int IRQ0 = ExceptionNumber.ofIrq(0);
  private static final int IRQ1 = ExceptionNumber.ofIrq(1);

  private final Machine machine = new Machine(FaultPolicy.TAKE);
  private final List<String> events = new ArrayList<>();

  private Machine withIrqs(String main, String handler0, String handler1) {
    machine.handler(IRQ0, H0, handler0).handler(IRQ1, H1, handler1).main(main);
    machine.system().exceptions().setEnabled(IRQ0, true);
    machine.system().exceptions().setEnabled(IRQ1, true);
    return machine;
  }

  @Test
  void an_interrupt_stacks_eight_words_and_its_return_restores_them() {
    machine.handler(IRQ0, H0, "movs r0, #9; mov r12, r0; cmp r0, r0; bx lr");
    machine.main("sub sp, #4; movs r1, #1; movs r2, #2; movs r3, #0; mvns r3, r3; bkpt #0");
    machine.system().exceptions().setEnabled(IRQ0, true);
    machine.core().setRegister(0, 7);
    machine.core().setRegister(12, 12);
    machine.core().setLr(0x1235);
    machine.schedule.at(5, IRQ0);
    assertThat(machine.run(events)).isEqualTo(new StepResult.Breakpoint(0));
    assertThat(events).containsExactly("enter 16 at 21", "return 16 at 43");
    int frame = 0x2000_0FD8; // 0x20000ffc - 0x20, down to a multiple of 8
    int[] words = {7, 1, 2, -1, 12, 0x1235, 0x20A, 0x8100_0200};
    for (int i = 0; i < words.length; i++) {
      assertThat(machine.sramWord(frame + 4 * i)).as("word " + i).isEqualTo(words[i]);
    }
    assertThat(machine.core().register(0)).isEqualTo(7);
    assertThat(machine.core().register(12)).isEqualTo(12);
    assertThat(machine.core().lr()).isEqualTo(0x1235);
    assertThat(machine.core().sp()).isEqualTo(0x2000_0FFC);
    assertThat(machine.core().flags()).isEqualTo(0x8000_0000);
    assertThat(machine.core().handlerMode()).isFalse();
  }

  @Test
  void of_two_interrupts_the_lower_number_goes_first_and_the_other_is_tail_chained() {
    withIrqs("nop; nop; bkpt #0", "bx lr", "bx lr");
    machine.schedule.at(1, IRQ1);
    machine.schedule.at(1, IRQ0);
    machine.run(events);
    // 1 + 16; 3 + 8; 3 + 16.
    assertThat(events).containsExactly("enter 16 at 17", "chain 17 at 28", "return 17 at 47");
  }

  @Test
  void wait_states_of_flash_add_the_vector_and_the_way_to_code_in_flash() {
    Machine slow = new Machine(FaultPolicy.TAKE, 1);
    slow.handler(IRQ0, H0, "bx lr").handler(IRQ1, H1, "bx lr").main("nop; nop; bkpt #0");
    slow.system().exceptions().setEnabled(IRQ0, true);
    slow.system().exceptions().setEnabled(IRQ1, true);
    slow.schedule.at(1, IRQ0);
    slow.schedule.at(1, IRQ1);
    slow.run(events);
    // 1 + 16 + 2; 3 + 8 + 2; 3 + 16 + 2, to a halfword: the BX waits for nothing by itself.
    assertThat(events).containsExactly("enter 16 at 19", "chain 17 at 32", "return 17 at 53");

    events.clear();
    Machine odd = new Machine(FaultPolicy.TAKE, 1);
    odd.handler(IRQ0, H0 + 2, "bx lr").main("nop; bkpt #0");
    odd.system().exceptions().setEnabled(IRQ0, true);
    odd.schedule.at(1, IRQ0);
    odd.run(events);
    // To a handler, and back to an instruction, whose address has bit 1 set: one more each.
    assertThat(events).containsExactly("enter 16 at 20", "return 16 at 41");

    events.clear();
    Machine inSram = new Machine(FaultPolicy.TAKE, 1);
    inSram.word(4 * IRQ0, Machine.SRAM | 1).main("nop; nop; bkpt #0");
    inSram.sram[0] = 0x70; // bx lr
    inSram.sram[1] = 0x47;
    inSram.system().exceptions().setEnabled(IRQ0, true);
    inSram.schedule.at(1, IRQ0);
    inSram.run(events);
    // 1 + 16 + 1; 3 + 16 + 2.
    assertThat(events).containsExactly("enter 16 at 18", "return 16 at 39");
  }

  @Test
  void a_more_urgent_interrupt_preempts_and_an_equal_one_does_not() {
    withIrqs("nop; nop; bkpt #0", "nop; nop; nop; nop; bx lr", "bx lr");
    machine.system().exceptions().setPriority(IRQ0, 2);
    machine.system().exceptions().setPriority(IRQ1, 1);
    machine.schedule.at(1, IRQ0);
    machine.schedule.at(19, IRQ1); // after two instructions of the handler
    machine.run(events);
    assertThat(events)
        .containsExactly("enter 16 at 17", "enter 17 at 35", "return 17 at 54", "return 16 at 75");

    events.clear();
    Machine other = new Machine(FaultPolicy.TAKE);
    other.handler(IRQ0, H0, "nop; nop; nop; nop; bx lr").handler(IRQ1, H1, "bx lr");
    other.main("nop; nop; bkpt #0");
    other.system().exceptions().setEnabled(IRQ0, true);
    other.system().exceptions().setEnabled(IRQ1, true);
    other.schedule.at(1, IRQ0);
    other.schedule.at(19, IRQ1);
    other.run(events);
    assertThat(events).containsExactly("enter 16 at 17", "chain 17 at 32", "return 17 at 51");
  }

  @Test
  void primask_holds_interrupts_back_until_it_is_cleared_but_not_nmi() {
    withIrqs("cpsid i; nop; nop; cpsie i; nop; bkpt #0", "bx lr", "bx lr");
    machine.handler(ExceptionNumber.NMI, 0x600, "bx lr");
    machine.schedule.at(2, IRQ0);
    machine.schedule.at(2, ExceptionNumber.NMI);
    machine.run(events);
    // NMI at 2, back at 2 + 16 + 3 + 16 = 37; nop, cpsie; IRQ 0 at 39.
    assertThat(events)
        .containsExactly("enter 2 at 18", "return 2 at 37", "enter 16 at 55", "return 16 at 74");
  }

  @Test
  void an_interrupt_in_the_middle_of_a_load_multiple_gives_it_up_and_starts_it_again() {
    withIrqs(
        "mov r0, sp; subs r0, #32; ldm r0!, {r1, r2, r3, r4, r5, r6, r7}; bkpt #0", "bx lr", "nop");
    machine.schedule.at(5, IRQ0); // 3 cycles into the LDM's 8
    machine.run(events);
    assertThat(events).containsExactly("abandon ldm", "enter 16 at 21", "return 16 at 40");
    assertThat(machine.interpreter.cycles()).isEqualTo(48);
    assertThat(machine.core().register(0)).isEqualTo(0x2000_0FFC);
  }

  @Test
  void a_32_cycle_multiplication_is_given_up_too_but_a_branch_is_not() {
    withIrqs("muls r0, r1, r0; b .+2; bkpt #0", "bx lr", "nop");
    machine.schedule.at(10, IRQ0);
    machine.schedule.at(10 + 35 + 32 + 1, IRQ0);
    machine.run(events);
    assertThat(events)
        .containsExactly(
            "abandon muls",
            "enter 16 at 26",
            "return 16 at 45",
            "enter 16 at 96",
            "return 16 at 115");
  }

  @Test
  void wfi_sleeps_until_an_interrupt_and_latency_is_16() {
    withIrqs("wfi; bkpt #0", "bx lr", "nop");
    machine.schedule.at(1000, IRQ0);
    machine.run(events);
    assertThat(events).containsExactly("enter 16 at 1016", "return 16 at 1035");
  }

  @Test
  void wfi_with_primask_wakes_without_taking_the_interrupt() {
    withIrqs("cpsid i; wfi; nop; bkpt #0", "bx lr", "nop");
    machine.schedule.at(1000, IRQ0);
    assertThat(machine.run(events)).isEqualTo(new StepResult.Breakpoint(0));
    assertThat(events).isEmpty();
    assertThat(machine.interpreter.cycles()).isEqualTo(1001);
  }

  @Test
  void wfi_with_nothing_to_come_sleeps_for_ever() {
    machine.main("wfi; bkpt #0");
    assertThat(machine.run()).isEqualTo(new StepResult.Asleep());
  }

  @Test
  void wfe_takes_the_event_of_sev_and_then_sleeps() {
    machine.main("sev; wfe; movs r0, #5; wfe; bkpt #0");
    assertThat(machine.run()).isEqualTo(new StepResult.Asleep());
    assertThat(machine.core().register(0)).isEqualTo(5);
    assertThat(machine.interpreter.cycles()).isEqualTo(1 + 2 + 1 + 2);
  }

  @Test
  void an_interrupt_that_only_becomes_pending_wakes_wfe_with_sevonpend() {
    machine.main("wfe; bkpt #0");
    write(0xE000_ED10, 1 << 4);
    machine.schedule.at(50, IRQ0); // not enabled
    assertThat(machine.run()).isEqualTo(new StepResult.Breakpoint(0));
    assertThat(machine.interpreter.cycles()).isEqualTo(50);
  }

  @Test
  void sleep_on_exit_sleeps_again_behind_the_handler() {
    withIrqs("wfi; bkpt #0", "bx lr", "nop");
    write(0xE000_ED10, 1 << 1);
    machine.schedule.at(100, IRQ0);
    assertThat(machine.run(events)).isEqualTo(new StepResult.Asleep());
    assertThat(events).containsExactly("enter 16 at 116", "return 16 at 135");
  }

  @Test
  void svc_is_taken_at_once_and_pendsv_behind_it() {
    machine.handler(ExceptionNumber.SVCALL, H0, "ldr r0, [sp, #24]; str r2, [r1, #4]; bx lr");
    machine.handler(ExceptionNumber.PENDSV, H1, "adds r4, #1; bx lr");
    machine.main("svc #7; bkpt #0");
    machine.core().setRegister(1, 0xE000_ED00);
    machine.core().setRegister(2, 1 << 28);
    machine.run(events);
    assertThat(events).containsExactly("enter 11 at 16", "chain 14 at 31", "return 14 at 51");
    assertThat(machine.core().register(4)).isEqualTo(1);
  }

  @Test
  void svc_under_primask_becomes_a_hard_fault_at_the_svc() {
    machine.handler(ExceptionNumber.HARD_FAULT, H0, "ldr r0, [sp, #24]; bkpt #3");
    machine.main("cpsid i; svc #0; bkpt #0");
    assertThat(machine.run(events)).isEqualTo(new StepResult.Breakpoint(3));
    assertThat(events).containsExactly("enter 3 at 17");
    assertThat(machine.core().register(0)).isEqualTo(Machine.MAIN + 2);
  }

  @Test
  void a_fault_enters_hard_fault_and_one_in_its_handler_locks_the_core_up() {
    machine.handler(ExceptionNumber.HARD_FAULT, H0, "ldr r0, [sp, #24]; ldr r1, [r3, #0]; bx lr");
    machine.main("movs r3, #1; ldr r2, [r3, #0]; bkpt #0");
    StepResult end = machine.run(events);
    assertThat(events).containsExactly("enter 3 at 17");
    assertThat(machine.core().register(0)).isEqualTo(Machine.MAIN + 2);
    assertThat(end).isInstanceOf(StepResult.LockedUp.class);
    Fault fault = ((StepResult.LockedUp) end).fault();
    assertThat(fault.kind()).isEqualTo(Fault.Kind.UNALIGNED_ACCESS);
    assertThat(fault.at().address()).isEqualTo(H0 + 2);
    assertThat(machine.interpreter.step()).isEqualTo(end);
  }

  @Test
  void a_branch_without_the_thumb_bit_faults_at_its_target() {
    machine.handler(
        ExceptionNumber.HARD_FAULT, H0, "ldr r0, [sp, #24]; ldr r1, [sp, #28]; bkpt #3");
    machine.main("movs r2, #128; bx r2");
    machine.run(events);
    assertThat(machine.core().register(0)).isEqualTo(128);
    assertThat(machine.core().register(1)).isEqualTo(0); // T clear
  }

  @Test
  void a_stack_that_is_gone_is_a_hard_fault_instead_of_the_interrupt() {
    machine.handler(ExceptionNumber.HARD_FAULT, H0, "bkpt #3");
    withIrqs("movs r0, #8; mov sp, r0; nop; bkpt #0", "bkpt #1", "nop");
    machine.handler(ExceptionNumber.HARD_FAULT, 0x600, "bkpt #3");
    machine.schedule.at(2, IRQ0);
    assertThat(machine.run(events)).isEqualTo(new StepResult.Breakpoint(3));
    assertThat(machine.system().exceptions().isPending(IRQ0)).isTrue();
  }

  @Test
  void an_exception_return_that_the_manual_calls_unpredictable_is_refused() {
    withIrqs("nop; bkpt #0", "movs r0, #14; mvns r0, r0; bx r0", "nop");
    machine.schedule.at(0, IRQ0);
    StepResult end = machine.run(events); // 0xFFFFFFF1 with one exception active
    assertThat(((StepResult.Faulted) end).fault().kind())
        .isEqualTo(Fault.Kind.UNPREDICTABLE_ENCODING);
  }

  @Test
  void a_thousand_rounds_of_a_20_cycle_loop_are_20000_cycles_of_systick() {
    // r4 = SYST_CSR. A round: 5 pairs of load (2) and nops, subs 1, bne 3.
    String timer =
        "movs r0, #224; lsls r0, r0, #24; movs r1, #224; lsls r1, r1, #8; adds r4, r0, r1; adds r4, #16; ";
    String start =
        "movs r0, #0; mvns r0, r0; str r0, [r4, #4]; str r0, [r4, #8]; movs r0, #5; str r0, [r4, #0]; ";
    String overhead = "ldr r5, [r4, #8]; ldr r6, [r4, #8]; subs r7, r5, r6; ";
    String count = "movs r0, #250; lsls r0, r0, #2; ";
    String round =
        "nop; nop; nop; nop; nop; nop; nop; nop; mov r1, r0; mov r2, r0; ldr r3, [r4, #4]; ldr r3, [r4, #4]; nop; nop; subs r0, #1; ";
    // 14 nops or moves and loads: 8 + 2 + 4 + 2 = 16, subs 1, bne 3 (1 in the last round).
    machine.main(
        timer
            + start
            + overhead
            + count
            + "ldr r5, [r4, #8]; "
            + round
            + "bne .-30; nop; nop; "
            + "ldr r6, [r4, #8]; subs r5, r5, r6; subs r5, r5, r7; bkpt #0");
    assertThat(machine.run()).isEqualTo(new StepResult.Breakpoint(0));
    assertThat(machine.core().register(7)).isEqualTo(2);
    assertThat(machine.core().register(5)).isEqualTo(20_000);
  }

  @Test
  void systick_interrupts_every_reload_plus_one_cycles() {
    machine.handler(ExceptionNumber.SYSTICK, H0, "adds r7, #1; bx lr");
    machine.main("wfi; b .-2");
    write(0xE000_E014, 99);
    write(0xE000_E018, 0);
    write(0xE000_E010, 3);
    while (machine.interpreter.cycles() < 1050) {
      StepResult result = machine.interpreter.step();
      if (result instanceof StepResult.Entered) {
        events.add(Long.toString(machine.interpreter.cycles()));
      }
    }
    assertThat(events)
        .containsExactly("116", "216", "316", "416", "516", "616", "716", "816", "916", "1016");
  }

  @Test
  void the_system_control_space_reads_as_a_cortex_m0() {
    machine.main("nop; bkpt #0");
    assertThat(read(0xE000_ED00)).isEqualTo(0x410C_C200);
    assertThat(read(0xE000_ED08)).isZero();
    assertThat(read(0xE000_ED14)).isEqualTo(0x208);
    write(0xE000_E100, 0x0000_0005);
    write(0xE000_E180, 0x0000_0001);
    assertThat(read(0xE000_E100)).isEqualTo(4);
    write(0xE000_E400, 0xFFFF_FFFF);
    assertThat(read(0xE000_E400)).isEqualTo(0xC0C0_C0C0);
    write(0xE000_ED20, 0xFFFF_FFFF);
    assertThat(read(0xE000_ED20)).isEqualTo(0xC0C0_0000);
    write(0xE000_E200, 2);
    assertThat(read(0xE000_ED04)).isEqualTo(1 << 22); // pending, not enabled
    write(0xE000_E100, 2);
    machine.system().exceptions().setPriority(IRQ1, 3);
    assertThat(read(0xE000_ED04)).isEqualTo(1 << 22 | 17 << 12);
    write(0xE000_E280, 2);
    assertThat(read(0xE000_ED04)).isZero();
    write(0xE000_ED0C, 0x05FA_0004);
    assertThat(machine.interpreter.step()).isEqualTo(new StepResult.ResetRequested());
  }

  private int read(int address) {
    try {
      return machine.system().space().read(Integer.toUnsignedLong(address), 4);
    } catch (io.defragsim.emulator.system.AccessFault e) {
      throw new AssertionError(e);
    }
  }

  private void write(int address, int value) {
    try {
      machine.system().space().write(Integer.toUnsignedLong(address), 4, value);
    } catch (io.defragsim.emulator.system.AccessFault e) {
      throw new AssertionError(e);
    }
  }
}
