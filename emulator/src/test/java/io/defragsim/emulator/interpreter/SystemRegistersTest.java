package io.defragsim.emulator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.ExceptionNumber;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The registers of the core (ARM DDI 0419C, B1.4, B1.5.8, B3.2 to B3.4), where no other test is.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class SystemRegistersTest {
  private static final int HANDLER = 0x400;
  private static final int IRQ0 = ExceptionNumber.ofIrq(0);
  private static final int ICSR = 0xE000_ED04;
  private static final int AIRCR = 0xE000_ED0C;
  private static final int SHCSR = 0xE000_ED24;
  private static final int SYST_CSR = 0xE000_E010;
  private static final int SYST_RVR = 0xE000_E014;
  private static final int SYST_CVR = 0xE000_E018;

  private final Machine machine = new Machine(FaultPolicy.TAKE).main("nop; bkpt #0");

  private int read(int address) {
    try {
      return machine.system().space().read(Integer.toUnsignedLong(address), 4);
    } catch (AccessFault e) {
      throw new AssertionError(e);
    }
  }

  private void write(int address, int value) {
    try {
      machine.system().space().write(Integer.toUnsignedLong(address), 4, value);
    } catch (AccessFault e) {
      throw new AssertionError(e);
    }
  }

  /** A register, what it holds when all ones were written, and what out of reset. */
  @ParameterizedTest
  @CsvSource({
    "0xE000E014, 0x00FFFFFF, 0", // SYST_RVR
    "0xE000E018, 0, 0", // SYST_CVR
    "0xE000E01C, 0x80000000, 0x80000000", // SYST_CALIB: no reference clock, nothing known
    "0xE000E100, 0xFFFFFFFF, 0", // NVIC_ISER
    "0xE000E180, 0, 0", // NVIC_ICER
    "0xE000E200, 0xFFFFFFFF, 0", // NVIC_ISPR
    "0xE000E280, 0, 0", // NVIC_ICPR
    "0xE000E41C, 0xC0C0C0C0, 0", // NVIC_IPR7
    "0xE000ED00, 0x410CC200, 0x410CC200", // CPUID
    "0xE000ED08, 0, 0", // VTOR
    "0xE000ED0C, 0xFA050000, 0xFA050000", // AIRCR, by the wrong key
    "0xE000ED10, 0x16, 0", // SCR
    "0xE000ED14, 0x208, 0x208", // CCR
    "0xE000ED18, 0, 0", // SHPR1
    "0xE000ED1C, 0xC0000000, 0", // SHPR2
    "0xE000ED20, 0xC0C00000, 0", // SHPR3
    "0xE000ED24, 0x8000, 0", // SHCSR
    "0xE000ED30, 0, 0", // DFSR
    "0xE000ED90, 0, 0", // MPU_TYPE
    "0xE000EDF0, 0, 0", // DHCSR: no debugger
    "0xE000EDFC, 0, 0", // DEMCR
    "0xE000EFFC, 0, 0", // reserved
  })
  void a_register_keeps_the_bits_that_it_has(String address, String kept, String reset) {
    int register = Long.decode(address).intValue();
    write(register, -1);
    assertThat(read(register)).isEqualTo(Long.decode(kept).intValue());
    machine.interpreter.reset();
    assertThat(read(register)).as("after reset").isEqualTo(Long.decode(reset).intValue());
  }

  @Test
  void a_reset_needs_the_key_and_only_a_debugger_clears_what_is_active() {
    write(AIRCR, 0xFA05_0004);
    assertThat(machine.system().resetRequested()).isFalse();
    machine.system().exceptions().activate(IRQ0);
    write(AIRCR, 0x05FA_0002);
    assertThat(machine.system().exceptions().isActive(IRQ0)).isTrue();
    assertThat(machine.system().resetRequested()).isFalse();
    write(AIRCR, 0x05FA_0004);
    assertThat(machine.system().resetRequested()).isTrue();
  }

  @Test
  void icsr_sets_and_clears_what_is_pending_and_names_the_most_urgent() {
    write(ICSR, 1 << 28);
    assertThat(read(ICSR)).as("PendSV").isEqualTo(1 << 28 | 14 << 12);
    write(ICSR, 1 << 26);
    assertThat(read(ICSR)).as("and SysTick").isEqualTo(1 << 28 | 1 << 26 | 14 << 12);
    write(0xE000_ED20, 0x00C0_0000); // PendSV is less urgent
    assertThat(read(ICSR)).isEqualTo(1 << 28 | 1 << 26 | 15 << 12);
    write(ICSR, 1 << 25 | 1 << 27);
    assertThat(read(ICSR)).as("none").isZero();
    write(ICSR, 1 << 31);
    assertThat(read(ICSR)).as("NMI").isEqualTo(1 << 31 | 2 << 12);
    write(ICSR, 0);
    assertThat(read(ICSR)).as("which nothing clears").isEqualTo(1 << 31 | 2 << 12);
  }

  @Test
  void icsr_tells_a_handler_which_it_is_and_what_waits() {
    Machine other = new Machine(FaultPolicy.TAKE);
    other.handler(IRQ0, HANDLER, "ldr r4, [r1, #4]; bkpt #1").main("nop; bkpt #0");
    other.core().setRegister(1, ICSR - 4);
    for (int irq = 0; irq < 2; irq++) {
      other.system().exceptions().setEnabled(IRQ0 + irq, true);
      other.schedule.at(0, IRQ0 + irq);
    }
    assertThat(other.run()).isEqualTo(new StepResult.Breakpoint(1));
    assertThat(other.core().register(4)).isEqualTo(1 << 22 | 17 << 12 | 16);
  }

  @Test
  void nmi_is_taken_at_the_next_instruction_even_with_primask() {
    List<String> events = new ArrayList<>();
    Machine other = new Machine(FaultPolicy.TAKE);
    other.handler(ExceptionNumber.NMI, HANDLER, "bx lr");
    other.main("cpsid i; str r2, [r1, #4]; nop; bkpt #0");
    other.core().setRegister(1, ICSR - 4);
    other.core().setRegister(2, 1 << 31);
    other.run(events);
    assertThat(events).containsExactly("enter 2 at 19", "return 2 at 38");
  }

  @Test
  void shcsr_can_pend_a_supervisor_call_and_take_it_back() {
    machine.handler(ExceptionNumber.SVCALL, HANDLER, "bkpt #11");
    write(SHCSR, 1 << 15);
    assertThat(read(SHCSR)).isEqualTo(1 << 15);
    write(SHCSR, 0);
    assertThat(read(SHCSR)).isZero();
    write(SHCSR, 1 << 15);
    assertThat(machine.run()).isEqualTo(new StepResult.Breakpoint(11));
  }

  @Test
  void systick_says_once_that_it_counted_to_zero() {
    write(SYST_RVR, 9);
    write(SYST_CVR, 7);
    write(SYST_CSR, 5);
    assertThat(read(SYST_CVR)).isZero();
    machine.system().advance(1);
    assertThat(read(SYST_CVR)).as("reloaded").isEqualTo(9);
    machine.system().advance(9);
    assertThat(read(SYST_CVR)).isZero();
    assertThat(read(SYST_CSR)).isEqualTo(1 << 16 | 5);
    assertThat(read(SYST_CSR)).as("reading clears it").isEqualTo(5);
    machine.system().advance(10);
    write(SYST_CVR, 3);
    assertThat(read(SYST_CSR)).as("so does writing the count").isEqualTo(5);
    assertThat(read(ICSR)).as("without TICKINT nothing is requested").isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void parts_of_words_fault(int bytes) {
    assertThatThrownBy(() -> machine.system().space().read(0xE000_E400L, bytes))
        .isInstanceOf(AccessFault.class)
        .hasMessageContaining("words only");
    assertThatThrownBy(() -> machine.system().space().write(0xE000_E400L, bytes, 0))
        .isInstanceOf(AccessFault.class);
  }

  @Test
  void the_stack_pointer_is_chosen_in_thread_mode_only() {
    Machine other = new Machine(FaultPolicy.TAKE);
    other.handler(
        ExceptionNumber.SVCALL,
        HANDLER,
        "mrs r4, control; movs r0, #0; msr control, r0; mrs r5, control; mov r6, sp; bx lr");
    other.main(
        "msr psp, r1; movs r0, #2; msr control, r0; isb sy; mov r2, sp; svc #0; mrs r7, control;"
            + " mov r3, sp; bkpt #0");
    other.core().setRegister(1, Machine.SRAM + 0x803);
    assertThat(other.run()).isEqualTo(new StepResult.Breakpoint(0));
    assertThat(other.core().register(4)).as("SPSEL in a handler").isZero();
    assertThat(other.core().register(5)).isZero();
    assertThat(other.core().register(7)).as("SPSEL behind it").isEqualTo(2);
    assertThat(other.core().register(6)).as("SP in a handler").isEqualTo(Machine.SRAM + 0x1000);
    assertThat(other.core().sp()).as("words only").isEqualTo(Machine.SRAM + 0x800);
  }

  @Test
  void outside_of_a_handler_an_exception_return_is_a_branch_to_no_code() {
    Machine other = new Machine(FaultPolicy.TAKE);
    other.handler(ExceptionNumber.HARD_FAULT, HANDLER, "ldr r0, [sp, #24]; bkpt #3");
    other.main("bx r1");
    other.core().setRegister(1, 0xFFFF_FFF9);
    assertThat(other.run()).isEqualTo(new StepResult.Breakpoint(3));
    assertThat(other.core().register(0)).isEqualTo(0xFFFF_FFF8);
  }

  /** EXC_RETURN, and the exception number that the frame gets. */
  @ParameterizedTest
  @CsvSource({
    "0xFFFFFFF1, 0",
    "0xFFFFFFF5, 0",
    "0xF0000009, 0",
    "0xFFFFFFF9, 5",
    "0xFFFFFFF9, 16",
  })
  void a_return_that_the_manual_calls_unpredictable_ends_the_run(String value, int number) {
    Machine other = new Machine(FaultPolicy.TAKE);
    other.handler(
        IRQ0, HANDLER, "ldr r2, [sp, #28]; adds r2, #" + number + "; str r2, [sp, #28]; bx r1");
    other.main("nop; bkpt #0");
    other.core().setRegister(1, Long.decode(value).intValue());
    other.system().exceptions().setEnabled(IRQ0, true);
    other.schedule.at(0, IRQ0);
    assertThat(other.run())
        .isInstanceOfSatisfying(
            StepResult.Faulted.class,
            faulted ->
                assertThat(faulted.fault().kind()).isEqualTo(Fault.Kind.UNPREDICTABLE_ENCODING));
  }
}
