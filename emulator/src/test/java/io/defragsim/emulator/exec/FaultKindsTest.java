package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.isa.Assembler;
import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Fault.Kind;
import io.defragsim.emulator.system.ExceptionNumber;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of fault by a program that runs into it: reported where it happened if the program has
 * no handler, taken by its HardFault handler if it has one.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class FaultKindsTest {
  private static final Assembler ASSEMBLER = new Assembler();
  private static final int MAIN = 0x100;

  private static final String SRAM_PLUS_1 = "movs r0, #32; lsls r0, r0, #24; adds r0, #1; ";
  private static final String PERIPHERALS = "movs r0, #1; lsls r0, r0, #30; ";

  /**
   * A program that ends in a fault.
   *
   * @param code instructions, or halfwords in hexadecimal
   * @param offset of the instruction at fault
   */
  record Demonstration(String what, Kind kind, String code, int offset) {
    @Override
    public String toString() {
      return what;
    }
  }

  /** What a core without handlers stops at, and one with a HardFault handler goes on from. */
  static Stream<Demonstration> hardFaults() {
    return Stream.of(
        new Demonstration("UDF", Kind.UNDEFINED_INSTRUCTION, "udf #1", 0),
        new Demonstration("UDF.W", Kind.UNDEFINED_INSTRUCTION, "f7f0; a000", 0),
        new Demonstration("IT", Kind.UNDEFINED_INSTRUCTION, "movs r0, #0; bf08", 2),
        new Demonstration("CBZ", Kind.UNDEFINED_INSTRUCTION, "nop; b110", 2),
        new Demonstration("CBNZ", Kind.UNDEFINED_INSTRUCTION, "b910", 0),
        new Demonstration("UDIV", Kind.UNDEFINED_INSTRUCTION, "movs r1, #1; fbb0; f0f1", 2),
        new Demonstration("CLZ", Kind.UNDEFINED_INSTRUCTION, "fab0; f080", 0),
        new Demonstration("STR.W", Kind.UNDEFINED_INSTRUCTION, "f8c1; 0000", 0),
        new Demonstration("LDREX", Kind.UNDEFINED_INSTRUCTION, "e850; 0f00", 0),
        new Demonstration(
            "an unaligned word load", Kind.UNALIGNED_ACCESS, SRAM_PLUS_1 + "ldr r1, [r0, #0]", 6),
        new Demonstration(
            "an unaligned word store", Kind.UNALIGNED_ACCESS, SRAM_PLUS_1 + "str r1, [r0, #0]", 6),
        new Demonstration(
            "an unaligned halfword load",
            Kind.UNALIGNED_ACCESS,
            SRAM_PLUS_1 + "ldrh r1, [r0, #0]",
            6),
        new Demonstration(
            "an unaligned halfword store",
            Kind.UNALIGNED_ACCESS,
            SRAM_PLUS_1 + "strh r1, [r0, #2]",
            6),
        new Demonstration(
            "an unaligned LDM", Kind.UNALIGNED_ACCESS, SRAM_PLUS_1 + "ldm r0!, {r1, r2}", 6),
        new Demonstration(
            "an unaligned STM", Kind.UNALIGNED_ACCESS, SRAM_PLUS_1 + "stm r0!, {r1, r2}", 6),
        new Demonstration(
            "a load from nowhere", Kind.UNMAPPED_ACCESS, PERIPHERALS + "ldrb r1, [r0, #0]", 4),
        new Demonstration(
            "a store to nowhere", Kind.UNMAPPED_ACCESS, PERIPHERALS + "str r1, [r0, #4]", 4),
        new Demonstration(
            "a byte of the system control space",
            Kind.UNMAPPED_ACCESS,
            "ldr r0, [pc, #4]; ldrb r1, [r0, #0]; nop; nop; e010; e000",
            2),
        new Demonstration(
            "a store to flash", Kind.WRITE_PROTECTED, "movs r0, #64; strb r1, [r0, #0]", 2),
        new Demonstration(
            "a store to flash at its other address",
            Kind.WRITE_PROTECTED,
            "movs r0, #8; lsls r0, r0, #24; str r1, [r0, #0]",
            4),
        new Demonstration(
            "a branch to nowhere", Kind.UNMAPPED_FETCH, PERIPHERALS + "adds r0, #1; bx r0", 6),
        new Demonstration(
            "an exception return in Thread mode",
            Kind.UNMAPPED_FETCH,
            "movs r0, #6; mvns r0, r0; bx r0",
            4),
        new Demonstration("BX to an even address", Kind.NOT_THUMB, "movs r0, #64; bx r0", 2),
        new Demonstration("BLX to an even address", Kind.NOT_THUMB, "movs r0, #64; blx r0", 2),
        new Demonstration(
            "POP of an even PC", Kind.NOT_THUMB, "movs r0, #64; push {r0}; pop {pc}", 4),
        new Demonstration(
            "SVC where PRIMASK keeps it out", Kind.UNHANDLED_EXCEPTION, "cpsid i; svc #5", 2));
  }

  /** What no handler takes. */
  static Stream<Demonstration> ends() {
    return Stream.of(
        new Demonstration("BX with bit 0 set", Kind.UNPREDICTABLE_ENCODING, "nop; 4771", 2),
        new Demonstration(
            "MSR of a reserved register", Kind.UNPREDICTABLE_ENCODING, "f380; 8804", 0),
        new Demonstration("WFI with nothing to come", Kind.SLEEP_FOREVER, "nop; wfi", 2),
        new Demonstration("WFE without an event", Kind.SLEEP_FOREVER, "wfe", 0));
  }

  /** What breaks the rules of a call from outside, which only an Mcu makes. */
  static Stream<Demonstration> calls() {
    return Stream.of(
        new Demonstration("BKPT in a call", Kind.UNEXPECTED_BREAKPOINT, "bkpt #1", 0),
        new Demonstration("a changed R4", Kind.CALLING_CONVENTION, "movs r4, #1; bx lr", 2),
        new Demonstration(
            "a push below the stack reserve",
            Kind.STACK_OVERFLOW,
            "sub sp, #64; str r0, [sp, #0]; add sp, #64; bx lr",
            2));
  }

  private static Source program(Demonstration demonstration) {
    Source source = new Source().function("main", "nop; ".repeat(15) + "bkpt #0").reset("main");
    int[] halfwords = halfwords(demonstration.code() + "; nop; bkpt #0; nop");
    for (int i = 0; i + 1 < halfwords.length; i += 2) {
      source.word(MAIN + 2 * i, halfwords[i] | halfwords[i + 1] << 16);
    }
    return source;
  }

  private static int[] halfwords(String code) {
    List<Integer> halfwords = new ArrayList<>();
    for (String line : code.split("; ", -1)) {
      if (line.matches("[0-9a-f]{4}")) {
        halfwords.add(Integer.parseInt(line, 16));
      } else if (line.startsWith("udf")) {
        halfwords.add(0xDE01);
      } else {
        byte[] bytes = ASSEMBLER.assemble(line);
        for (int i = 0; i < bytes.length; i += 2) {
          halfwords.add((bytes[i] & 0xFF) | (bytes[i + 1] & 0xFF) << 8);
        }
      }
    }
    return halfwords.stream().mapToInt(Integer::intValue).toArray();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"hardFaults", "ends"})
  void is_reported_where_it_happened_by_a_program_without_a_handler(Demonstration demonstration) {
    Ending.Faulted ending = (Ending.Faulted) program(demonstration).run().ending();

    assertThat(ending.fault().kind()).isEqualTo(demonstration.kind());
    assertThat(ending.fault().at().address()).isEqualTo(MAIN + demonstration.offset());
    assertThat(ending.lockedUp()).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hardFaults")
  void is_taken_by_the_handler_which_finds_its_address_in_the_frame(Demonstration demonstration) {
    Source source =
        program(demonstration)
            .function("on_fault", "ldr r0, [sp, #24]; bkpt #3")
            .handler(ExceptionNumber.HARD_FAULT, "on_fault");
    int[] inFrame = new int[1];
    ExecutionResult result =
        new Execution(source.program(), Console.NONE, Long.MAX_VALUE)
            .listen((pc, cycle, step, after) -> inFrame[0] = after.register(0))
            .run(100_000);

    assertThat(result.ending())
        .isInstanceOfSatisfying(
            Ending.Parked.class,
            parked -> {
              assertThat(parked.immediate()).isEqualTo(3);
              assertThat(parked.inHardFault()).isTrue();
            });
    assertThat(result.faults()).hasSize(1);
    Fault fault = result.faults().get(0).fault();
    assertThat(fault.kind()).isEqualTo(demonstration.kind());
    boolean branch = fault.kind() == Kind.NOT_THUMB || fault.kind() == Kind.UNMAPPED_FETCH;
    // A branch is done; what faults is the fetch at its target.
    assertThat(fault.at().address())
        .isEqualTo(branch ? fault.accessAddress() : MAIN + demonstration.offset())
        .isEqualTo(Integer.toUnsignedLong(inFrame[0]));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ends")
  void ends_the_run_also_of_a_program_with_a_handler(Demonstration demonstration) {
    ExecutionResult result =
        program(demonstration)
            .function("on_fault", "bkpt #3")
            .handler(ExceptionNumber.HARD_FAULT, "on_fault")
            .run();

    assertThat(((Ending.Faulted) result.ending()).fault().kind()).isEqualTo(demonstration.kind());
    assertThat(result.faultCount()).isZero();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("calls")
  void ends_a_call(Demonstration demonstration) {
    var program =
        new io.defragsim.emulator.Program().function("f", halfwords(demonstration.code()));
    try (var mcu = program.parked()) {
      mcu.reserveStack(64);
      Outcome outcome = io.defragsim.emulator.Program.call(mcu, "f");

      assertThat(outcome)
          .isInstanceOfSatisfying(
              Outcome.Faulted.class,
              faulted -> {
                assertThat(faulted.fault().kind()).isEqualTo(demonstration.kind());
                assertThat(faulted.fault().at().offset()).isEqualTo(demonstration.offset());
              });
    }
  }

  @Test
  void every_kind_has_a_program() {
    Set<Kind> shown = EnumSet.noneOf(Kind.class);
    Stream.of(hardFaults(), ends(), calls())
        .flatMap(all -> all)
        .forEach(demonstration -> shown.add(demonstration.kind()));

    assertThat(shown).isEqualTo(EnumSet.allOf(Kind.class));
  }

  @Test
  void an_even_reset_vector_faults_before_the_first_instruction() {
    Source source = new Source().function("main", "bkpt #0");
    Ending.Faulted reported = (Ending.Faulted) source.word(4, MAIN).run().ending();
    ExecutionResult taken =
        source
            .function("on_fault", "bkpt #3")
            .handler(ExceptionNumber.HARD_FAULT, "on_fault")
            .run();

    assertThat(reported.fault().kind()).isEqualTo(Kind.NOT_THUMB);
    assertThat(taken.faults().get(0).fault().kind()).isEqualTo(Kind.NOT_THUMB);
    assertThat(taken.cycles()).isEqualTo(16);
  }

  @Test
  void SVC_without_a_handler_goes_where_its_empty_vector_says_which_is_no_Thumb_code() {
    Source source = new Source().function("main", "svc #1; bkpt #0").reset("main");
    Ending.Faulted reported = (Ending.Faulted) source.run().ending();
    ExecutionResult taken =
        source
            .function("on_fault", "bkpt #3")
            .handler(ExceptionNumber.HARD_FAULT, "on_fault")
            .run();

    assertThat(reported.fault().kind()).isEqualTo(Kind.NOT_THUMB);
    assertThat(reported.fault().at().address()).isZero();
    assertThat(taken.faults().get(0).fault().kind()).isEqualTo(Kind.NOT_THUMB);
    assertThat(((Ending.Parked) taken.ending()).inHardFault()).isTrue();
  }

  /** All of them but the exception return, which is one there. */
  static Stream<Demonstration> lockups() {
    return hardFaults().filter(demonstration -> !demonstration.what().contains("return"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lockups")
  void locks_the_core_up_in_the_handler_of_HardFault(Demonstration demonstration) {
    ExecutionResult result =
        program(demonstration).handler(ExceptionNumber.HARD_FAULT, "main").run();

    assertThat(result.ending())
        .isInstanceOfSatisfying(
            Ending.Faulted.class,
            faulted -> {
              assertThat(faulted.lockedUp()).isTrue();
              assertThat(faulted.fault().kind()).isEqualTo(demonstration.kind());
            });
    assertThat(result.faultCount()).isEqualTo(1);
  }

  @Test
  void a_stack_that_runs_out_of_SRAM_cannot_take_the_frame_of_HardFault_either() {
    // push {r0, lr}; bl .-2
    ExecutionResult result =
        new Source()
            .function("on_fault", "bkpt #3")
            .function("main", "push {r0, lr}; bl .-2")
            .reset("main")
            .handler(ExceptionNumber.HARD_FAULT, "on_fault")
            .run();

    Ending.Faulted ending = (Ending.Faulted) result.ending();
    assertThat(ending.lockedUp()).isTrue();
    assertThat(ending.fault().kind()).isEqualTo(Kind.UNMAPPED_ACCESS);
    assertThat(ending.fault().at().function()).isEqualTo("main");
  }
}
