package io.defragsim.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.engine.unicorn.UnicornLibrary;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Fault.Kind;
import io.defragsim.emulator.model.Location;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Every kind of fault, exact to the instruction in the middle of a block. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class FaultTest {
  private static final int BX_LR = 0x4770;

  /** Not in the process that has no library for it. */
  private static final boolean TRANSLATES =
      UnicornLibrary.get().state() == UnicornLibrary.State.LOADED;

  // Two instructions of one cycle each that stand before the fault: R1 = 2, R2 = R0 + 1.
  private static final int MOVS_R1_2 = 0x2102;
  private static final int ADDS_R2_R0_1 = 0x1C42;
  private static final int ADDS_R2_100 = 0x3264;

  /** Calls {@code bad(7)}, whose faulting instruction is the third. */
  private static Fault third(Kind kind, int... rest) {
    Fault fault = fault(kind, 2, prefixed(rest));
    assertThat(fault.at()).isEqualTo(new Location(0x84, "bad", 4));
    assertThat(fault.registers().general().subList(0, 3)).containsExactly(7, 2, 8);
    assertThat(fault.registers().sp()).isEqualTo(0x2000_1000);
    assertThat(fault.registers().pc()).isEqualTo(0x84);
    return fault;
  }

  private static int[] prefixed(int... rest) {
    int[] code = new int[rest.length + 2];
    code[0] = MOVS_R1_2;
    code[1] = ADDS_R2_R0_1;
    System.arraycopy(rest, 0, code, 2, rest.length);
    return code;
  }

  private static Fault fault(Kind kind, long cycles, int... code) {
    try (Mcu mcu = new Program().function("bad", code).parked()) {
      return fault(mcu, kind, cycles, 7);
    }
  }

  private static Fault fault(Mcu mcu, Kind kind, long cycles, int... arguments) {
    Outcome outcome = Program.call(mcu, "bad", arguments);
    assertThat(outcome).isInstanceOf(Outcome.Faulted.class);
    Fault fault = ((Outcome.Faulted) outcome).fault();
    assertThat(fault.kind()).as(fault.detail()).isEqualTo(kind);
    assertThat(outcome.cycles()).isEqualTo(cycles);
    return fault;
  }

  @Test
  void udf_is_an_undefined_instruction() {
    Fault fault = third(Kind.UNDEFINED_INSTRUCTION, 0xDE07, ADDS_R2_100, BX_LR);
    assertThat(fault.detail()).contains("udf #7");
    assertThat(fault.accessAddress()).isNull();
  }

  @Test
  void what_a_cortex_m3_runs_and_a_cortex_m0_does_not_is_undefined() {
    third(Kind.UNDEFINED_INSTRUCTION, 0xB110, ADDS_R2_100, BX_LR); // cbz r0
    third(Kind.UNDEFINED_INSTRUCTION, 0xFBB0, 0xF0F1, BX_LR); // udiv r0, r0, r1
    third(Kind.UNDEFINED_INSTRUCTION, 0xBF08, ADDS_R2_100, BX_LR); // it eq
    third(Kind.UNDEFINED_INSTRUCTION, 0xF8C1, 0x0000, BX_LR); // str.w r0, [r1]
  }

  @Test
  void an_encoding_with_should_be_bits_wrong_is_unpredictable() {
    assertThat(third(Kind.UNPREDICTABLE_ENCODING, 0x4771, BX_LR).detail()).contains("bx");
  }

  @Test
  void stores_before_a_refused_instruction_happened_and_those_behind_it_did_not() {
    // movs r1, #2; lsls r1, r1, #28; str r0, [r1]; udf; str r0, [r1, #4]
    try (Mcu mcu =
        new Program().function("bad", 0x2102, 0x0709, 0x6008, 0xDE00, 0x6048, BX_LR).parked()) {
      fault(mcu, Kind.UNDEFINED_INSTRUCTION, 4, 0x1234);
      assertThat(mcu.readWord(0x2000_0000L)).isEqualTo(0x1234);
      assertThat(mcu.readWord(0x2000_0004L)).isEqualTo(0xA5A5_A5A5);
    }
  }

  @Test
  void a_load_from_nowhere_is_an_unmapped_access() {
    // movs r1, #1; lsls r1, r1, #30; adds r2, r0, #1; ldr r3, [r1, #8]
    Fault fault = fault(Kind.UNMAPPED_ACCESS, 3, 0x2101, 0x0789, 0x1C42, 0x688B, BX_LR);
    assertThat(fault.at()).isEqualTo(new Location(0x86, "bad", 6));
    assertThat(fault.accessAddress()).isEqualTo(0x4000_0008L);
    assertThat(fault.detail()).contains("load").contains("no peripherals");
  }

  @Test
  void a_store_just_above_sram_names_the_distance() {
    // ldr r1, =0x20001004; str r0, [r1]
    Fault fault = fault(Kind.UNMAPPED_ACCESS, 2, 0x4901, 0x6008, BX_LR, 0, 0x1004, 0x2000);
    assertThat(fault.at().offset()).isEqualTo(2);
    assertThat(fault.accessAddress()).isEqualTo(0x2000_1004L);
    assertThat(fault.detail()).contains("4 bytes above the end of SRAM");
  }

  @Test
  void a_load_multiple_that_leaves_sram_shows_the_registers_before_it() {
    // ldr r1, =0x20000ff8; ldm r1!, {r0, r2, r3}
    Fault fault = fault(Kind.UNMAPPED_ACCESS, 2, 0x4901, 0xC90D, BX_LR, 0, 0x0FF8, 0x2000);
    assertThat(fault.at().offset()).isEqualTo(2);
    assertThat(fault.registers().general().subList(0, 4)).containsExactly(7, 0x2000_0FF8, 0, 0);
    assertThat(fault.accessAddress()).isEqualTo(0x2000_1000L);
  }

  @Test
  void the_system_control_space_is_said_to_be_for_programs() {
    // ldr r1, =0xe000e010; str r0, [r1]
    Fault fault = fault(Kind.UNMAPPED_ACCESS, 2, 0x4901, 0x6008, BX_LR, 0, 0xE010, 0xE000);
    assertThat(fault.detail()).contains("system control space").contains("exec has it");
  }

  @Test
  void a_store_to_flash_is_write_protected_in_both_views() {
    Fault low = fault(Kind.WRITE_PROTECTED, 2, prefixed(0x8008, BX_LR)); // strh r0, [r1]
    assertThat(low.accessAddress()).isEqualTo(2);
    // ldr r1, =0x08000000; strb r0, [r1]
    Fault high = fault(Kind.WRITE_PROTECTED, 2, 0x4901, 0x7008, BX_LR, 0, 0x0000, 0x0800);
    assertThat(high.accessAddress()).isEqualTo(0x0800_0000L);
    assertThat(high.at().offset()).isEqualTo(2);
  }

  @Test
  void a_branch_to_nowhere_is_an_unmapped_fetch_at_the_branch() {
    // movs r1, #1; lsls r2, r1, #30; adds r2, r2, r1; blx r2
    Fault fault = fault(Kind.UNMAPPED_FETCH, 3, 0x2101, 0x078A, 0x1852, 0x4790, BX_LR);
    assertThat(fault.at()).isEqualTo(new Location(0x86, "bad", 6));
    assertThat(fault.accessAddress()).isEqualTo(0x4000_0000L);
    assertThat(fault.registers().general().get(2)).isEqualTo(0x4000_0001);
  }

  @Test
  void an_exception_return_outside_an_exception_is_an_unmapped_fetch() {
    // movs r1, #6; mvns r1, r1; bx r1: 0xfffffff9
    Fault fault = fault(Kind.UNMAPPED_FETCH, 2, 0x2106, 0x43C9, 0x4708);
    assertThat(fault.at().offset()).isEqualTo(4);
  }

  @Test
  void a_call_of_an_unmapped_function_faults_there() {
    try (Mcu mcu = new Program().parked()) {
      Outcome outcome = mcu.call(0x4000_0000L, 1000, 3);
      Fault fault = ((Outcome.Faulted) outcome).fault();
      assertThat(fault.kind()).isEqualTo(Kind.UNMAPPED_FETCH);
      assertThat(fault.at()).isEqualTo(new Location(0x4000_0000L, null, 0));
      assertThat(fault.registers().general().get(0)).isEqualTo(3);
      assertThat(outcome.cycles()).isZero();
    }
  }

  @Test
  void a_branch_to_an_even_address_is_not_thumb() {
    // movs r1, #0x80; nop; bx r1
    Fault fault = fault(Kind.NOT_THUMB, 2, 0x2180, 0x46C0, 0x4708);
    assertThat(fault.at()).isEqualTo(new Location(0x84, "bad", 4));
    assertThat(fault.accessAddress()).isEqualTo(0x80L);
  }

  @Test
  void what_stands_at_an_even_target_is_not_read_as_code() {
    // mov r1, pc; bx r1; nop; bl: four bytes of Arm code would end in the middle of the bl
    Fault fault = fault(Kind.NOT_THUMB, 1, 0x4679, 0x4708, 0xBF00, 0xF000, 0xF800);
    assertThat(fault.at()).isEqualTo(new Location(0x82, "bad", 2));
    assertThat(fault.accessAddress()).isEqualTo(0x84L);
  }

  @Test
  void a_return_that_lost_the_Thumb_bit_is_not_thumb() {
    // mov r1, lr; subs r1, #1; bx r1
    Fault fault = fault(Kind.NOT_THUMB, 2, 0x4671, 0x3901, 0x4708);
    assertThat(fault.at().offset()).isEqualTo(4);
  }

  @Test
  void svc_is_an_unhandled_exception() {
    assertThat(third(Kind.UNHANDLED_EXCEPTION, 0xDF05, ADDS_R2_100, BX_LR).detail())
        .contains("svc");
  }

  @Test
  void a_breakpoint_in_a_call_is_unexpected() {
    third(Kind.UNEXPECTED_BREAKPOINT, 0xBE03, ADDS_R2_100, BX_LR);
  }

  @Test
  void wfi_and_wfe_sleep_for_ever() {
    third(Kind.SLEEP_FOREVER, 0xBF30, ADDS_R2_100, BX_LR);
    third(Kind.SLEEP_FOREVER, 0xBF20, ADDS_R2_100, BX_LR);
  }

  @Test
  void wfe_after_sev_goes_on_once_also_across_calls_and_snapshots() {
    int sev = 0xBF40;
    int wfe = 0xBF20;
    try (Mcu mcu =
        new Program()
            .function("both", sev, wfe, BX_LR)
            .function("sev", sev, BX_LR)
            .function("wfe", wfe, BX_LR)
            .function("bad", sev, wfe, wfe, BX_LR)
            .parked()) {
      assertThat(Program.call(mcu, "both").cycles()).isEqualTo(1 + 2 + 3);
      Program.call(mcu, "sev");
      Snapshot set = mcu.snapshot();
      assertThat(Program.call(mcu, "wfe").cycles()).isEqualTo(2 + 3);
      assertThat(fault(mcu, Kind.SLEEP_FOREVER, 3).at().offset()).isEqualTo(4);
      mcu.restore(set);
      assertThat(Program.call(mcu, "wfe")).isInstanceOf(Outcome.Returned.class);
      assertThat(Program.call(mcu, "wfe")).isInstanceOf(Outcome.Faulted.class);
    }
  }

  @Test
  void a_stack_overflow_is_found_at_the_store_that_did_it() {
    // bad: push {r0, lr}; bl bad; pop {r0, pc}
    try (Mcu mcu = new Program().function("bad", 0xB501, 0xF7FF, 0xFFFD, 0xBD01).parked()) {
      mcu.reserveStack(64);
      Outcome outcome = Program.call(mcu, "bad", 7);
      Fault fault = ((Outcome.Faulted) outcome).fault();
      assertThat(fault.kind()).isEqualTo(Kind.STACK_OVERFLOW);
      assertThat(fault.at()).isEqualTo(new Location(0x80, "bad", 0));
      assertThat(fault.accessAddress()).isEqualTo(0x2000_0FC0L);
      assertThat(fault.registers().sp()).isEqualTo(0x2000_0FC8);
      assertThat(outcome.cycles()).isEqualTo(7 * (3 + 4)); // 8 bytes a level, the eighth overflows
      assertThat(mcu.deepestStackBytes()).isEqualTo(64);
    }
  }

  @Test
  void an_overflow_is_found_also_if_the_function_returns() {
    // sub sp, #60; movs r1, #9; str r1, [sp]; str r1, [sp, #4] ... add sp, #60; bx lr
    try (Mcu mcu =
        new Program().function("bad", 0xB090, 0x2109, 0x9101, 0x9100, 0xB010, BX_LR).parked()) {
      mcu.reserveStack(64);
      Fault fault = fault(mcu, Kind.STACK_OVERFLOW, 1 + 1 + 2, 7);
      assertThat(fault.at().offset()).isEqualTo(6);
      assertThat(fault.detail()).contains("0x20000fc0").contains("0x00000009");
    }
  }

  @Test
  void a_part_of_a_word_is_an_overflow_too() {
    int movSp = 0x466A; // mov r2, sp
    for (int store : new int[] {0x8011, 0x7011}) { // strh r1, [r2], strb r1, [r2]
      try (Mcu mcu =
          new Program().function("bad", 0xB090, 0x2109, movSp, store, 0xB010, BX_LR).parked()) {
        mcu.reserveStack(64);
        Fault fault = fault(mcu, Kind.STACK_OVERFLOW, 1 + 1 + 1, 7);
        assertThat(fault.at().offset()).isEqualTo(6);
      }
    }
  }

  @Test
  void a_changed_register_breaks_the_calling_convention() {
    Fault fault = fault(Kind.CALLING_CONVENTION, 1, 0x2401, BX_LR); // movs r4, #1
    assertThat(fault.at()).isEqualTo(new Location(0x82, "bad", 2));
    assertThat(fault.detail())
        .isEqualTo("R4 was 0x04040404 at the call and is 0x00000001 on return");
    // mov r11, r0
    assertThat(fault(Kind.CALLING_CONVENTION, 1, 0x4683, BX_LR).detail()).contains("R11");
    // add sp, #8 with the wrong sign
    assertThat(fault(Kind.CALLING_CONVENTION, 1, 0xB082, BX_LR).detail())
        .contains("SP was 0x20001000 at the call and is 0x20000ff8");
  }

  @Test
  void a_changed_primask_or_control_breaks_the_calling_convention() {
    Fault mask = fault(Kind.CALLING_CONVENTION, 1, 0xB672, BX_LR); // cpsid i
    assertThat(mask.at()).isEqualTo(new Location(0x82, "bad", 2));
    assertThat(mask.detail())
        .isEqualTo("PRIMASK was 0x00000000 at the call and is 0x00000001 on return");
    // mov r1, sp; msr psp, r1; movs r0, #2; msr control, r0
    assertThat(
            fault(
                    Kind.CALLING_CONVENTION,
                    1 + 4 + 1 + 4,
                    0x4669,
                    0xF381,
                    0x8809,
                    0x2002,
                    0xF380,
                    0x8814,
                    BX_LR)
                .detail())
        .isEqualTo("CONTROL was 0x00000000 at the call and is 0x00000002 on return");
  }

  @Test
  void interrupts_that_a_call_masks_and_lets_come_again_are_no_fault() {
    // cpsid i; cpsie i; bx lr
    try (Mcu mcu = new Program().function("mask", 0xB672, 0xB662, BX_LR).parked()) {
      assertThat(Program.call(mcu, "mask")).isEqualTo(new Outcome.Returned(0, 1 + 1 + 3, 0));
    }
  }

  @Test
  void start_up_code_that_masks_interrupts_leaves_nothing_to_the_calls() {
    // cpsid i; bkpt #0 · mrs r0, primask; bx lr
    FirmwareImage image =
        new Program().reset(0xB672, 0xBE00).function("state", 0xF3EF, 0x8010, BX_LR).image();
    for (Strictness strictness : Strictness.values()) {
      try (Mcu mcu = Mcu.create(Program.config(), image, strictness, List.of())) {
        mcu.reset(100);
        assertThat(Program.call(mcu, "state")).isEqualTo(new Outcome.Returned(0, 4 + 3, 0));
        assertThat(mcu.interprets()).isEqualTo(strictness == Strictness.STRICT || !TRANSLATES);
      }
    }
  }

  @Test
  void the_host_page_is_no_place_for_a_program() {
    // ldr r1, =somewhere; mov r12, r1; mov lr, r1; bx r1: also where the host's own jump is
    Program program = new Program();
    for (int offset = 0; offset < 0x200; offset += 2) {
      program.function("bad " + offset, 0x4901, 0x468C, 0x468E, 0x4708, 0xF001 + offset, 0xDFFF);
    }
    try (Mcu mcu = program.parked()) {
      Snapshot parked = mcu.snapshot();
      for (int offset = 0; offset < 0x200; offset += 2) {
        Outcome outcome = Program.call(mcu, "bad " + offset, 1, 2, 3, 4);
        // Into its exit the program may jump: that is how it returns.
        assertThat(outcome).as("offset %x", offset).isNotInstanceOf(Outcome.Parked.class);
        mcu.restore(parked);
      }
    }
    // ldr r1, =0xdffff000; str r0, [r1]
    assertThat(
            fault(Kind.UNMAPPED_ACCESS, 2, 0x4901, 0x6008, BX_LR, 0, 0xF000, 0xDFFF).at().offset())
        .isEqualTo(2);
  }

  @Test
  void the_state_at_a_fault_follows_from_all_calls_and_writes_before() {
    // count: ldr r1, =0x20000000; ldr r0, [r1]; adds r0, #1; str r0, [r1]; bx lr
    // bad: ldr r1, =0x20000000; ldm r1!, {r2, r3}; udf
    try (Mcu mcu =
        new Program()
            .function("count", 0x4902, 0x6808, 0x3001, 0x6008, BX_LR, 0, 0x0000, 0x2000)
            .function("bad", 0x4901, 0xC90C, 0xDE00, 0, 0x0000, 0x2000)
            .parked()) {
      mcu.write(0x2000_0000L, new byte[4]);
      Snapshot start = mcu.snapshot();
      for (int calls : new int[] {0, 1, 1023, 1024, 3000}) {
        mcu.restore(start);
        for (int i = 0; i < calls; i++) {
          if (i % 3 == 0) {
            mcu.write(0x2000_0004L, new byte[] {(byte) i, (byte) (i >> 8), 0, 0});
          }
          Program.call(mcu, "count");
        }
        long before = mcu.cycles();
        Fault fault = fault(mcu, Kind.UNDEFINED_INSTRUCTION, 2 + 3);
        assertThat(fault.registers().general().get(2)).isEqualTo(calls);
        assertThat(fault.registers().general().get(3))
            .isEqualTo(calls == 0 ? 0xA5A5_A5A5 : (calls - 1) / 3 * 3);
        assertThat(mcu.cycles()).isEqualTo(before + 5);
      }
    }
  }

  @Test
  void a_fault_deep_in_a_long_loop_is_exact() {
    // ldr r1, =0x20000000; loop: str r0, [r1]; adds r1, #4; b loop
    Fault fault =
        fault(
            Kind.UNMAPPED_ACCESS,
            2 + 1024 * (2 + 1 + 3),
            0x4901,
            0x6008,
            0x3104,
            0xE7FC,
            0x0000,
            0x2000);
    assertThat(fault.at().offset()).isEqualTo(2);
    assertThat(fault.registers().general().get(1)).isEqualTo(0x2000_1000);
  }

  @Test
  void a_fault_after_millions_of_cycles_is_found_in_a_moment() {
    // movs r1, #1; lsls r1, r1, #21; loop: subs r1, #1; bne loop; str r0, [r1]
    try (Mcu mcu =
        new Program().function("bad", 0x2101, 0x0549, 0x3901, 0xD1FD, 0x6008, BX_LR).parked()) {
      Outcome outcome = mcu.call(0x80, 1_000_000_000, 7);
      Fault fault = ((Outcome.Faulted) outcome).fault();
      assertThat(outcome.cycles()).isEqualTo(2 + (1L << 21) * 4 - 2);
      assertThat(fault.kind()).isEqualTo(Kind.WRITE_PROTECTED);
      assertThat(fault.at().offset()).isEqualTo(8);
      assertThat(fault.registers().general().subList(0, 2)).containsExactly(7, 0);
    }
  }

  @Test
  void special_registers_survive_the_search_for_a_fault() {
    // movs r1, #0x80; lsls r1, #22 (0x20000000); adds r1, #64; msr psp, r1; movs r2, #2;
    // msr control, r2; cpsid i; b .+2; push {r1}; mrs r3, primask; udf
    try (Mcu mcu =
        new Program()
            .function(
                "bad", 0x2180, 0x0589, 0x3140, 0xF381, 0x8809, 0x2202, 0xF382, 0x8814, 0xB672,
                0xE7FF, 0xB402, 0xF3EF, 0x8310, 0xDE00)
            .parked()) {
      Fault fault = fault(mcu, Kind.UNDEFINED_INSTRUCTION, 3 + 4 + 1 + 4 + 1 + 3 + 2 + 4);
      assertThat(fault.registers().sp()).isEqualTo(0x2000_003C);
      assertThat(fault.registers().general().get(3)).isEqualTo(1);
      assertThat(mcu.readWord(0x2000_003CL)).isEqualTo(0x2000_0040);
    }
  }

  @Test
  void a_reset_can_fault_too() {
    Mcu undefined = Program.mcu(Program.config(), new Program().reset(0x2001, 0xDE00).image());
    Outcome outcome = undefined.reset(1000);
    assertThat(((Outcome.Faulted) outcome).fault().at()).isEqualTo(new Location(0x42, "reset", 2));
    assertThat(outcome.cycles()).isEqualTo(1);
    undefined.close();

    try (Mcu even = Program.mcu(Program.config(), new Program().word(4, 0x40).image())) {
      assertThat(((Outcome.Faulted) even.reset(1000)).fault().kind()).isEqualTo(Kind.NOT_THUMB);
    }
    try (Mcu nowhere = Program.mcu(Program.config(), new Program().word(4, -1).image())) {
      assertThat(((Outcome.Faulted) nowhere.reset(1000)).fault().kind())
          .isEqualTo(Kind.UNMAPPED_FETCH);
    }
  }
}
