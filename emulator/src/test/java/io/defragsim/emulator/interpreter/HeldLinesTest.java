package io.defragsim.emulator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.ExceptionNumber;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of interrupts that a peripheral holds high (ARM DDI 0419C, B3.4.1). */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class HeldLinesTest {
  private static final int HANDLER = 0x400;
  private static final int IRQ0 = ExceptionNumber.ofIrq(0);
  private static final long ISPR = 0xE000_E200L;
  private static final long ICPR = 0xE000_E280L;

  private final Machine machine = new Machine(FaultPolicy.TAKE);
  private final List<String> events = new ArrayList<>();

  private void program(int irq, String main, String handler) {
    machine.handler(ExceptionNumber.ofIrq(irq), HANDLER, handler).main(main);
    machine.system().exceptions().setEnabled(ExceptionNumber.ofIrq(irq), true);
  }

  /** From a cycle on the line is high, or low. */
  private void line(int irq, long cycle, boolean high) {
    int exception = ExceptionNumber.ofIrq(irq);
    machine.system().events().add(true, () -> machine.system().setLine(exception, high)).at(cycle);
  }

  private int read(long address) throws AccessFault {
    return machine.system().space().read(address, 4);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31})
  void a_line_that_stays_high_is_handled_again_and_again(int irq) {
    program(irq, "nop; nop; nop; nop; nop; nop; bkpt #0", "bx lr");
    line(irq, 5, true);
    line(irq, 40, false);
    assertThat(machine.run(events)).isEqualTo(new StepResult.Breakpoint(0));
    // 16 for the entry; 3 and 8 for each further; low in the handler that began at 32, over at 35
    int exception = 16 + irq;
    assertThat(events)
        .containsExactly(
            "enter " + exception + " at 21",
            "chain " + exception + " at 32",
            "chain " + exception + " at 43",
            "return " + exception + " at 62");
  }

  @Test
  void one_that_is_low_again_before_it_could_be_handled_is_handled_once() {
    program(0, "cpsid i; nop; nop; nop; nop; cpsie i; nop; bkpt #0", "bx lr");
    line(0, 2, true);
    line(0, 4, false);
    machine.run(events);
    assertThat(events).containsExactly("enter 16 at 22", "return 16 at 41");
  }

  @Test
  void one_that_rises_again_in_its_handler_is_handled_once_more() {
    program(0, "nop; nop; nop; bkpt #0", "nop; nop; nop; nop; bx lr");
    line(0, 1, true);
    line(0, 18, false);
    line(0, 19, true);
    line(0, 20, false);
    machine.run(events);
    assertThat(events).containsExactly("enter 16 at 17", "chain 16 at 32", "return 16 at 55");
  }

  @Test
  void what_is_pending_cannot_be_cleared_while_the_line_is_high() throws AccessFault {
    machine.main("nop; bkpt #0");
    machine.system().setLine(IRQ0, true);
    machine.system().space().write(ICPR, 4, 1);
    assertThat(read(ISPR)).as("line high").isEqualTo(1);
    machine.system().setLine(IRQ0, false);
    assertThat(read(ISPR)).as("latched").isEqualTo(1);
    machine.system().space().write(ICPR, 4, 1);
    assertThat(read(ISPR)).as("line low").isZero();
    machine.system().space().write(ISPR, 4, 1);
    assertThat(read(ISPR)).as("by software").isEqualTo(1);
    machine.system().space().write(ICPR, 4, 1);
    assertThat(read(ISPR)).isZero();
  }

  @Test
  void a_pulse_by_software_is_handled_once() throws AccessFault {
    program(0, "nop; bkpt #0", "bx lr");
    machine.system().space().write(ISPR, 4, 1);
    machine.run(events);
    assertThat(events).containsExactly("enter 16 at 16", "return 16 at 35");
  }

  @Test
  void a_line_wakes_a_core_that_sleeps_and_waits_while_it_is_disabled() throws AccessFault {
    program(0, "wfi; bkpt #0", "bx lr");
    machine.system().exceptions().setEnabled(IRQ0, false);
    line(0, 100, true);
    line(0, 500, false);
    assertThat(machine.run(events)).isEqualTo(new StepResult.Asleep());
    machine.system().exceptions().setEnabled(IRQ0, true);
    machine.run(events);
    assertThat(events).containsExactly("enter 16 at 516", "return 16 at 535");
  }
}
