package io.defragsim.emulator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.model.Fault;
import java.util.Locale;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What instructions do, against results worked out by hand from the architecture manual. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class InstructionSemanticsTest {
  private static final String FLAGS = "NZCV";

  /** Flags before and after as letters, capital if set; R1 and R2 before, R1 after. */
  @ParameterizedTest(name = "{0} of {2}, {3}")
  @CsvSource(
      textBlock =
          """
          'adds r1, r1, r2', nzcv, 7fffffff, 00000001, 80000000, NzcV
          'adds r1, r1, r2', nzcv, ffffffff, 00000001, 00000000, nZCv
          'adds r1, r1, r2', nzcv, 80000000, 80000000, 00000000, nZCV
          'adds r1, #255',   NZCV, 00000001, 00000000, 00000100, nzcv
          'subs r1, r1, r2', nzcv, 00000005, 00000005, 00000000, nZCv
          'subs r1, r1, r2', nzcv, 00000000, 00000001, ffffffff, Nzcv
          'subs r1, r1, r2', nzcv, 80000000, 00000001, 7fffffff, nzCV
          'cmp r1, r2',      nzcv, 7fffffff, ffffffff, 7fffffff, NzcV
          'cmn r1, r2',      nzcv, 00000001, ffffffff, 00000001, nZCv
          'rsbs r1, r2, #0', nzcv, 00000000, 80000000, 80000000, NzcV
          'rsbs r1, r2, #0', nzcv, 00000009, 00000000, 00000000, nZCv
          'adcs r1, r2',     nzCv, 7fffffff, 00000000, 80000000, NzcV
          'adcs r1, r2',     nzCv, ffffffff, 00000000, 00000000, nZCv
          'adcs r1, r2',     nzCv, ffffffff, ffffffff, ffffffff, NzCv
          'sbcs r1, r2',     nzcv, 00000005, 00000004, 00000000, nZCv
          'sbcs r1, r2',     nzcv, 00000005, 00000005, ffffffff, Nzcv
          'sbcs r1, r2',     nzcv, 00000000, ffffffff, 00000000, nZcv
          'sbcs r1, r2',     nzCv, 80000000, 00000001, 7fffffff, nzCV
          'ands r1, r2',     nzCV, 0000ff00, 00ff0000, 00000000, nZCV
          'orrs r1, r2',     nzCV, 80000000, 00000001, 80000001, NzCV
          'eors r1, r2',     NzcV, ffffffff, ffffffff, 00000000, nZcV
          'bics r1, r2',     nzcv, ffffffff, 0000ffff, ffff0000, Nzcv
          'mvns r1, r2',     nzCV, 00000000, ffffffff, 00000000, nZCV
          'tst r1, r2',      nzCV, 80000000, 80000000, 80000000, NzCV
          'muls r1, r2, r1', NzCV, 00010000, 00010000, 00000000, nZCV
          'muls r1, r2, r1', nzcv, ffffffff, 00000003, fffffffd, Nzcv
          'lsls r1, r2, #1', nzcv, 00000000, 80000001, 00000002, nzCv
          'lsls r1, r2',     nzCV, 80000001, 00000000, 80000001, NzCV
          'lsls r1, r2',     nzcv, 00000001, 00000020, 00000000, nZCv
          'lsls r1, r2',     nzCv, 00000001, 00000021, 00000000, nZcv
          'lsls r1, r2',     nzcv, 00000003, 0000011f, 80000000, NzCv
          'lsrs r1, r2, #32',nzcv, 00000000, 80000000, 00000000, nZCv
          'lsrs r1, r2',     nzcv, 80000000, 00000020, 00000000, nZCv
          'lsrs r1, r2',     nzCv, ffffffff, 00000040, 00000000, nZcv
          'lsrs r1, r2',     nzcv, 00000003, 00000001, 00000001, nzCv
          'asrs r1, r2, #32',nzcv, 00000000, 80000000, ffffffff, NzCv
          'asrs r1, r2',     nzcv, 80000000, 000000ff, ffffffff, NzCv
          'asrs r1, r2',     nzCv, 7fffffff, 00000020, 00000000, nZcv
          'asrs r1, r2',     nzcv, fffffff5, 00000001, fffffffa, NzCv
          'rors r1, r2',     nzCV, 00000001, 00000100, 00000001, nzCV
          'rors r1, r2',     nzcv, 80000000, 00000020, 80000000, NzCv
          'rors r1, r2',     nzCv, 40000000, 00000020, 40000000, nzcv
          'rors r1, r2',     nzcv, 00000001, 00000001, 80000000, NzCv
          'sxth r1, r2',     NZCV, 00000000, 00018000, ffff8000, NZCV
          'sxtb r1, r2',     nzcv, 00000000, 0000017f, 0000007f, nzcv
          'uxth r1, r2',     nzcv, 00000000, ffff8000, 00008000, nzcv
          'uxtb r1, r2',     nzcv, 00000000, ffffff80, 00000080, nzcv
          'rev r1, r2',      nzcv, 00000000, 12345678, 78563412, nzcv
          'rev16 r1, r2',    nzcv, 00000000, 12345678, 34127856, nzcv
          'revsh r1, r2',    nzcv, 00000000, 12340080, ffff8000, nzcv
          'mov r1, pc',      nzcv, 00000000, 00000000, 00000204, nzcv
          'add r1, pc, #8',  nzcv, 00000000, 00000000, 0000020c, nzcv
          'add r1, pc',      nzcv, 00000001, 00000000, 00000205, nzcv
          'add r1, sp, #4',  nzcv, 00000000, 00000000, 20001004, nzcv
          'mrs r1, xpsr',    NzCv, 00000000, 00000000, a0000000, NzCv
          'mrs r1, epsr',    NzCv, 00000000, 00000000, 00000000, NzCv
          'mrs r1, ipsr',    NzCv, 00000005, 00000000, 00000000, NzCv
          'mrs r1, msp',     nzcv, 00000000, 00000000, 20001000, nzcv
          'msr apsr, r2',    nzcv, 00000000, 5fffffff, 00000000, nZcV
          'msr epsr, r2',    nzcv, 00000000, ffffffff, 00000000, nzcv
          """)
  void data(String assembly, String before, String r1, String r2, String r1After, String after) {
    Machine machine = new Machine(FaultPolicy.REPORT).main(assembly + "; bkpt #0");
    machine.core().setRegister(1, Integer.parseUnsignedInt(r1, 16));
    machine.core().setRegister(2, Integer.parseUnsignedInt(r2, 16));
    machine.core().setFlags(flags(before));
    assertThat(machine.run()).isEqualTo(new StepResult.Breakpoint(0));
    assertThat(Integer.toHexString(machine.core().register(1)))
        .isEqualTo(Integer.toHexString(Integer.parseUnsignedInt(r1After, 16)));
    assertThat(letters(machine.core().flags())).isEqualTo(after);
  }

  private static int flags(String letters) {
    int flags = 0;
    for (int i = 0; i < 4; i++) {
      flags |= letters.charAt(i) == FLAGS.charAt(i) ? 1 << (31 - i) : 0;
    }
    return flags;
  }

  private static String letters(int flags) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      String letter = FLAGS.substring(i, i + 1);
      text.append((flags & 1 << (31 - i)) != 0 ? letter : letter.toLowerCase(Locale.ROOT));
    }
    return text.toString();
  }

  @Test
  void the_low_bits_of_both_stack_pointers_stay_0() {
    Machine machine =
        new Machine(FaultPolicy.REPORT)
            .main("mov sp, r1; msr psp, r1; mrs r2, psp; mov r3, sp; add sp, r1; bkpt #0");
    machine.core().setRegister(1, 0x2000_0103);
    machine.run();
    assertThat(machine.core().register(2)).isEqualTo(0x2000_0100);
    assertThat(machine.core().register(3)).isEqualTo(0x2000_0100);
    assertThat(machine.core().msp()).isEqualTo(0x4000_0200);
  }

  @Test
  void control_selects_the_process_stack_in_thread_mode_and_has_no_other_bit() {
    Machine machine =
        new Machine(FaultPolicy.REPORT)
            .main("msr psp, r1; movs r2, #3; msr control, r2; mrs r3, control; push {r1}; bkpt #0");
    machine.core().setRegister(1, 0x2000_0100);
    machine.run();
    assertThat(machine.core().register(3)).isEqualTo(2);
    assertThat(machine.core().psp()).isEqualTo(0x2000_00FC);
    assertThat(machine.core().msp()).isEqualTo(0x2000_1000);
    assertThat(machine.sramWord(0x2000_00FC)).isEqualTo(0x2000_0100);
  }

  @Test
  void multiple_transfers_go_upwards_and_write_the_base_back_unless_it_is_loaded() {
    Machine machine =
        new Machine(FaultPolicy.REPORT)
            .main("stm r1!, {r1, r2, r3}; mov r4, r1; subs r4, #12; ldm r4, {r4, r5, r6}; bkpt #0");
    machine.core().setRegister(1, 0x2000_0010);
    machine.core().setRegister(2, 22);
    machine.core().setRegister(3, 33);
    machine.run();
    assertThat(machine.core().register(1)).isEqualTo(0x2000_001C);
    assertThat(machine.core().register(4)).isEqualTo(0x2000_0010);
    assertThat(machine.core().register(5)).isEqualTo(22);
    assertThat(machine.core().register(6)).isEqualTo(33);
  }

  /** R1 = 0x20000001, R2 = 0x1001. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      textBlock =
          """
          'ldr r0, [r1, #0]',   UNALIGNED_ACCESS,       20000001
          'ldrh r0, [r1, #2]',  UNALIGNED_ACCESS,       20000003
          'strh r0, [r1, #0]',  UNALIGNED_ACCESS,       20000001
          'str r0, [r1, r1]',   UNALIGNED_ACCESS,       40000002
          'ldm r1!, {r0}',      UNALIGNED_ACCESS,       20000001
          'stm r1!, {r0}',      UNALIGNED_ACCESS,       20000001
          'strb r0, [r2, #0]',  WRITE_PROTECTED,        1001
          'ldrb r0, [r1, r1]',  UNMAPPED_ACCESS,        40000002
          'bx r1',              ,
          'bx r2',              ,
          'bx r0',              NOT_THUMB,              0
          'blx r0',             NOT_THUMB,              0
          'svc #3',             ,
          'add pc, r1',         UNMAPPED_FETCH,         20002004
          """)
  void faults_name_the_instruction_and_the_address(String assembly, String kind, String address) {
    Machine machine = new Machine(FaultPolicy.REPORT).main("nop; " + assembly + "; bkpt #7");
    machine.core().setRegister(1, 0x2000_0001);
    machine.core().setRegister(2, 0x1001);
    machine.interpreter.step();
    if (assembly.startsWith("add pc")) {
      machine.core().setRegister(1, 0x2000_1E02);
    }
    var before = machine.core().registers();
    StepResult result = machine.interpreter.step();
    if (kind == null) {
      assertThat(result).isInstanceOf(StepResult.Retired.class);
      return;
    }
    assertThat(result).isInstanceOf(StepResult.Faulted.class);
    Fault fault = ((StepResult.Faulted) result).fault();
    assertThat(fault.kind().name()).isEqualTo(kind);
    assertThat(fault.at().address()).isEqualTo(Machine.MAIN + 2);
    if (!kind.equals("UNMAPPED_FETCH")) {
      assertThat(fault.accessAddress()).isEqualTo(Long.parseLong(address, 16));
    }
    assertThat(fault.registers()).isEqualTo(before);
    assertThat(machine.core().registers()).isEqualTo(before);
    assertThat(machine.interpreter.cycles()).isEqualTo(1);
  }

  @Test
  void undefined_and_unpredictable_encodings_are_told_apart() {
    Machine machine = new Machine(FaultPolicy.REPORT).main("nop");
    machine.flash[Machine.MAIN] = 0;
    machine.flash[Machine.MAIN + 1] = (byte) 0xDE; // udf #0
    assertThat(kind(machine)).isEqualTo(Fault.Kind.UNDEFINED_INSTRUCTION);
    machine.flash[Machine.MAIN] = 1;
    machine.flash[Machine.MAIN + 1] = 0x47; // bx r0 with a should-be-zero bit set
    assertThat(kind(machine)).isEqualTo(Fault.Kind.UNPREDICTABLE_ENCODING);
  }

  private static Fault.Kind kind(Machine machine) {
    return ((StepResult.Faulted) machine.run()).fault().kind();
  }
}
