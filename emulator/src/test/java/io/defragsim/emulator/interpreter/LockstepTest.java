package io.defragsim.emulator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Fault;
import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.Program;
import io.defragsim.emulator.Snapshot;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.isa.Assembler;
import io.defragsim.emulator.isa.Form;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
      Long.getLong("defragsim.lockstep.instructions", 1_000_000L);
  private static final long SEED = Long.getLong("defragsim.lockstep.seed", 20261123L);
  private static final int FLASH = 64 * 1024;
  private static final long BUDGET = 10_000_000;
  private static final int CALLS = 4;
  private static final int IMAGE_CALLS = 2000;
  private static final long SRAM = 0x2000_0000L;
  private static final Reference.Entry ENTRY = entry();

  @Test
  void random_programs_do_the_same_on_both() {
    Set<Form> used = EnumSet.noneOf(Form.class);
    Set<Fault.Kind> faults = EnumSet.noneOf(Fault.Kind.class);
    long executed = 0;
    for (int round = 0; executed < INSTRUCTIONS; round++) {
      long seed = SEED + round;
      executed += round(seed, used, faults);
    }
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

  private static long round(long seed, Set<Form> used, Set<Fault.Kind> faults) {
    SplittableRandom random = new SplittableRandom(seed);
    Program program = new Program(FLASH);
    List<String> names = new ArrayList<>();
    int bytes = 0x80;
    while (bytes < FLASH - 4096) {
      int[] halfwords = RandomProgram.function(random, used);
      String name = "f" + names.size();
      names.add(name);
      program.function(name, halfwords);
      bytes += 2 * halfwords.length + 4;
    }
    int multiplier = random.nextBoolean() ? 1 : 32;
    McuConfig config =
        new McuConfig("test", 16_000_000, 16_000_000, multiplier, FLASH, 0x2000_0000L, 4096);
    FirmwareImage image = program.image();
    try (Mcu mcu = Mcu.create(config, image)) {
      Reference reference = new Reference(mcu, ENTRY);
      assertThat(mcu.reset(BUDGET)).isEqualTo(reference.reset());
      for (String name : names) {
        for (int n = 0; n < CALLS; n++) {
          int[] arguments = random.ints(random.nextInt(5)).toArray();
          if (!same(seed, mcu, reference, name, faults, arguments)) {
            break;
          }
        }
      }
      return reference.instructions();
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

  @ParameterizedTest
  @ValueSource(strings = {"defrag", "newlib-nano"})
  void the_functions_of_the_shipped_images_do_the_same_on_both(String name) throws IOException {
    Path root = Path.of(System.getProperty("defragsim.root", ".."));
    FirmwareImage image =
        FirmwareImage.read(root.resolve("allocator-firmware/prebuilt/" + name + ".elf"));
    McuConfig config = new McuConfig("test", 16_000_000, 16_000_000, 32, 64 * 1024, SRAM, 8192);
    SplittableRandom random = new SplittableRandom(SEED);
    Set<Fault.Kind> faults = EnumSet.noneOf(Fault.Kind.class);
    try (Mcu mcu = Mcu.create(config, image)) {
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

  /** One program a difference: the engine's core is a Cortex-M3, and its decoder has a mistake. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      textBlock =
          """
          the T bit reads as 1 in xPSR,                 'mrs r0, xpsr; lsls r0, r0, #4',        10000000, 0
          APSR has a bit Q that can be set,             'mvns r0, r0; msr apsr, r0; mrs r0, apsr',       f8000000, f0000000
          SP keeps its low two bits,                    'mov r1, sp; movs r2, #3; add sp, r2; mov r0, sp; subs r0, r0, r1; mov sp, r1', 3, 0
          STM with its base in the list does not write it back, 'movs r0, #32; lsls r0, r0, #24; movs r1, r0; stm r0!, {r0, r2}; subs r0, r0, r1', 0, 8
          unaligned accesses are performed,             'movs r1, #33; ldr r1, [r1, #0]; movs r0, #1', 1, UNALIGNED_ACCESS
          """)
  void the_engine_differs_from_a_cortex_m0_where(
      String what, String program, String engine, String interpreter) {
    byte[] code = new Assembler().assemble(program + "; bx lr");
    int[] halfwords = new int[code.length / 2];
    for (int i = 0; i < halfwords.length; i++) {
      halfwords[i] = (code[2 * i] & 0xFF) | (code[2 * i + 1] & 0xFF) << 8;
    }
    Program image = new Program().function("f", halfwords);
    try (Mcu mcu = Mcu.create(Program.config(), image.image())) {
      Reference reference = new Reference(mcu, ENTRY);
      assertThat(mcu.reset(BUDGET)).isEqualTo(reference.reset());
      long address = mcu.image().function("f").orElseThrow();
      assertThat(describe(mcu.call(address, BUDGET))).as(what + ", engine").isEqualTo(engine);
      assertThat(describe(reference.call(address, BUDGET))).as(what).isEqualTo(interpreter);
    }
  }

  private static String describe(Outcome outcome) {
    return outcome instanceof Outcome.Returned returned
        ? Integer.toHexString(returned.value())
        : ((Outcome.Faulted) outcome).fault().kind().name();
  }
}
