package io.defragsim.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class McuTest {
  private static final int BX_LR = 0x4770;

  @Test
  void a_function_returns_its_value_and_its_cycles() {
    try (Mcu mcu = new Program().function("add", 0x1840, BX_LR).parked()) {
      assertThat(Program.call(mcu, "add", 2, 40)).isEqualTo(new Outcome.Returned(42, 4));
      assertThat(mcu.cycles()).isEqualTo(4);
    }
  }

  @Test
  void a_loop_is_counted_taken_and_not_taken() {
    // loop: subs r0, #1; bne loop; bx lr
    try (Mcu mcu = new Program().function("loop", 0x3801, 0xD1FD, BX_LR).parked()) {
      assertThat(Program.call(mcu, "loop", 1)).isEqualTo(new Outcome.Returned(0, 1 + 1 + 3));
      for (int i = 0; i < 1000; i++) {
        assertThat(Program.call(mcu, "loop", 10))
            .isEqualTo(new Outcome.Returned(0, 9 * (1 + 3) + 1 + 1 + 3));
      }
    }
  }

  @Test
  void a_fault_in_the_middle_of_a_block_is_exact() {
    // movs r1, #0; adds r2, r0, #1; str r0, [r1]; adds r2, #1; bx lr
    try (Mcu mcu = new Program().function("bad", 0x2100, 0x1C42, 0x6008, 0x3201, BX_LR).parked()) {
      Outcome outcome = Program.call(mcu, "bad", 7);
      assertThat(outcome).isInstanceOf(Outcome.Faulted.class);
      Fault fault = ((Outcome.Faulted) outcome).fault();
      assertThat(outcome.cycles()).isEqualTo(2);
      assertThat(fault.kind()).isEqualTo(Fault.Kind.WRITE_PROTECTED);
      assertThat(fault.at()).isEqualTo(new Location(0x84, "bad", 4));
      assertThat(fault.registers().general().subList(0, 3)).containsExactly(7, 0, 8);
    }
  }
}
