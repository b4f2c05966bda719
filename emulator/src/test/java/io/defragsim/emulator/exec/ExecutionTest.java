package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.image.RawImage;
import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.system.ExceptionNumber;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class ExecutionTest {

  private static Source main(String source) {
    return new Source().function("main", source).reset("main");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 0x0800_0000L})
  void a_program_runs_from_its_vector_table_in_either_view_of_flash(long base) {
    // movs 1, push of one register 2, muls 32
    ExecutionResult result =
        new Source(base)
            .function("main", "movs r0, #3; push {r0}; muls r0, r0, r0; bkpt #7")
            .reset("main")
            .run();

    assertThat(result.ending())
        .isInstanceOfSatisfying(
            Ending.Parked.class,
            parked -> {
              assertThat(parked.immediate()).isEqualTo(7);
              assertThat(parked.at().toString())
                  .isEqualTo(String.format("main+0x6 (0x%08x)", base + 0x106));
              assertThat(parked.inHardFault()).isFalse();
            });
    assertThat(result.instructions()).isEqualTo(3);
    assertThat(result.cycles()).isEqualTo(35);
  }

  @Test
  void a_loop_of_a_hundred_thousand_rounds_takes_four_cycles_a_round() {
    // ldr 2; each round subs 1 + bne 3, the last bne 1
    Source source = main("ldr r0, [pc, #4]; subs r0, #1; bne .-2; bkpt #0").word(0x108, 100_000);

    ExecutionResult result =
        new Execution(source.program(), Console.NONE, Long.MAX_VALUE).run(400_000);

    assertThat(result.ending()).isInstanceOf(Ending.Parked.class);
    assertThat(result.cycles()).isEqualTo(2 + 4 * 100_000 - 2);
    assertThat(result.instructions()).isEqualTo(1 + 2 * 100_000);
  }

  @Test
  void a_program_may_take_exactly_its_budget_and_no_cycle_more() {
    Source source = main("movs r0, #1; ldr r1, [r2, #0]; bkpt #0"); // 3 cycles

    assertThat(new Execution(source.program(), Console.NONE, Long.MAX_VALUE).run(3).ending())
        .isInstanceOf(Ending.Parked.class);
    assertThat(new Execution(source.program(), Console.NONE, Long.MAX_VALUE).run(2).ending())
        .isInstanceOfSatisfying(
            Ending.BudgetExhausted.class,
            exhausted -> {
              assertThat(exhausted.budget()).isEqualTo(2);
              assertThat(exhausted.at().offset()).isEqualTo(4);
            });
  }

  @Test
  void a_branch_to_itself_ends_the_run_at_once_unless_an_interrupt_can_come() {
    ExecutionResult stuck = main("b .+0").run();
    ExecutionResult waiting =
        new Source()
            .function("tick", "bkpt #9")
            // SYST_RVR = 99, SYST_CVR = 0, SYST_CSR = 3
            .function(
                "main",
                "ldr r0, [pc, #12]; movs r1, #99; str r1, [r0, #4]; str r1, [r0, #8]; movs r1, #3;"
                    + " str r1, [r0, #0]; b .+0")
            .word(0x120, 0xE000_E010)
            .reset("main")
            .handler(ExceptionNumber.SYSTICK, "tick")
            .run();

    assertThat(stuck.ending()).isInstanceOf(Ending.LoopsForever.class);
    assertThat(stuck.cycles()).isEqualTo(3);
    assertThat(waiting.ending())
        .isInstanceOfSatisfying(
            Ending.Parked.class, parked -> assertThat(parked.immediate()).isEqualTo(9));
    assertThat(waiting.cycles()).isGreaterThan(100);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "udf                                        | UNDEFINED_INSTRUCTION  | 0",
        "movs r0, #1; ldr r1, [r0, #0]              | UNALIGNED_ACCESS       | 2",
        "movs r0, #0; str r1, [r0, #0]              | WRITE_PROTECTED        | 2",
        "movs r0, #1; lsls r0, r0, #30; ldr r1, [r0, #0] | UNMAPPED_ACCESS   | 4",
        "movs r0, #0; bx r0                         | NOT_THUMB              | 2",
        "movs r0, #1; lsls r0, r0, #30; adds r0, #1; bx r0 | UNMAPPED_FETCH  | 6",
        "wfi                                        | SLEEP_FOREVER          | 0",
      })
  void a_fault_without_a_handler_ends_the_run_where_it_happened(
      String source, Fault.Kind kind, long offset) {
    Source program =
        source.equals("udf") ? main("nop").word(0x100, 0xDEDE) : main(source + "; bkpt #0");

    assertThat(program.run().ending())
        .isInstanceOfSatisfying(
            Ending.Faulted.class,
            faulted -> {
              assertThat(faulted.fault().kind()).isEqualTo(kind);
              assertThat(faulted.fault().at().function()).isEqualTo("main");
              assertThat(faulted.fault().at().offset()).isEqualTo(offset);
              assertThat(faulted.lockedUp()).isFalse();
            });
  }

  @Test
  void a_fault_is_taken_by_the_handler_of_the_program_which_may_go_on() {
    // The handler steps over the load: it adds 2 to the PC that is stacked.
    ExecutionResult result =
        new Source()
            .function("on_fault", "ldr r0, [sp, #24]; adds r0, #2; str r0, [sp, #24]; bx lr")
            .function("main", "movs r2, #1; ldr r1, [r2, #0]; movs r3, #5; bkpt #0")
            .reset("main")
            .handler(ExceptionNumber.HARD_FAULT, "on_fault")
            .run();

    assertThat(result.ending()).isInstanceOf(Ending.Parked.class);
    assertThat(result.faultCount()).isEqualTo(1);
    assertThat(result.faults())
        .singleElement()
        .satisfies(
            taken -> {
              assertThat(taken.fault().kind()).isEqualTo(Fault.Kind.UNALIGNED_ACCESS);
              assertThat(taken.fault().at().toString()).isEqualTo("main+0x2 (0x00000112)");
              assertThat(taken.cycle()).isEqualTo(1);
            });
    // movs 1, entry 16, handler 2 + 1 + 2 + 3, return 16, movs 1
    assertThat(result.cycles()).isEqualTo(42);
    assertThat(result.instructions()).isEqualTo(6);
  }

  @Test
  void what_ends_in_the_handler_of_a_fault_says_so_and_a_second_fault_locks_up() {
    assertThat(faultThen("bkpt #0").run().ending())
        .isInstanceOfSatisfying(
            Ending.Parked.class, parked -> assertThat(parked.inHardFault()).isTrue());
    assertThat(faultThen("b .+0").run().ending())
        .isInstanceOfSatisfying(
            Ending.LoopsForever.class, loops -> assertThat(loops.inHardFault()).isTrue());
    assertThat(faultThen("ldr r1, [r2, #0]").run().ending())
        .isInstanceOfSatisfying(
            Ending.Faulted.class,
            faulted -> {
              assertThat(faulted.lockedUp()).isTrue();
              assertThat(faulted.fault().at().function()).isEqualTo("on_fault");
            });
  }

  private static Source faultThen(String handler) {
    return new Source()
        .function("on_fault", handler)
        .function("main", "movs r2, #1; ldr r1, [r2, #0]")
        .reset("main")
        .handler(ExceptionNumber.HARD_FAULT, "on_fault");
  }

  @Test
  void a_program_that_resets_the_part_starts_again_with_its_sram() {
    // Counts in SRAM, which starts as 0xA5A5A5A5, to 0xA5A5A5A7, then parks.
    Source source =
        main("ldr r0, [pc, #28]; ldr r1, [r0, #0]; adds r1, #1; str r1, [r0, #0];"
                + " ldr r2, [pc, #24]; cmp r1, r2; bne .+4; bkpt #0;"
                + " ldr r0, [pc, #20]; ldr r1, [pc, #24]; str r1, [r0, #0]; b .-22")
            .word(0x120, Source.SRAM)
            .word(0x124, 0xA5A5_A5A7)
            .word(0x128, 0xE000_ED0C)
            .word(0x12C, 0x05FA_0004);

    ExecutionResult result = source.run();

    assertThat(result.ending()).isInstanceOf(Ending.Parked.class);
    assertThat(result.resets()).isEqualTo(1);
  }

  @Test
  void time_asleep_is_counted() {
    ExecutionResult result =
        new Source()
            .function("tick", "bkpt #9")
            .function(
                "main",
                "ldr r0, [pc, #12]; movs r1, #99; str r1, [r0, #4]; str r1, [r0, #8]; movs r1, #3;"
                    + " str r1, [r0, #0]; wfi")
            .word(0x120, 0xE000_E010)
            .reset("main")
            .handler(ExceptionNumber.SYSTICK, "tick")
            .run();

    assertThat(result.asleep()).isPositive();
    // ldr, movs, str, str, movs 8; 1 to reload and 99 down from the store on; entry 16
    assertThat(result.cycles()).isEqualTo(8 + 100 + 16);
  }

  @Test
  void memory_is_as_large_as_the_image_needs_and_not_small() {
    FirmwareImage small = main("bkpt #0").image();
    FirmwareImage large =
        RawImage.of("large", 0, new byte[300_001], Map.of("main", 0x100L), List.of());
    FirmwareImage deep = main("bkpt #0").word(0, Source.SRAM + 0x20001).image();

    assertThat(Layout.of(small, Layout.Known.NOTHING).map().flashBytes()).isEqualTo(256 << 10);
    assertThat(Layout.of(small, Layout.Known.NOTHING).map().sramBytes()).isEqualTo(64 << 10);
    assertThat(Layout.of(large, Layout.Known.NOTHING).map().flashBytes()).isEqualTo(293 << 10);
    assertThat(Layout.of(deep, Layout.Known.NOTHING).map().sramBytes()).isEqualTo(129 << 10);
  }

  @Test
  void an_image_without_a_vector_table_is_refused() {
    FirmwareImage image =
        RawImage.of("late", 0x0800_1000L, new byte[64], Map.of("main", 0x0800_1000L), List.of());

    assertThatThrownBy(
            () ->
                Program.load(
                    new io.defragsim.emulator.McuConfig(
                        "test", 1000, 1000, 1, 65536, Source.SRAM, 4096),
                    image))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageContaining("late: no vector table");
  }
}
