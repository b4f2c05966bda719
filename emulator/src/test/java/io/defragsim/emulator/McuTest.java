package io.defragsim.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.image.RawImage;
import io.defragsim.emulator.model.Location;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class McuTest {
  private static final int BX_LR = 0x4770;
  private static final long SRAM = 0x2000_0000L;

  @Test
  void a_function_returns_its_value_and_its_cycles() {
    try (Mcu mcu = new Program().function("add", 0x1840, BX_LR).parked()) {
      assertThat(Program.call(mcu, "add", 2, 40)).isEqualTo(new Outcome.Returned(42, 4, 0));
      assertThat(mcu.cycles()).isEqualTo(4);
      mcu.idle(1000);
      assertThat(mcu.cycles()).isEqualTo(1004);
    }
  }

  @Test
  void the_same_call_costs_the_same_a_thousand_times() {
    // loop: subs r0, #1; bne loop; bx lr
    try (Mcu mcu = new Program().function("loop", 0x3801, 0xD1FD, BX_LR).parked()) {
      assertThat(Program.call(mcu, "loop", 1)).isEqualTo(new Outcome.Returned(0, 1 + 1 + 3, 0));
      for (int i = 0; i < 1000; i++) {
        assertThat(Program.call(mcu, "loop", 10))
            .isEqualTo(new Outcome.Returned(0, 9 * (1 + 3) + 1 + 1 + 3, 0));
      }
    }
  }

  @Test
  void a_branch_to_the_next_instruction_costs_what_its_flags_say() {
    // cmp r0, #5; beq .+2; adds r0, #1; bx lr
    try (Mcu mcu = new Program().function("next", 0x2805, 0xD0FF, 0x3001, BX_LR).parked()) {
      for (int i = 0; i < 3; i++) {
        assertThat(Program.call(mcu, "next", 5))
            .isEqualTo(new Outcome.Returned(6, 1 + 3 + 1 + 3, 0));
        assertThat(Program.call(mcu, "next", 4))
            .isEqualTo(new Outcome.Returned(5, 1 + 1 + 1 + 3, 0));
      }
    }
  }

  @Test
  void all_registers_have_the_same_values_at_every_entry() {
    // Stores r1 to r12, lr and the flags at r0, after having been called with other arguments.
    int[] code = {
      0xC0FE, // stm r0!, {r1-r7}
      0x4641,
      0x464A,
      0x4653,
      0x465C,
      0x4665,
      0x4676, // mov r1..r6, r8..r12, lr
      0xC07E, // stm r0!, {r1-r6}
      0xF3EF,
      0x8100, // mrs r1, apsr
      0xC002, // stm r0!, {r1}
      0xB082,
      0xDE00 // sub sp, #8; udf
    };
    byte[] first;
    try (Mcu mcu = new Program().function("dump", code).parked()) {
      Snapshot parked = mcu.snapshot();
      Program.call(mcu, "dump", (int) SRAM);
      first = mcu.read(SRAM, 14 * 4);
      mcu.restore(parked);
      Program.call(mcu, "dump", (int) SRAM);
      assertThat(mcu.read(SRAM, 14 * 4)).isEqualTo(first);
    }
    try (Mcu mcu =
        new Program()
            .function("dump", code)
            .function("dirty", 0x4041, 0x43C8, 0x4684, 0x2300, 0x42D8, BX_LR)
            .parked()) {
      Program.call(mcu, "dirty", 1, 2, 3, 4);
      Program.call(mcu, "dump", (int) SRAM);
      byte[] second = mcu.read(SRAM, 14 * 4);
      assertThat(List.of(first.length, second.length)).containsOnly(56);
      second[11 * 4] = first[11 * 4]; // R12: the function's address, as a veneer leaves it
      assertThat(second).isEqualTo(first);
    }
  }

  /** Six instructions in a block, three times, with a store; the last of them returns or faults. */
  @Test
  void every_budget_ends_a_call_at_the_same_instruction_normally_and_strictly() {
    // movs r2, #3; ldr r1, =0x20000000; loop: str r2, [r1]; adds r0, #1; movs r3, #7; muls r3, r0;
    // subs r2, #1; bne loop; bx lr or udf
    for (int end : new int[] {0x4770, 0xDE00}) {
      Program program =
          new Program()
              .function(
                  "f", 0x2203, 0x4904, 0x600A, 0x3001, 0x2307, 0x4343, 0x3A01, 0xD1F9, end, 0x46C0,
                  0, 0x2000);
      try (Mcu normal =
              Mcu.create(Program.config(), program.image(), Strictness.NORMAL, List.of());
          Mcu strict =
              Mcu.create(Program.config(), program.image(), Strictness.STRICT, List.of())) {
        normal.reset(100);
        strict.reset(100);
        long function = normal.image().function("f").orElseThrow();
        Snapshot before = normal.snapshot();
        Snapshot beforeStrict = strict.snapshot();
        Set<Class<?>> ends = new HashSet<>();
        for (long budget = 0; budget < 140; budget++) {
          Outcome outcome = normal.call(function, budget, 5);
          assertThat(outcome).as("budget %d", budget).isEqualTo(strict.call(function, budget, 5));
          assertThat(normal.read(0x2000_0000L, 4)).isEqualTo(strict.read(0x2000_0000L, 4));
          ends.add(outcome.getClass());
          normal.restore(before);
          strict.restore(beforeStrict);
        }
        assertThat(ends).hasSize(2);
      }
    }
  }

  @Test
  void a_budget_stops_an_endless_loop_at_a_block() {
    // movs r1, #1; b .
    try (Mcu mcu = new Program().function("hang", 0x2101, 0xE7FE).parked()) {
      assertThat(Program.call(mcu, "hang"))
          .isEqualTo(new Outcome.BudgetExhausted(new Location(0x82, "hang", 2), 1_000_000));
      assertThatThrownBy(() -> Program.call(mcu, "hang")).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> mcu.write(SRAM, new byte[4]))
          .isInstanceOf(IllegalStateException.class);
      assertThat(mcu.read(SRAM, 4)).containsOnly(0xA5);
      assertThat(mcu.reset(100)).isEqualTo(new Outcome.Parked(0, 0));
      assertThat(mcu.call(0x80, 0))
          .isEqualTo(new Outcome.BudgetExhausted(new Location(0x80, "hang", 0), 0));
    }
    try (Mcu mcu = Program.mcu(Program.config(), new Program().reset(0xE7FE).image())) {
      assertThat(mcu.reset(3000))
          .isEqualTo(new Outcome.BudgetExhausted(new Location(0x40, "reset", 0), 3000));
    }
  }

  @Test
  void a_snapshot_brings_back_memory_cycles_and_stack_mark() {
    // push {r4, lr}; ldr r1, =0x20000000; ldr r2, [r1]; adds r0, r0, r2; str r0, [r1]; pop {r4, pc}
    try (Mcu mcu =
        new Program()
            .function("sum", 0xB510, 0x4902, 0x680A, 0x1880, 0x6008, 0xBD10, 0x0000, 0x2000)
            .function("deep", 0xB5FF, 0xB004, 0xBDF0)
            .function("hang", 0xE7FE)
            .parked()) {
      mcu.write(SRAM, new byte[4]);
      mcu.reserveStack(128);
      Snapshot start = mcu.snapshot();
      long cycles = mcu.cycles();
      Outcome first = Program.call(mcu, "sum", 5);
      Outcome second = Program.call(mcu, "sum", 6);
      assertThat(first).isEqualTo(new Outcome.Returned(5, 3 + 2 + 2 + 1 + 2 + 6, 0));
      assertThat(second).isEqualTo(new Outcome.Returned(11, 16, 0));
      assertThat(mcu.deepestStackBytes()).isEqualTo(8);
      byte[] memory = mcu.read(SRAM, 4096);
      Program.call(mcu, "deep");
      assertThat(mcu.deepestStackBytes()).isEqualTo(36);
      for (boolean afterHang : new boolean[] {false, true}) {
        if (afterHang) {
          Program.call(mcu, "hang");
        }
        mcu.restore(start);
        assertThat(mcu.cycles()).isEqualTo(cycles);
        assertThat(mcu.deepestStackBytes()).isZero();
        assertThat(Program.call(mcu, "sum", 5)).isEqualTo(first);
        assertThat(Program.call(mcu, "sum", 6)).isEqualTo(second);
        assertThat(mcu.read(SRAM, 4096)).isEqualTo(memory);
        assertThat(mcu.cycles()).isEqualTo(cycles + 32);
      }
      try (Mcu other = new Program().parked()) {
        assertThatThrownBy(() -> other.restore(start)).hasMessageContaining("another Mcu");
      }
    }
  }

  @Test
  void a_snapshot_from_before_the_reset_can_be_restored() {
    try (Mcu mcu =
        Program.mcu(
            // ldr r1, =0x20000000; ldr r0, [r1]; adds r0, #1; str r0, [r1]; bkpt
            Program.config(),
            new Program().reset(0x4902, 0x6808, 0x3001, 0x6008, 0xBE09, 0, 0, 0x2000).image())) {
      mcu.write(SRAM, new byte[] {7, 0, 0, 0});
      Snapshot before = mcu.snapshot();
      for (int i = 0; i < 2; i++) {
        assertThat(mcu.reset(100)).isEqualTo(new Outcome.Parked(9, 7));
        assertThat(mcu.readWord(SRAM)).isEqualTo(8);
        mcu.restore(before);
      }
      mcu.reset(100);
      mcu.reset(100); // the second one starts from power-on
      assertThat(mcu.readWord(SRAM)).isEqualTo(0xA5A5_A5A6);
    }
  }

  @Test
  void calls_run_with_the_stack_as_at_the_park() {
    // reset: sub sp, #16; bkpt
    try (Mcu mcu = new Program().reset(0xB084, 0xBE00).function("sp", 0x4668, BX_LR).parked()) {
      assertThat(Program.call(mcu, "sp")).isEqualTo(new Outcome.Returned(0x2000_0FF0, 4, 0));
      assertThatThrownBy(() -> mcu.reserveStack(16))
          .hasMessageContaining("16 bytes of stack are in use");
      mcu.reserveStack(64);
      assertThat(mcu.deepestStackBytes()).isEqualTo(16);
    }
  }

  @Test
  void a_straight_line_too_long_for_one_block_is_counted_in_full() {
    int[] code = new int[452];
    java.util.Arrays.fill(code, 0x3001); // adds r0, #1
    code[450] = BX_LR;
    int[] middle = {0x4671, 0xB402, 0x4801, 0x4700, 0, 0}; // never called; keeps the address even
    try (Mcu mcu =
        new Program()
            .function("short", 0x3002, BX_LR)
            .function("long", code)
            .function("unused", middle)
            .parked()) {
      long address = mcu.image().function("long").orElseThrow();
      Program.call(mcu, "short", 0);
      for (int i = 0; i < 3; i++) {
        assertThat(Program.call(mcu, "long", 5)).isEqualTo(new Outcome.Returned(455, 453, 0));
        for (int start = 0; start < 450; start += 37) { // also into the middle
          assertThat(mcu.call(address + 2L * start, 10_000, 0))
              .isEqualTo(new Outcome.Returned(450 - start, 450 - start + 3, 0));
        }
        assertThat(Program.call(mcu, "short", 0)).isEqualTo(new Outcome.Returned(2, 4, 0));
      }
    }
  }

  @Test
  void code_in_sram_runs_is_counted_and_can_be_rewritten_by_the_host() {
    try (Mcu mcu = new Program().function("unused", BX_LR).parked()) {
      int[][] versions = {{0x3001, BX_LR}, {0x4340, BX_LR}, {0x3801, 0xD1FD, BX_LR}};
      long[] cycles = {1 + 3, 32 + 3, 4 * 4 + 2 + 3};
      int[] values = {6, 25, 0};
      Snapshot before = mcu.snapshot();
      for (int round = 0; round < 3; round++) {
        for (int v = 0; v < versions.length; v++) {
          mcu.write(SRAM, halfwords(versions[v]));
          for (int i = 0; i < 3; i++) {
            assertThat(mcu.call(SRAM, 1000, 5))
                .isEqualTo(new Outcome.Returned(values[v], cycles[v], 0));
          }
        }
        mcu.restore(before);
        assertThat(mcu.read(SRAM, 4)).containsOnly(0xA5);
      }
    }
  }

  @Test
  void a_program_may_rewrite_its_own_code() {
    // In SRAM: strh r1, [r2]; b .+4 (into a new block); nop; patched: adds r0, #1; bx lr
    byte[] code = halfwords(0x8011, 0xE000, 0x46C0, 0x3001, BX_LR);
    try (Mcu mcu = new Program().function("unused", BX_LR).parked()) {
      mcu.write(SRAM, code);
      for (int i = 0; i < 3; i++) {
        // adds r0, #7, then muls r0, r0
        assertThat(mcu.call(SRAM, 1000, 5, 0x3007, (int) SRAM + 6))
            .isEqualTo(new Outcome.Returned(12, 2 + 3 + 1 + 3, 0));
        assertThat(mcu.call(SRAM, 1000, 5, 0x4340, (int) SRAM + 6))
            .isEqualTo(new Outcome.Returned(25, 2 + 3 + 32 + 3, 0));
      }
      Outcome undefined = mcu.call(SRAM, 1000, 5, 0xDE00, (int) SRAM + 6);
      assertThat(((Outcome.Faulted) undefined).fault().at().address()).isEqualTo(SRAM + 6);
      assertThat(undefined.cycles()).isEqualTo(5);
    }
  }

  @Test
  void flash_is_seen_at_both_addresses() {
    try (Mcu mcu = new Program().function("add", 0x1840, BX_LR).parked()) {
      assertThat(mcu.call(0x0800_0080L, 100, 2, 3)).isEqualTo(new Outcome.Returned(5, 4, 0));
      assertThat(mcu.read(0x0800_0080L, 4)).isEqualTo(mcu.read(0x80, 4));
      assertThatThrownBy(() -> mcu.write(0x80, new byte[2]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> mcu.read(0x4000_0000L, 4))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> mcu.read(SRAM + 4094, 4))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void the_multiplier_is_an_option_of_the_part() {
    McuConfig fast = new McuConfig("fast", 1, 1, 1, 16 * 1024, SRAM, 1024);
    try (Mcu mcu = Program.mcu(fast, new Program().function("square", 0x4340, BX_LR).image())) {
      mcu.reset(100);
      assertThat(Program.call(mcu, "square", 5)).isEqualTo(new Outcome.Returned(25, 4, 0));
    }
  }

  @Test
  void sram_can_stand_elsewhere_and_hold_a_segment() {
    McuConfig config = new McuConfig("lpc", 1, 1, 1, 4096, 0x1000_0000L, 1024);
    FirmwareImage image =
        RawImage.of(
            "ram", 0x1000_0010L, halfwords(0x3001, BX_LR), Map.of("f", 0x1000_0010L), List.of());
    try (Mcu mcu = Program.mcu(config, image)) {
      assertThat(mcu.read(0x1000_0010L, 2)).isEqualTo(halfwords(0x3001));
      assertThat(mcu.read(0x1000_0000L, 16)).containsOnly(0xA5);
      assertThat(mcu.read(0, 8)).containsOnly(0xFF);
    }
  }

  @Test
  void what_does_not_fit_is_refused_with_the_sum() {
    McuConfig small = new McuConfig("small", 1, 1, 1, 1024, SRAM, 1024);
    FirmwareImage large = RawImage.of("large", 512, new byte[1024], Map.of(), List.of());
    assertThatThrownBy(() -> Program.mcu(small, large))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageContaining("large: ")
        .hasMessageContaining("flash 1536 bytes needed (512 before + 1024), 1024 there");
    FirmwareImage ram = RawImage.of("ram", SRAM, new byte[1028], Map.of(), List.of());
    assertThatThrownBy(() -> Program.mcu(small, ram))
        .hasMessageContaining("SRAM 1028 bytes needed (0 before + 1028), 1024 there");
    FirmwareImage nowhere = RawImage.of("nowhere", 0x3000_0000L, new byte[4], Map.of(), List.of());
    assertThatThrownBy(() -> Program.mcu(small, nowhere))
        .hasMessageContaining("SRAM at 0x20000000");
  }

  @Test
  void two_parts_run_on_two_threads() throws Exception {
    Callable<Long> work =
        () -> {
          try (Mcu mcu = new Program().function("loop", 0x3801, 0xD1FD, BX_LR).parked()) {
            for (int i = 0; i < 2000; i++) {
              Outcome outcome = Program.call(mcu, "loop", 100);
              if (!outcome.equals(new Outcome.Returned(0, 99 * 4 + 2 + 3, 0))) {
                throw new AssertionError(outcome);
              }
              if (i % 100 == 0) {
                mcu.reset(100);
              }
            }
            return mcu.cycles();
          }
        };
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      List<Future<Long>> done = pool.invokeAll(List.of(work, work, work, work));
      for (Future<Long> future : done) {
        assertThat(future.get()).isEqualTo(99 * 401L);
      }
    } finally {
      pool.shutdown();
    }
  }

  private static byte[] halfwords(int... halfwords) {
    byte[] bytes = new byte[2 * halfwords.length];
    for (int i = 0; i < halfwords.length; i++) {
      bytes[2 * i] = (byte) halfwords[i];
      bytes[2 * i + 1] = (byte) (halfwords[i] >>> 8);
    }
    return bytes;
  }
}
