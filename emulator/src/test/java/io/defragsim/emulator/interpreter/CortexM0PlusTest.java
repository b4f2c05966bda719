package io.defragsim.emulator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.system.ExceptionNumber;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What a Cortex-M0+ has and a Cortex-M0 lacks. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class CortexM0PlusTest {
  private static final int HANDLER = 0x300;
  private static final int OTHER = 0x340;
  private static final int CPUID = 0xE000_ED00;
  private static final int VTOR = 0xE000_ED08;
  private static final int MPU_CTRL = 0xE000_ED94;
  private static final int CONSTANTS = 0x280;

  private static Machine machine(CoreKind kind, int... constants) {
    Machine machine = new Machine(FaultPolicy.TAKE_IF_HANDLED, 0, kind);
    for (int i = 0; i < constants.length; i++) {
      machine.word(CONSTANTS + 4 * i, constants[i]);
    }
    return machine;
  }

  /** LDR of constant i as the instruction at {@code offset} of main. */
  private static String constant(int register, int i, int offset) {
    int pc = (Machine.MAIN + offset + 4) & ~3;
    return "ldr r" + register + ", [pc, #" + (CONSTANTS + 4 * i - pc) + "]; ";
  }

  private static String constants(int count) {
    StringBuilder source = new StringBuilder();
    for (int i = 0; i < count; i++) {
      source.append(constant(i, i, 2 * i));
    }
    return source.toString();
  }

  @Test
  void each_core_says_which_it_is() {
    for (CoreKind kind : CoreKind.values()) {
      Machine machine = machine(kind, CPUID).main(constants(1) + "ldr r0, [r0, #0]; bkpt #0");
      machine.run();
      assertThat(machine.core().register(0))
          .isEqualTo(kind == CoreKind.CORTEX_M0 ? 0x410C_C200 : 0x410C_C601);
    }
  }

  @Test
  void vectors_move_in_steps_of_256_bytes_and_only_on_a_cortex_m0plus() {
    String source = constants(2) + "str r1, [r0, #0]; ldr r2, [r0, #0]; svc #0; bkpt #0";
    for (CoreKind kind : CoreKind.values()) {
      Machine machine = machine(kind, VTOR, 0x14FF);
      machine.handler(ExceptionNumber.SVCALL, HANDLER, "movs r7, #1; bx lr");
      machine.word(0x1400 + 4 * ExceptionNumber.SVCALL, OTHER | 1);
      machine.code(OTHER, "movs r7, #2; bx lr").main(source).run();

      boolean plus = kind == CoreKind.CORTEX_M0PLUS;
      assertThat(machine.core().register(2)).isEqualTo(plus ? 0x1400 : 0);
      assertThat(machine.core().register(7)).isEqualTo(plus ? 2 : 1);
      assertThat(machine.system().space().ignored()).hasSize(plus ? 0 : 1);
      machine.interpreter.reset();
      assertThat(machine.system().vectorTable()).as("after reset").isZero();
    }
  }

  @Test
  void a_handler_of_faults_that_only_the_moved_table_has_is_taken() {
    String source =
        constants(3) + "str r2, [r1, #12]; str r1, [r0, #0]; movs r3, #1; ldr r4, [r3, #0]";
    Machine machine =
        machine(CoreKind.CORTEX_M0PLUS, VTOR, Machine.SRAM, HANDLER | 1)
            .code(HANDLER, "bkpt #7")
            .main(source);
    assertThat(machine.run()).isEqualTo(new StepResult.Breakpoint(7));

    Machine without =
        machine(CoreKind.CORTEX_M0, VTOR, Machine.SRAM, HANDLER | 1)
            .code(HANDLER, "bkpt #7")
            .main(source);
    assertThat(without.run()).isInstanceOf(StepResult.Faulted.class);
  }

  @Test
  void vectors_in_sram_are_read_without_wait_states() {
    Machine machine = new Machine(FaultPolicy.TAKE, 1, CoreKind.CORTEX_M0PLUS);
    machine
        .word(CONSTANTS, VTOR)
        .word(CONSTANTS + 4, Machine.SRAM)
        .word(CONSTANTS + 8, HANDLER | 1);
    machine.code(HANDLER, "bkpt #7");
    machine.main(constants(3) + "str r2, [r1, #44]; str r1, [r0, #0]; svc #0").run();
    // three literals 2 + 1, two stores 2, SVC 0, entry 16 and the way to flash 1
    assertThat(machine.interpreter.cycles()).isEqualTo(9 + 4 + 16 + 1);
  }

  @Test
  void unprivileged_code_changes_no_special_register_but_the_flags() {
    String source =
        "movs r0, #1; msr control, r0; isb sy; mrs r1, control; cpsid i; mrs r2, primask;"
            + " mrs r3, msp; movs r4, #0; msr control, r4; mrs r5, control; mvns r6, r4;"
            + " msr apsr, r6; mrs r7, apsr; msr msp, r4; msr primask, r0; bkpt #0";
    Machine plus = machine(CoreKind.CORTEX_M0PLUS).main(source);
    plus.run();
    assertThat(plus.core().register(1)).as("CONTROL").isEqualTo(1);
    assertThat(plus.core().register(2)).as("PRIMASK").isZero();
    assertThat(plus.core().primask()).isFalse();
    assertThat(plus.core().register(3)).as("MSP").isZero();
    assertThat(plus.core().register(5)).as("CONTROL, once given away").isEqualTo(1);
    assertThat(plus.core().register(7)).as("APSR").isEqualTo(0xF000_0000);
    assertThat(plus.core().msp()).isEqualTo(Machine.SRAM + 4096);

    Machine m0 = machine(CoreKind.CORTEX_M0).main(source);
    m0.run();
    assertThat(m0.core().register(1)).isZero();
    assertThat(m0.core().primask()).isTrue();
  }

  @Test
  void a_handler_is_privileged_and_can_give_the_privilege_back() {
    Machine machine = machine(CoreKind.CORTEX_M0PLUS, CPUID);
    machine.handler(
        ExceptionNumber.SVCALL,
        HANDLER,
        "ldr r5, [r3, #0]; mrs r6, control; movs r7, #0; msr control, r7; bx lr");
    machine
        .main(
            constant(3, 0, 0)
                + "movs r0, #1; msr control, r0; isb sy; svc #0; mrs r2, control; ldr r4, [r3, #0];"
                + " bkpt #0")
        .run();
    assertThat(machine.core().register(5)).isEqualTo(0x410C_C601);
    assertThat(machine.core().register(6)).as("CONTROL stays in a handler").isEqualTo(1);
    assertThat(machine.core().register(2)).isZero();
    assertThat(machine.core().register(4)).isEqualTo(0x410C_C601);
  }

  @Test
  void unprivileged_code_that_accesses_the_system_control_space_faults() {
    for (String access : new String[] {"ldr r1, [r3, #0]", "str r1, [r3, #0]"}) {
      Machine machine = machine(CoreKind.CORTEX_M0PLUS, CPUID);
      machine.handler(ExceptionNumber.HARD_FAULT, HANDLER, "bkpt #9");
      StepResult end =
          machine.main(constant(3, 0, 0) + "movs r0, #1; msr control, r0; isb sy; " + access).run();
      assertThat(end).as(access).isEqualTo(new StepResult.Breakpoint(9));
      assertThat(machine.core().ipsr()).isEqualTo(ExceptionNumber.HARD_FAULT);
    }
  }

  @Test
  void there_is_no_mpu_and_a_write_to_it_is_noted() {
    Machine machine =
        machine(CoreKind.CORTEX_M0PLUS, MPU_CTRL)
            .main(constants(1) + "movs r1, #5; str r1, [r0, #0]; ldr r2, [r0, #0]; bkpt #0");
    machine.run();
    assertThat(machine.core().register(2)).isZero();
    assertThat(machine.system().space().ignored()).containsExactly("the MPU");
  }
}
