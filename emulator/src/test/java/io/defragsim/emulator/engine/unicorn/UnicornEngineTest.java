package io.defragsim.emulator.engine.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.Snapshot;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.engine.Engine;
import io.defragsim.emulator.engine.EngineFactory;
import io.defragsim.emulator.engine.InterpreterEngine;
import io.defragsim.emulator.engine.Stop;
import io.defragsim.emulator.fast.FastCode;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.RawImage;
import io.defragsim.emulator.interpreter.Watcher;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random programs: nothing brings the process down, and both ways to count agree. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class UnicornEngineTest {
  private static final int FLASH = 4096;
  private static final MemoryMap MAP = new MemoryMap(FLASH, 0x2000_0000L, 4096);
  private static final long SP = 0x2000_1000L;
  private static final CycleModel MODEL = CycleModel.cortexM0(32);
  private static final long BUDGET = 3_000;
  private static final BlockCounting COUNTING = BlockCounting.chosen();

  /** One end of a run and the memory behind it. */
  private record End(Stop stop, String sram) {}

  @Test
  void random_halfwords_never_crash_and_are_counted_alike_both_ways() {
    randomHalfwords(150);
  }

  @Test
  @Tag("campaign")
  void many_random_halfwords_never_crash_either() {
    randomHalfwords(500);
  }

  private static void randomHalfwords(int seeds) {
    for (int seed = 0; seed < seeds; seed++) {
      Random random = new Random(seed);
      byte[] flash = new byte[FLASH];
      random.nextBytes(flash);
      check("random halfwords, seed " + seed, flash, filledSram(), 0x10, random);
    }
  }

  @Test
  void random_programs_of_harmless_instructions_are_counted_alike_both_ways() {
    randomPrograms(200);
  }

  @Test
  @Tag("campaign")
  void many_random_programs_are_counted_alike_too() {
    randomPrograms(700);
  }

  private static void randomPrograms(int seeds) {
    int returned = 0;
    for (int seed = 0; seed < seeds; seed++) {
      Random random = new Random(seed);
      byte[] flash = new byte[FLASH];
      write(flash, 0x10, program(random, 10 + random.nextInt(120)));
      Stop stop = check("program, seed " + seed, flash, filledSram(), 0x10, random);
      returned += stop instanceof Stop.Returned ? 1 : 0;
    }
    assertThat(returned).as("programs that come back").isGreaterThan(seeds * 3 / 14);
  }

  @Test
  void
      random_programs_in_sram_that_write_over_themselves_run_as_if_strict_up_to_an_unaligned_access() {
    byte[] flash = new byte[FLASH];
    write(flash, 0, new int[] {0x1000, 0x2000, 0x41, 0});
    write(flash, 0x40, new int[] {0xBE00});
    FirmwareImage image = RawImage.of("parks", 0, flash, Map.of(), List.of());
    McuConfig part =
        new McuConfig("test", 16_000_000, 16_000_000, 32, FLASH, MAP.sramBase(), MAP.sramBytes());
    int compared = 0;
    for (int seed = 0; seed < 100; seed++) {
      byte[] sram = filledSram();
      // r3 points at the program, so its stores hit its own code.
      write(sram, 0x100, program(new Random(seed), 60));
      List<String> ends = new ArrayList<>();
      for (Strictness strictness : Strictness.values()) {
        try (Mcu mcu = Mcu.create(part, image, strictness, List.of())) {
          mcu.reset(BUDGET);
          mcu.write(MAP.sramBase(), sram);
          for (int n = 0; n < 3; n++) {
            Snapshot before = mcu.snapshot();
            Outcome outcome = mcu.call(MAP.sramBase() + 0x100, 2_000, seed, 1, 2, 0x2000_0110);
            byte[] memory = mcu.read(MAP.sramBase(), MAP.sramBytes());
            ends.add(outcome + " " + Arrays.hashCode(memory));
            if (!(outcome instanceof Outcome.Returned)) {
              mcu.restore(before);
            }
          }
        }
      }
      if (ends.subList(3, 6).stream().noneMatch(end -> end.contains("UNALIGNED_ACCESS"))) {
        assertThat(ends.subList(0, 3)).as("seed %d", seed).isEqualTo(ends.subList(3, 6));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(80);
  }

  /** The interpreter and the library, from the same state. */
  private static Stop check(String what, byte[] flash, byte[] sram, long entry, Random random) {
    int[] arguments = {random.nextInt(), random.nextInt(100), random.nextInt(), 0x2000_0400};
    End exact = run(performingUnaligned(flash), sram, entry, arguments);
    End fast = run(UnicornEngine.factory(MAP, flash, MODEL, COUNTING), sram, entry, arguments);
    if (fast.stop instanceof Stop.Inexact inexact) {
      assertThat(inexact.cycles()).as(what).isLessThanOrEqualTo(exact.stop.cycles());
    } else if (!(fast.stop instanceof Stop.NeedsInterpreter)) {
      assertThat(fast).as(what).isEqualTo(exact);
    }
    return exact.stop;
  }

  /** Interpreters that do with unaligned accesses as the library does. */
  private static EngineFactory performingUnaligned(byte[] flash) {
    int[] words = MappedMemory.words(flash);
    FastCode code = InterpreterEngine.code(MAP, words, MODEL, Watcher.NONE);
    return sram ->
        new InterpreterEngine(
            MAP,
            words,
            code,
            CoreKind.CORTEX_M0,
            false,
            sram,
            address -> new Location(address, null, 0),
            null);
  }

  private static End run(EngineFactory engines, byte[] sram, long entry, int[] arguments) {
    try (Engine engine = engines.open(sram)) {
      Stop stop = engine.call(SP, entry, arguments, BUDGET);
      return new End(stop, Arrays.toString(engine.readSram(MAP.sramBase(), MAP.sramBytes())));
    }
  }

  private static byte[] filledSram() {
    byte[] sram = new byte[MAP.sramBytes()];
    Arrays.fill(sram, (byte) 0xA5);
    return sram;
  }

  private static void write(byte[] memory, int at, int[] code) {
    for (int i = 0; i < code.length; i++) {
      memory[at + 2 * i] = (byte) code[i];
      memory[at + 2 * i + 1] = (byte) (code[i] >>> 8);
    }
  }

  /** Data processing on R0 to R2, loads and stores around R3, short branches, and a return. */
  private static int[] program(Random random, int length) {
    int[] code = new int[length + 1];
    for (int i = 0; i < length; i++) {
      int low = random.nextInt(3);
      int other = random.nextInt(3);
      code[i] =
          switch (random.nextInt(12)) {
            case 0, 1 -> 0x2000 | random.nextInt(4) << 11 | low << 8 | random.nextInt(256);
            case 2, 3 -> 0x4000 | random.nextInt(16) << 6 | other << 3 | low;
            case 4 -> 0x1800 | random.nextInt(4) << 9 | other << 3 | low;
            case 5 -> random.nextInt(3) << 11 | random.nextInt(32) << 6 | other << 3 | low;
            case 6 -> 0x6000 | random.nextInt(2) << 11 | random.nextInt(32) << 6 | 3 << 3 | low;
            case 7 -> 0x7000 | random.nextInt(2) << 11 | random.nextInt(32) << 6 | 3 << 3 | low;
            case 8 -> 0x8000 | random.nextInt(2) << 11 | random.nextInt(32) << 6 | 3 << 3 | low;
            case 9, 10 -> {
              int distance = Math.min(length - i - 2, random.nextInt(8) - 3 + random.nextInt(3));
              yield 0xD000 | random.nextInt(14) << 8 | (Math.max(distance, -i - 2) & 0xFF);
            }
            default -> 0x46C0; // mov r8, r8
          };
    }
    code[length] = 0x4770; // bx lr
    return code;
  }
}
