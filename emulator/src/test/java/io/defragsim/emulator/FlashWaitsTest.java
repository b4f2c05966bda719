package io.defragsim.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.engine.unicorn.BlockCounting;
import io.defragsim.emulator.isa.Armv6m;
import io.defragsim.emulator.isa.Assembler;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.timing.CycleModel;
import io.defragsim.emulator.timing.FlashWaits;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The estimate with wait states of flash, by hand and against what was measured on a part. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class FlashWaitsTest {
  private static final Assembler ASSEMBLER = new Assembler();
  private static final long SRAM = 0x2000_0000L;

  /**
   * Programs that start at a word, called with R0 an address in SRAM: cycles without wait states,
   * and what one and two of them add.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "bx lr                                      |  3 |  1 |  2",
        "nop; nop; nop; nop; bx lr                  |  7 |  1 |  4",
        "nop; ldr r0, [r0, #0]; nop; bx lr          |  7 |  1 |  4",
        "ldr r1, [r0, #0]; str r1, [r0, #4]; bx lr  |  7 |  1 |  2",
        "ldr r0, [pc, #0]; bx lr                    |  5 |  2 |  4",
        "isb sy; dsb sy; bx lr                      | 11 |  2 |  4",
        "b .+4; nop; bx lr                          |  6 |  2 |  4",
        "b .+2; bx lr                               |  6 |  3 |  6",
        "cmp r0, r0; beq .+2; bx lr                 |  7 |  2 |  5",
        "cmp r0, r0; bne .+2; bx lr                 |  5 |  1 |  3",
        "cmp r0, r0; bne .+4; nop; bx lr            |  6 |  1 |  4",
        "movs r0, #5; subs r0, #1; bne .-2; bx lr   | 22 |  9 | 20",
        "push {lr}; bl .+6; pop {pc}; bx lr         | 14 |  4 |  8",
        "mov r3, lr; bl .+4; bx r3                  |  8 |  3 |  7",
        "mov pc, lr                                 |  3 |  1 |  2",
        // Computed branches, to a word boundary and to the halfword behind one.
        "mov r1, pc; adds r1, #5; bx r1; nop; bx lr |  8 |  2 |  5",
        "mov r1, pc; adds r1, #3; bx r1; bx lr      |  8 |  3 |  7",
        "mov r1, pc; adds r1, #4; mov pc, r1; nop; bx lr | 8 | 2 | 5",
        "mov r1, pc; adds r1, #2; mov pc, r1; bx lr |  8 |  3 |  7",
        "nop; movs r1, #0; add pc, r1; nop; bx lr   |  8 |  2 |  5",
        "movs r1, #0; add pc, r1; nop; bx lr        |  7 |  3 |  7",
        "nop; cmp r0, r0; beq .+2; bx lr            |  8 |  3 |  7",
        "nop; isb sy; bx lr                         |  8 |  3 |  7",
        // A call to a halfword, its return to a word; and the other way round.
        "mov r2, lr; mov r1, pc; adds r1, #5; blx r1; bx r2; bx lr           | 12 | 4 | 10",
        "mov r2, lr; mov r1, pc; nop; adds r1, #7; blx r1; bx r2; bx lr      | 13 | 4 | 10",
        "mov r2, lr; bl .+6; bx r2; push {lr}; pop {pc}                      | 15 | 4 |  9",
      })
  void wait_states_add_what_a_person_counts(String source, int exact, int one, int two) {
    assertThat(cycles(0, source)).as("no wait state").isEqualTo(exact);
    assertThat(cycles(1, source)).as("one wait state").isEqualTo(exact + one);
    assertThat(cycles(2, source)).as("two wait states").isEqualTo(exact + two);
  }

  /** The same part, by pairs of totals: one cycle more where a target is no word boundary. */
  @Test
  void a_taken_branch_to_a_halfword_behind_a_word_boundary_waits_once_more() {
    String toWord = "movs r0, #200; nop; subs r0, #1; bne .-2; bx lr";
    String toHalf = "movs r0, #200; subs r0, #1; bne .-2; nop; bx lr";
    int taken = 199;

    assertThat(cycles(0, toHalf)).isEqualTo(cycles(0, toWord));
    assertThat(cycles(1, toHalf) - cycles(1, toWord)).isEqualTo(taken);
  }

  /** On an STM32F0 with one wait state and the prefetch buffer on: about +1 a taken branch. */
  @Test
  void with_one_wait_state_a_taken_branch_takes_one_cycle_more_as_measured() {
    String loop = "nop; movs r0, #200; nop; nop; ldr r2, [r1, #0]; subs r0, #1; bne .-8; bx lr";
    int taken = 199;
    int itsReturn = 1;

    assertThat(cycles(1, loop) - cycles(0, loop)).isEqualTo(taken + itsReturn);
  }

  /** The same part: 1 to 3 more a call. */
  @Test
  void with_one_wait_state_a_call_with_its_return_takes_one_to_three_cycles_more_as_measured() {
    int calls = 10;
    for (String callee : new String[] {"bx lr", "push {r4, lr}; nop; pop {r4, pc}"}) {
      StringBuilder source = new StringBuilder("push {lr}; ");
      int distance = 4 * calls + 2;
      for (int call = 0; call < calls; call++, distance -= 4) {
        source.append("bl .+").append(distance).append("; ");
      }
      source.append("pop {pc}; ").append(callee);
      long more = cycles(1, source.toString()) - cycles(0, source.toString()) - 1; // its own return

      assertThat(more).as(callee).isBetween(1L * calls, 3L * calls);
    }
  }

  @Test
  void code_in_sram_waits_for_nothing_but_what_it_goes_to_in_flash() {
    // Loop and literal in SRAM; then a call of a function in flash, which returns to SRAM.
    byte[] code =
        ASSEMBLER.assemble(
            "push {r4, lr}; ldr r1, [pc, #12]; movs r2, #9; subs r2, #1; bne .-2; b .+2;"
                + " blx r0; pop {r4, pc}");
    long[] cycles = new long[2];
    for (int waits = 0; waits < cycles.length; waits++) {
      for (Strictness strictness : Strictness.values()) {
        Program program = new Program().function("f", 0xBF00, 0xBF00, 0x4770); // nop; nop; bx lr
        try (Mcu mcu =
            Mcu.create(
                Program.config().withWaitStates(waits), program.image(), strictness, List.of())) {
          mcu.reset(1000);
          mcu.write(SRAM + 256, code);
          int f = (int) mcu.image().function("f").orElseThrow() | 1;
          Outcome outcome = mcu.call(SRAM + 256, 1000, f);
          assertThat(outcome).isInstanceOf(Outcome.Returned.class);
          assertThat(cycles[waits]).isIn(0L, outcome.cycles());
          cycles[waits] = outcome.cycles();
        }
      }
    }

    int intoFlash = 1;
    int backToTheHost = 1; // which stands for a caller in flash
    assertThat(cycles[1] - cycles[0]).isEqualTo(intoFlash + backToTheHost);
  }

  @Test
  void no_wait_state_adds_nothing_to_any_instruction_and_one_more_never_takes_cycles_away() {
    List<String> wrong = new ArrayList<>();
    for (CycleModel model : List.of(CycleModel.cortexM0(32), CycleModel.cortexM0Plus(1))) {
      List<CycleModel> waiting =
          IntStream.rangeClosed(1, FlashWaits.MOST).mapToObj(model::withWaitStates).toList();
      for (int halfword = 0; halfword < 0xE800; halfword++) {
        if (Armv6m.decode(halfword, 0) instanceof Instruction instruction) {
          for (int n = 0; n < 4; n++) {
            int at = n & 2;
            boolean taken = (n & 1) != 0;
            int before = model.cycles(instruction, taken);
            if (model.cyclesInFlash(instruction, at, taken) != before) {
              wrong.add(instruction + " without wait states");
            }
            for (CycleModel slower : waiting) {
              int cycles = slower.cyclesInFlash(instruction, at, taken);
              if (cycles < before) {
                wrong.add(instruction + " at " + at + ", " + slower.flash());
              }
              before = cycles;
            }
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void the_wait_states_that_a_part_needs_follow_from_its_clock() {
    assertThat(part(48, 24).neededWaitStates()).isEqualTo(1);
    assertThat(part(24, 24).neededWaitStates()).isZero();
    assertThat(part(25, 24).neededWaitStates()).isEqualTo(1);
    assertThat(part(40, 20).neededWaitStates()).isEqualTo(1);
    assertThat(part(50, 20).neededWaitStates()).isEqualTo(2);
    assertThat(part(16, 16).zeroWaitStates()).isTrue();
    assertThatThrownBy(() -> part(48, 24).withWaitStates(-1)).hasMessageContaining("0 to 7");
    assertThatThrownBy(() -> part(48, 24).withWaitStates(8)).hasMessageContaining("0 to 7");
  }

  private static McuConfig part(int clock, int zeroWait) {
    return new McuConfig(
        "part", clock * 1_000_000L, zeroWait * 1_000_000L, 1, 16 * 1024, SRAM, 4096);
  }

  /** The cycles of a call, which are the same whoever counts. */
  private static long cycles(int waitStates, String source) {
    byte[] code = ASSEMBLER.assemble(source);
    int[] halfwords = new int[code.length / 2];
    for (int i = 0; i < halfwords.length; i++) {
      halfwords[i] = (code[2 * i] & 0xFF) | (code[2 * i + 1] & 0xFF) << 8;
    }
    Program program = new Program().function("f", halfwords);
    McuConfig config = Program.config().withWaitStates(waitStates);
    long hook = cycles(Mcu.create(config, program.image(), BlockCounting.JAVA));
    assertThat(cycles(Mcu.create(config, program.image(), BlockCounting.FASTEST)))
        .as("native: %s", source)
        .isEqualTo(hook);
    assertThat(cycles(Mcu.create(config, program.image(), Strictness.STRICT, List.of())))
        .as("interpreter: %s", source)
        .isEqualTo(hook);
    return hook;
  }

  private static long cycles(Mcu fresh) {
    try (Mcu mcu = fresh) {
      mcu.reset(1000);
      Outcome outcome = Program.call(mcu, "f", (int) SRAM + 64);
      assertThat(outcome).isInstanceOf(Outcome.Returned.class);
      return outcome.cycles();
    }
  }
}
