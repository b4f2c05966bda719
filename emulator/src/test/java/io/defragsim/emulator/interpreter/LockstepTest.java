package io.defragsim.emulator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.Program;
import io.defragsim.emulator.Snapshot;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.isa.Assembler;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.model.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The interpreter and the engine, each written without the other, side by side: the same calls must
 * give the same results, registers, SRAM, cycles and faults.
 *
 * <p>{@code -Ddefragsim.lockstep.instructions=20000000} runs more, {@code
 * -Ddefragsim.lockstep.seed} another seed or one that failed.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class LockstepTest {
  private static final long INSTRUCTIONS =
      Long.getLong("defragsim.lockstep.instructions", 500_000L);
  private static final long CAMPAIGN_INSTRUCTIONS = 2 * INSTRUCTIONS;
  private static final long SEED = Long.getLong("defragsim.lockstep.seed", 20261123L);
  private static final int FLASH = 64 * 1024;
  private static final long BUDGET = 10_000_000;
  private static final int CALLS = 4;
  private static final int IMAGE_CALLS = 2000;
  private static final long SRAM = 0x2000_0000L;
  private static final Reference.Entry ENTRY = entry();

  @Test
  void random_programs_do_the_same_on_both() {
    programs(INSTRUCTIONS);
  }

  @Test
  @Tag("campaign")
  void many_more_do_too() {
    programs(CAMPAIGN_INSTRUCTIONS);
  }

  private static void programs(long instructions) {
    Set<Form> used = EnumSet.noneOf(Form.class);
    Set<Fault.Kind> faults = EnumSet.noneOf(Fault.Kind.class);
    long[] executed = new long[2]; // by the engine, by the interpreter in its place
    for (int round = 0; executed[0] + executed[1] < instructions; round++) {
      round(SEED + round, used, faults, executed);
    }
    assertThat(executed[0]).as("by the engine").isGreaterThan(instructions / 3);
    assertThat(executed[1]).as("after the engine gave up").isGreaterThan(instructions / 20);
    assertThat(used)
        .as("forms that the programs had (seed %d)", SEED)
        .contains(
            EnumSet.complementOf(EnumSet.of(Form.ADD_SP_TO_PC, Form.WFI)).toArray(new Form[0]));
    assertThat(faults)
        .contains(
            Fault.Kind.UNDEFINED_INSTRUCTION,
            Fault.Kind.UNPREDICTABLE_ENCODING,
            Fault.Kind.UNMAPPED_ACCESS,
            Fault.Kind.WRITE_PROTECTED,
            Fault.Kind.UNMAPPED_FETCH,
            Fault.Kind.NOT_THUMB,
            Fault.Kind.UNHANDLED_EXCEPTION,
            Fault.Kind.UNEXPECTED_BREAKPOINT);
  }

  private static void round(long seed, Set<Form> used, Set<Fault.Kind> faults, long[] executed) {
    SplittableRandom random = new SplittableRandom(seed);
    Program program = new Program(FLASH);
    List<String> names = new ArrayList<>();
    int bytes = 0x80;
    while (bytes < FLASH - 4096) {
      int[] halfwords = RandomProgram.function(random, random.nextInt(100) == 0, used);
      String name = "f" + names.size();
      names.add(name);
      program.function(name, halfwords);
      bytes += 2 * halfwords.length + 4;
    }
    int multiplier = random.nextBoolean() ? 1 : 32;
    McuConfig config =
        new McuConfig("test", 16_000_000, 16_000_000, multiplier, FLASH, 0x2000_0000L, 4096)
            .withWaitStates(Math.floorMod(seed, 3));
    FirmwareImage image = program.image();
    try (Mcu mcu = Mcu.create(config, image, Strictness.NORMAL, List.of())) {
      Reference reference = new Reference(mcu, ENTRY);
      assertThat(mcu.reset(BUDGET)).isEqualTo(reference.reset());
      for (String name : names) {
        for (int n = 0; n < CALLS; n++) {
          int[] arguments = random.ints(random.nextInt(5)).toArray();
          long before = reference.instructions();
          boolean returned = same(seed, mcu, reference, name, faults, arguments);
          executed[mcu.interprets() ? 1 : 0] += reference.instructions() - before;
          if (!returned) {
            break;
          }
        }
      }
    }
  }

  /** Calls on both and compares; false if the call faulted. */
  private static boolean same(
      long seed,
      Mcu mcu,
      Reference reference,
      String function,
      Set<Fault.Kind> faults,
      int... arguments) {
    long address = mcu.image().function(function).orElseThrow();
    Snapshot snapshot = mcu.snapshot();
    byte[] sram = reference.sram.clone();
    Outcome expected = reference.call(address, BUDGET, arguments);
    Outcome actual = mcu.call(address, BUDGET, arguments);
    String where = String.format("seed %d, %s at 0x%x", seed, function, address);
    if (expected instanceof Outcome.Faulted expectedFault) {
      assertThat(actual).as(where).isInstanceOf(Outcome.Faulted.class);
      Outcome.Faulted actualFault = (Outcome.Faulted) actual;
      Fault a = actualFault.fault();
      Fault e = expectedFault.fault();
      assertThat(a.kind()).as(where + a).isEqualTo(e.kind());
      assertThat(a.at().address()).as(where + a + e).isEqualTo(e.at().address());
      assertThat(a.accessAddress()).as(where + a).isEqualTo(e.accessAddress());
      assertThat(a.registers()).as(where + a).isEqualTo(e.registers());
      assertThat(actual.cycles()).as(where).isEqualTo(expected.cycles());
      assertThat(differences(mcu, reference)).as(where).isEmpty();
      faults.add(a.kind());
      mcu.restore(snapshot);
      System.arraycopy(sram, 0, reference.sram, 0, sram.length);
      return false;
    }
    assertThat(actual).as(where).isEqualTo(expected);
    assertThat(differences(mcu, reference)).as(where).isEmpty();
    return true;
  }

  /** The first words of SRAM that differ, and whether more do. */
  private static List<String> differences(Mcu mcu, Reference reference) {
    byte[] actual = mcu.read(mcu.config().sramBase(), mcu.config().sramBytes());
    List<String> differences = new ArrayList<>();
    int at = Arrays.mismatch(actual, reference.sram) & ~3;
    while (at >= 0 && at < actual.length && differences.size() < 16) {
      int engine = word(actual, at);
      int interpreter = word(reference.sram, at);
      if (engine != interpreter) {
        differences.add(
            String.format(
                "0x%08x: engine 0x%08x, interpreter 0x%08x",
                mcu.config().sramBase() + at, engine, interpreter));
      }
      at += 4;
    }
    return differences;
  }

  private static int word(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
  }

  /** What a call starts with, asked of functions that say so. */
  private static Reference.Entry entry() {
    Program probes =
        new Program()
            .function("lr", 0x4670, 0x4770) // mov r0, lr; bx lr
            .function("flags", 0xF3EF, 0x8000, 0x4770); // mrs r0, apsr; bx lr
    try (Mcu mcu = probes.parked()) {
      return new Reference.Entry(ask(mcu, "lr"), ask(mcu, "flags"));
    }
  }

  private static int ask(Mcu mcu, String function) {
    return ((Outcome.Returned) Program.call(mcu, function)).value();
  }

  @ParameterizedTest(name = "{0}, wait states: {1}")
  @CsvSource({"defrag, 0", "defrag, 1", "newlib-nano, 0", "newlib-nano, 2"})
  void the_functions_of_the_shipped_images_do_the_same_on_both(String name, int waitStates)
      throws IOException {
    Path root = Path.of(System.getProperty("defragsim.root", ".."));
    FirmwareImage image =
        FirmwareImage.read(root.resolve("allocator-firmware/prebuilt/" + name + ".elf"));
    McuConfig config =
        new McuConfig("test", 16_000_000, 16_000_000, 32, 64 * 1024, SRAM, 8192)
            .withWaitStates(waitStates);
    SplittableRandom random = new SplittableRandom(SEED);
    Set<Fault.Kind> faults = EnumSet.noneOf(Fault.Kind.class);
    try (Mcu mcu = Mcu.create(config, image, Strictness.NORMAL, List.of())) {
      Reference reference = new Reference(mcu, ENTRY);
      assertThat(mcu.reset(BUDGET)).isEqualTo(reference.reset());
      int pool = (int) (image.sramUsedEnd(SRAM) + 7) & ~7;
      assertThat(same(SEED, mcu, reference, "image_init", faults, pool, 4096, 64)).isTrue();
      List<Integer> live = new ArrayList<>();
      for (int call = 0; call < IMAGE_CALLS; call++) {
        int[] arguments = {random.nextInt(200)};
        String function = "image_alloc";
        int choice = random.nextInt(5);
        if (choice == 0 && image.function("image_step").isPresent()) {
          function = "image_step";
        } else if (choice > 2 && !live.isEmpty()) {
          function = "image_free";
          arguments[0] = live.remove(random.nextInt(live.size()));
        } else if (choice == 1 && !live.isEmpty()) {
          arguments[0] = live.get(random.nextInt(live.size()));
          assertThat(same(SEED, mcu, reference, "image_lock", faults, arguments)).isTrue();
          function = "image_unlock";
        }
        assertThat(same(SEED, mcu, reference, function, faults, arguments)).isTrue();
        int result = reference.result();
        if (function.equals("image_alloc") && result > 0) {
          live.add(result);
        }
      }
    }
    assertThat(faults).isEmpty();
  }

  /** One program for each instruction that the engine's core, a Cortex-M3, has otherwise. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      textBlock =
          """
          the T bit reads as 0 in xPSR,         'mrs r0, xpsr; lsls r0, r0, #4',                 0
          and in EAPSR,                         'mrs r0, eapsr; lsls r0, r0, #4',                0
          EPSR reads as 0,                      'mrs r0, epsr',                                  0
          APSR has no bit Q,                    'mvns r0, r0; msr apsr, r0; mrs r0, apsr',       f0000000
          CONTROL has no bit 0,                 'movs r0, #1; msr control, r0; mrs r0, control', 0
          PSP can be used,                      'mov r0, sp; subs r0, #64; msr psp, r0; movs r1, #2; msr control, r1; mov r1, sp; subs r0, r0, r1; movs r1, #0; msr control, r1', 0
          SP has no low two bits,               'mov r1, sp; movs r2, #3; add sp, r2; mov r0, sp; subs r0, r0, r1; mov sp, r1', 0
          nor in a later block,                 'mov r1, sp; movs r2, #3; add sp, r2; b .+2; mov r0, sp; subs r0, r0, r1', 0
          nor on return,                        'mov r1, sp; movs r2, #3; add sp, r2; movs r0, #7', 7
          nor by MSR,                           'mov r1, sp; adds r2, r1, #3; msr msp, r2; mrs r0, msp; subs r0, r0, r1', 0
          STM writes back a base in its list,   'movs r0, #32; lsls r0, r0, #24; movs r1, r0; stm r0!, {r0, r2}; subs r0, r0, r1', 8
          and one not first in it,              'movs r0, #32; lsls r0, r0, #24; movs r1, r0; stm r1!, {r0, r1}; subs r0, r1, r0', 8
          """)
  void the_engine_does_as_a_cortex_m0_where_its_core_is_another(
      String what, String program, String result) {
    Program image = program(program);
    try (Mcu mcu = Mcu.create(Program.config(), image.image(), Strictness.NORMAL, List.of())) {
      Reference reference = new Reference(mcu, ENTRY);
      assertThat(mcu.reset(BUDGET)).isEqualTo(reference.reset());
      assertThat(mcu.interprets()).isFalse();
      long address = mcu.image().function("f").orElseThrow();
      for (int round = 0; round < 2; round++) {
        Outcome outcome = mcu.call(address, BUDGET);
        assertThat(describe(outcome)).as(what).isEqualTo(result);
        assertThat(outcome).as(what).isEqualTo(reference.call(address, BUDGET));
        assertThat(differences(mcu, reference)).as(what).isEmpty();
      }
    }
  }

  @Test
  void start_up_code_that_must_be_interpreted_does_not_slow_down_what_comes_after() {
    // mov r0, sp; msr msp, r0; bkpt: as start-up code of some vendors
    Program program = program("movs r0, #5").reset(0x4668, 0xF380, 0x8808, 0xBE00);
    try (Mcu mcu = Mcu.create(Program.config(), program.image(), Strictness.NORMAL, List.of())) {
      assertThat(mcu.reset(BUDGET)).isEqualTo(new Outcome.Parked(0, 1 + 4));
      assertThat(describe(Program.call(mcu, "f"))).isEqualTo("5");
      assertThat(mcu.interprets()).isFalse();
    }
  }

  @Test
  void only_an_unaligned_access_is_another_matter() {
    Program program = program("movs r1, #33; ldr r1, [r1, #0]; movs r0, #1");
    try (Mcu normal = Mcu.create(Program.config(), program.image(), Strictness.NORMAL, List.of());
        Mcu strict = Mcu.create(Program.config(), program.image(), Strictness.STRICT, List.of())) {
      normal.reset(BUDGET);
      strict.reset(BUDGET);
      assertThat(describe(Program.call(normal, "f"))).isEqualTo("1");
      assertThat(describe(Program.call(strict, "f"))).isEqualTo("UNALIGNED_ACCESS");
    }
  }

  private static Program program(String text) {
    byte[] code = new Assembler().assemble(text + "; bx lr");
    int[] halfwords = new int[code.length / 2];
    for (int i = 0; i < halfwords.length; i++) {
      halfwords[i] = (code[2 * i] & 0xFF) | (code[2 * i + 1] & 0xFF) << 8;
    }
    return new Program().function("f", halfwords);
  }

  private static String describe(Outcome outcome) {
    return outcome instanceof Outcome.Returned returned
        ? Integer.toHexString(returned.value())
        : ((Outcome.Faulted) outcome).fault().kind().name();
  }
}
