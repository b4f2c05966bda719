package io.defragsim.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.image.RawImage;
import io.defragsim.emulator.isa.Assembler;
import io.defragsim.emulator.isa.Condition;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.model.Fault;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs of a few instructions, for every form of the instruction set, that take as many cycles
 * on the engine as a person counts with the table of the Cortex-M0's reference manual in hand.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class InstructionCyclesTest {
  private static final Assembler ASSEMBLER = new Assembler();
  private static final long FLASH = 0x0800_0000L;
  private static final long SRAM = 0x2000_0000L;
  private static final int SCRATCH = 0x2000_0100;
  private static final long BUDGET = 1_000_000;

  /**
   * Counted and cycles, one for each instruction. They are called with R0 an address in SRAM, R1 =
   * 4, R2 = another address in SRAM, R3 = 0x12345678. A program that does not return by itself gets
   * a {@code bx lr}, and 3 cycles for it.
   */
  private static final String PROGRAMS =
      """
      movs r0, r1                                             | 1
      lsls r0, r1, #2; lsrs r0, r1, #32; asrs r0, r1, #1      | 1+1+1
      adds r0, r1, r2; subs r0, r1, r2                        | 1+1
      adds r0, r1, #7; subs r0, r1, #7                        | 1+1
      movs r0, #255; cmp r0, #255; adds r0, #1; subs r0, #1   | 1+1+1+1
      ands r0, r1; eors r0, r1; lsls r0, r1; lsrs r0, r1      | 1+1+1+1
      asrs r0, r1; adcs r0, r1; sbcs r0, r1; rors r0, r1      | 1+1+1+1
      tst r0, r1; rsbs r0, r1, #0; cmp r0, r1; cmn r0, r1     | 1+1+1+1
      orrs r0, r1; bics r0, r1; mvns r0, r1                   | 1+1+1
      add r12, r0; cmp r12, r0; mov r12, r0; add r0, r12      | 1+1+1+1
      cmp r0, r12; mov r0, r12; mov r0, pc; add r0, pc        | 1+1+1+1
      add r3, sp; movs r1, #0; add sp, r1                     | 1+1+1
      sxth r0, r3; sxtb r0, r3; uxth r0, r3; uxtb r0, r3      | 1+1+1+1
      rev r0, r3; rev16 r0, r3; revsh r0, r3                  | 1+1+1
      add r0, pc, #4; add r0, sp, #4                          | 1+1
      sub sp, #8; str r3, [sp, #4]; ldr r3, [sp, #4]; add sp, #8 | 1+2+2+1
      muls r3, r1, r3                                         | MUL
      movs r0, #0; muls r0, r3, r0; muls r3, r3, r3           | 1+MUL+MUL
      ldr r3, [pc, #0]                                        | 2
      str r3, [r0, r1]; strh r3, [r0, r1]; strb r3, [r0, r1]  | 2+2+2
      ldr r3, [r0, r1]; ldrh r3, [r0, r1]; ldrb r3, [r0, r1]  | 2+2+2
      ldrsh r3, [r0, r1]; ldrsb r3, [r0, r1]                  | 2+2
      str r3, [r0, #4]; strh r3, [r0, #2]; strb r3, [r0, #1]  | 2+2+2
      ldr r3, [r0, #4]; ldrh r3, [r0, #2]; ldrb r3, [r0, #1]  | 2+2+2
      ldr r3, [r0, #0]; ldr r3, [r0, #0]; adds r3, r3, r3     | 2+2+1
      str r0, [r0, #0]; ldr r0, [r0, #0]; ldr r0, [r0, #0]    | 2+2+2
      b .+4; nop                                              | 3
      b .+2                                                   | 3
      b .+8; nop; b .+8; nop; b .-4; nop                      | 3+3+3
      movs r0, #5; subs r0, #1; bne .-2                       | 1+5*1+4*3+1
      movs r0, #200; nop; subs r0, #1; bne .-4                | 1+200*2+199*3+1
      push {lr}; bl .+6; pop {pc}; bx lr                      | 2+4+3+5
      push {lr}; bl .+4; pop {pc}                             | 2+4+5
      b .+6; nop; bx lr; mov r3, lr; bl .-4; bx r3            | 3+1+4+3+3
      mov r3, lr; bx r3                                       | 1+3
      push {lr}; add r1, pc, #8; adds r1, #1; blx r1; pop {pc}; nop; bx lr | 2+1+1+3+3+5
      mov pc, lr                                              | 3
      movs r1, #0; add pc, r1; nop                            | 1+3
      mov r1, sp; movs r2, #0; mov sp, r2; add pc, sp; nop; mov sp, r1 | 1+1+1+3+1
      mrs r1, apsr; msr apsr, r1                              | 4+4
      mrs r1, iapsr; msr iapsr, r1                            | 4+4
      mrs r1, eapsr; msr eapsr, r1                            | 4+4
      mrs r1, xpsr; msr xpsr, r1                              | 4+4
      mrs r1, ipsr; msr ipsr, r1                              | 4+4
      mrs r1, epsr; msr epsr, r1                              | 4+4
      mrs r1, iepsr; msr iepsr, r1                            | 4+4
      mrs r1, msp; msr msp, r1                                | 4+4
      mrs r1, psp; msr psp, r1                                | 4+4
      mrs r1, primask; msr primask, r1                        | 4+4
      mrs r1, control; msr control, r1                        | 4+4
      dsb sy; dmb sy; isb sy                                  | 4+4+4
      dsb #0; dmb #7; isb #14                                 | 4+4+4
      cpsid i; cpsie i                                        | 1+1
      nop; yield; sev; nop {5}; nop {15}                      | 1+1+1+1+1
      sev; wfe; nop                                           | 1+2+1
      """;

  /** A program, what it costs without its return, and how often MULS is in that. */
  record Counted(String source, int cycles, int multiplications) {
    static Counted parse(String line) {
      String[] columns = line.split("\\|", -1);
      int cycles = 0;
      int multiplications = 0;
      for (String term : columns[1].strip().split("\\+", -1)) {
        if (term.equals("MUL")) {
          multiplications++;
        } else {
          cycles +=
              Stream.of(term.split("\\*", -1))
                  .mapToInt(Integer::parseInt)
                  .reduce(1, (a, b) -> a * b);
        }
      }
      return new Counted(columns[0].strip(), cycles, multiplications);
    }

    boolean returns() {
      return source.endsWith("pc}") || source.endsWith("pc, lr") || source.matches(".*\\bbx \\w+");
    }

    String complete() {
      return returns() ? source : source + "; bx lr";
    }

    int expected(int multiplierCycles) {
      return cycles + multiplications * multiplierCycles + (returns() ? 0 : 3);
    }

    @Override
    public String toString() {
      return source;
    }
  }

  static List<Counted> programs() {
    List<Counted> programs = new ArrayList<>(PROGRAMS.lines().map(Counted::parse).toList());
    for (int n = 1; n <= 8; n++) {
      String low = IntStream.range(0, n).mapToObj(r -> "r" + r).collect(Collectors.joining(", "));
      programs.add(new Counted("push {" + low + "}; pop {" + low + "}", 2 * (1 + n), 0));
      programs.add(
          new Counted(
              "push {" + low + ", lr}; pop {" + low + ", pc}", 1 + (n + 1) + 4 + (n + 1), 0));
      // The base in the list, lowest: stored and written back by STM, loaded by LDM.
      String save = "push {r4, r5, r6, r7}; ";
      String restore = "; pop {r4, r5, r6, r7}";
      programs.add(new Counted("stm r0!, {" + low + "}", 1 + n, 0));
      programs.add(new Counted(save + "ldm r0, {" + low + "}" + restore, 5 + (1 + n) + 5, 0));
      if (n <= 7) {
        String list =
            IntStream.rangeClosed(1, n).mapToObj(r -> "r" + r).collect(Collectors.joining(", "));
        programs.add(new Counted("stm r0!, {" + list + "}", 1 + n, 0));
        programs.add(new Counted(save + "ldm r0!, {" + list + "}" + restore, 5 + (1 + n) + 5, 0));
      }
    }
    programs.add(new Counted("push {lr}; pop {pc}", 2 + 5, 0));
    return programs;
  }

  @ParameterizedTest(name = "{0}-cycle multiplier")
  @ValueSource(ints = {1, 32})
  void every_program_takes_the_cycles_counted_by_hand(int multiplierCycles) {
    List<Counted> programs = programs();
    Rig rig = new Rig(multiplierCycles, programs.stream().map(Counted::complete).toList());

    try (Mcu mcu = rig.start()) {
      List<String> differences = new ArrayList<>();
      for (int round = 0; round < 3; round++) {
        for (int p = 0; p < programs.size(); p++) {
          Outcome outcome = rig.call(mcu, p, SCRATCH, 4, SCRATCH + 64, 0x12345678);
          int expected = programs.get(p).expected(multiplierCycles);
          if (!(outcome instanceof Outcome.Returned) || outcome.cycles() != expected) {
            differences.add(
                "round %d: %s: %s, by hand %d"
                    .formatted(round, programs.get(p).complete(), outcome, expected));
          }
        }
      }
      assertThat(differences).isEmpty();
    }
  }

  /** SVC, BKPT and WFI do not come back; they have a test of their own below. */
  @Test
  void the_programs_use_every_form_that_comes_back() {
    Set<Form> used = EnumSet.of(Form.SVC, Form.BKPT, Form.WFI, Form.B_CONDITIONAL);
    for (Counted program : programs()) {
      for (Instruction instruction : ASSEMBLER.instructions(program.complete())) {
        used.add(instruction.form());
      }
    }

    assertThat(used).containsExactly(Form.values());
  }

  @Test
  void each_condition_costs_1_or_3_with_each_setting_of_the_flags() {
    List<Condition> conditions = List.of(Condition.values());
    List<String> skipping = new ArrayList<>();
    List<String> toTheNext = new ArrayList<>();
    for (Condition condition : conditions) {
      skipping.add("msr apsr, r0; b" + condition + " .+4; nop; bx lr");
      toTheNext.add("msr apsr, r0; b" + condition + " .+2; bx lr");
    }
    Rig rig = new Rig(1, Stream.concat(skipping.stream(), toTheNext.stream()).toList());

    try (Mcu mcu = rig.start()) {
      for (int nzcv = 0; nzcv < 16; nzcv++) {
        for (int c = 0; c < conditions.size(); c++) {
          Condition condition = conditions.get(c);
          boolean taken = condition.holds(nzcv << 28);
          assertThat(rig.call(mcu, c, nzcv << 28).cycles())
              .as("%s, NZCV = %d", skipping.get(c), nzcv)
              .isEqualTo(taken ? 4 + 3 + 3 : 4 + 1 + 1 + 3);
          assertThat(rig.call(mcu, skipping.size() + c, nzcv << 28).cycles())
              .as("%s, NZCV = %d", toTheNext.get(c), nzcv)
              .isEqualTo(taken ? 4 + 3 + 3 : 4 + 1 + 3);
        }
      }
    }
  }

  @Test
  void a_straight_line_longer_than_any_block_costs_its_sum() {
    String nops = "nop; ".repeat(5000) + "bx lr";
    String mixed =
        "ldr r3, [r0, #0]; adds r3, #1; dsb sy; str r3, [r0, #0]; ".repeat(1000) + "bx lr";
    Rig rig = new Rig(1, List.of(nops, mixed));

    try (Mcu mcu = rig.start()) {
      for (int round = 0; round < 2; round++) {
        assertThat(rig.call(mcu, 0).cycles()).isEqualTo(5000 + 3);
        assertThat(rig.call(mcu, 1, SCRATCH).cycles()).isEqualTo(1000 * (2 + 1 + 4 + 2) + 3);
      }
    }
  }

  @Test
  void cycles_stop_before_an_instruction_that_does_not_come_back() {
    Map<String, Fault.Kind> kinds =
        Map.of(
            "bkpt #7", Fault.Kind.UNEXPECTED_BREAKPOINT,
            "svc #7", Fault.Kind.UNHANDLED_EXCEPTION,
            "wfe", Fault.Kind.SLEEP_FOREVER,
            "wfi", Fault.Kind.SLEEP_FOREVER);
    List<String> instructions = List.copyOf(kinds.keySet());
    Rig rig =
        new Rig(
            1,
            instructions.stream()
                .map(instruction -> "nop; ldr r0, [r0, #0]; " + instruction + "; bx lr")
                .toList());

    for (int p = 0; p < instructions.size(); p++) {
      try (Mcu mcu = rig.start()) {
        Outcome outcome = rig.call(mcu, p, SCRATCH);
        assertThat(outcome).as(instructions.get(p)).isInstanceOf(Outcome.Faulted.class);
        Fault fault = ((Outcome.Faulted) outcome).fault();
        assertThat(fault.kind()).isEqualTo(kinds.get(instructions.get(p)));
        assertThat(fault.at().address()).as(instructions.get(p)).isEqualTo(rig.address(p) + 4);
        assertThat(outcome.cycles()).as(instructions.get(p)).isEqualTo(1 + 2);
      }
    }
  }

  /** Programs in flash behind a vector table, each at a multiple of 4. */
  private static final class Rig {
    private static final int FIRST = 0x80;

    private final int multiplierCycles;
    private final List<Long> addresses = new ArrayList<>();
    private final byte[] flash;

    Rig(int multiplierCycles, List<String> programs) {
      this.multiplierCycles = multiplierCycles;
      ByteBuffer bytes = ByteBuffer.allocate(0x10000).order(ByteOrder.LITTLE_ENDIAN);
      bytes.putInt((int) SRAM + 0x2000).putInt((int) FLASH + 0x40 + 1);
      bytes.position(0x40);
      bytes.put(ASSEMBLER.assemble("bkpt #0"));
      bytes.position(FIRST);
      for (String program : programs) {
        bytes.position((bytes.position() + 3) & ~3);
        addresses.add(FLASH + bytes.position());
        bytes.put(ASSEMBLER.assemble(program));
      }
      flash = Arrays.copyOf(bytes.array(), bytes.position());
    }

    Mcu start() {
      McuConfig config =
          new McuConfig("test", 8_000_000, 8_000_000, multiplierCycles, 0x10000, SRAM, 0x2000);
      Mcu mcu = Program.mcu(config, RawImage.of("programs", FLASH, flash, Map.of(), List.of()));
      assertThat(mcu.reset(BUDGET)).isInstanceOf(Outcome.Parked.class);
      return mcu;
    }

    long address(int program) {
      return addresses.get(program);
    }

    Outcome call(Mcu mcu, int program, int... arguments) {
      return mcu.call(address(program), BUDGET, arguments);
    }
  }
}
