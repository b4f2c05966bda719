package io.defragsim.emulator.engine.unicorn;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.Program;
import io.defragsim.emulator.Snapshot;
import io.defragsim.emulator.engine.Engine;
import io.defragsim.emulator.engine.EngineFactory;
import io.defragsim.emulator.engine.Stop;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What is run with each way to count blocks. Every case gives lines that say all that can be seen:
 * how each run ended with its cycles, fault and registers, and what memory held.
 */
final class CounterCorpus {
  /** How many cases of each kind; in the tests of every day and as a campaign. */
  record Size(int engines, int mcus, int images) {
    static final Size DAILY = new Size(150, 10, 1);
    static final Size CAMPAIGN = new Size(300, 60, 2);
  }

  private static final int FLASH = 2048;
  private static final long SRAM = 0x2000_0000L;
  private static final MemoryMap MAP = new MemoryMap(FLASH, SRAM, 2048);
  private static final CycleModel MODEL = CycleModel.cortexM0(32);
  private static final int BX_LR = 0x4770;

  private final List<String> lines = new ArrayList<>();

  /** Prints a digest of some of the cases, counted as the first argument says. */
  public static void main(String[] arguments) {
    BlockCounting counting = BlockCounting.valueOf(arguments[0]);
    StringBuilder all = new StringBuilder();
    for (int seed = 0; seed < Size.CAMPAIGN.engines; seed += 4) {
      all.append(engine(counting, seed));
    }
    for (int seed = 0; seed < Size.CAMPAIGN.mcus; seed += 4) {
      all.append(mcu(counting, seed));
    }
    for (Path image : images()) {
      all.append(image(counting, image, 0));
    }
    System.out.println(NativeLibrary.sha256(all.toString().getBytes(StandardCharsets.UTF_8)));
  }

  /** The images that the project ships. */
  static List<Path> images() {
    String root = Objects.requireNonNull(System.getProperty("defragsim.root"), "defragsim.root");
    try (Stream<Path> files = Files.list(Path.of(root, "allocator-firmware", "prebuilt"))) {
      return files.filter(file -> file.toString().endsWith(".elf")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs of engines: any code, any budget, until one ends irregularly. */
  static List<String> engine(BlockCounting counting, int seed) {
    CounterCorpus corpus = new CounterCorpus();
    Random random = new Random(seed);
    byte[] flash = new byte[FLASH];
    random.nextBytes(flash);
    if (seed % 5 != 0) {
      int[] code = program(random, (FLASH - 0x10) / 2 - 1);
      for (int i = 0; i < code.length; i++) {
        flash[0x10 + 2 * i] = (byte) code[i];
        flash[0x11 + 2 * i] = (byte) (code[i] >>> 8);
      }
    }
    if (seed % 11 == 0) { // lines too long for one block of the library's
      for (int i = 0x100; i < FLASH; i += 2) {
        flash[i] = 0x0F; // ldm r3!, {r0-r2, r3} or push {r0-r3}
        flash[i + 1] = (byte) (seed % 2 == 0 ? 0xCB : 0xB4);
      }
    }
    byte[] sram = new byte[MAP.sramBytes()];
    random.nextBytes(sram);
    EngineFactory engines =
        UnicornEngine.factory(MAP, flash, MODEL.withWaitStates(seed % 3), counting);
    for (int engineNumber = 0; engineNumber < 2; engineNumber++) { // the second knows the costs
      try (Engine engine = engines.open(sram)) {
        corpus.runs(engine, random, seed % 7 == 0);
      }
    }
    return corpus.lines;
  }

  private void runs(Engine engine, Random random, boolean starts) {
    for (int run = 0; run < 12; run++) {
      long entry = (random.nextBoolean() ? 0 : MemoryMap.FLASH_HIGH) + 0x10;
      entry += random.nextInt(4) == 0 ? 2 * random.nextInt(900) : 0;
      if (random.nextInt(60) == 0) {
        entry = random.nextBoolean() ? SRAM + 64 : MemoryMap.HOST_PAGE + 2L * random.nextInt(80);
      }
      long budget = random.nextInt(8) == 0 ? random.nextInt(40) - 2 : 200 + random.nextInt(9000);
      int[] arguments = {random.nextInt(), random.nextInt(50), random.nextInt(), (int) SRAM + 256};
      Stop stop =
          starts && run == 0
              ? engine.start(SRAM + 2048, entry, budget)
              : engine.call(SRAM + 2048, entry, arguments, budget);
      byte[] memory = engine.readSram(SRAM, MAP.sramBytes());
      lines.add(stop + " " + engine.eventRegister() + " " + Arrays.hashCode(memory));
      if (!(stop instanceof Stop.Returned || stop instanceof Stop.Breakpoint)) {
        return;
      }
      if (random.nextInt(3) == 0) {
        engine.setEventRegister(random.nextBoolean());
        engine.writeSram(SRAM + 4L * random.nextInt(300), new byte[] {1, 2, 3, 4});
      }
    }
  }

  /** An Mcu: calls, faults, budgets, snapshots, host writes, code in SRAM that is rewritten. */
  static List<String> mcu(BlockCounting counting, int seed) {
    CounterCorpus corpus = new CounterCorpus();
    Random random = new Random(seed);
    Program program = new Program();
    for (int i = 0; i < 6; i++) {
      program.function("f" + i, program(random, 8 + random.nextInt(50)));
    }
    program.function("rewrites", 0x8018, 0x1C92, 0x4718); // strh r0, [r3]; adds r2, #2; bx r3
    FirmwareImage image = program.image();
    try (Mcu mcu = Mcu.create(Program.config().withWaitStates(seed % 3), image, counting)) {
      corpus.lines.add(mcu.reset(1000).toString());
      mcu.reserveStack(512);
      corpus.session(mcu, random, 40, () -> corpus.anyCall(mcu, random));
    }
    return corpus.lines;
  }

  private Outcome anyCall(Mcu mcu, Random random) {
    long budget = random.nextInt(6) == 0 ? random.nextInt(60) : 300 + random.nextInt(3000);
    int[] arguments = {random.nextInt(), random.nextInt(50), random.nextInt(), (int) SRAM + 256};
    if (random.nextInt(12) == 0) { // code in SRAM, written by the host or by itself
      long at = SRAM + 512 + 4L * random.nextInt(8);
      mcu.write(at, new byte[] {0x40, 0x1C, 0x70, 0x47}); // adds r0, r0, #1; bx lr
      if (random.nextBoolean()) {
        return mcu.call(at, budget, arguments);
      }
      int[] rewriting = {0x3005, 0, 0, (int) at | 1}; // adds r0, #5
      return mcu.call(mcu.image().function("rewrites").orElseThrow(), budget, rewriting);
    }
    return mcu.call(mcu.image().function("f" + random.nextInt(6)).orElseThrow(), budget, arguments);
  }

  private interface Call {
    Outcome make();
  }

  private void session(Mcu mcu, Random random, int length, Call call) {
    Snapshot snapshot = mcu.snapshot();
    for (int i = 0; i < length; i++) {
      Outcome outcome = call.make();
      byte[] memory = mcu.read(mcu.config().sramBase(), mcu.config().sramBytes());
      lines.add(
          outcome
              + " at "
              + mcu.cycles()
              + ", stack "
              + mcu.deepestStackBytes()
              + ", memory "
              + Arrays.hashCode(memory));
      boolean ended = !(outcome instanceof Outcome.Returned);
      if (ended || random.nextInt(15) == 0) {
        mcu.restore(snapshot);
      } else if (random.nextInt(10) == 0) {
        snapshot = mcu.snapshot();
      }
    }
  }

  /** Calls of a shipped image, some with budgets that end in the middle of them. */
  static List<String> image(BlockCounting counting, Path file, int seed) {
    CounterCorpus corpus = new CounterCorpus();
    Random random = new Random(seed);
    FirmwareImage image;
    try {
      image = FirmwareImage.read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long base = file.getFileName().toString().contains("sram10") ? 0x1000_0000L : SRAM;
    McuConfig part =
        new McuConfig("test", 48_000_000, 48_000_000, 32, 32 * 1024, base, 8192)
            .withWaitStates(seed % 3);
    try (Mcu mcu = Mcu.create(part, image, counting)) {
      corpus.lines.add(mcu.reset(1_000_000).toString());
      mcu.reserveStack(512);
      int pool = (int) ((image.sramUsedEnd(base) + 7) & ~7L);
      corpus.lines.add(call(mcu, "image_init", 10_000_000, pool, 4096, 48).toString());
      List<Integer> handles = new ArrayList<>();
      corpus.session(mcu, random, 1000, () -> allocatorCall(mcu, random, handles));
    }
    return corpus.lines;
  }

  private static Outcome allocatorCall(Mcu mcu, Random random, List<Integer> handles) {
    long budget = random.nextInt(150) == 0 ? random.nextInt(300) : 1_000_000;
    int any = handles.isEmpty() ? 1 : handles.get(random.nextInt(handles.size()));
    switch (random.nextInt(8)) {
      case 0, 1, 2, 3 -> {
        Outcome outcome = call(mcu, "image_alloc", budget, 1 + random.nextInt(200));
        if (outcome instanceof Outcome.Returned returned && returned.value() > 0) {
          handles.add(returned.value());
        }
        return outcome;
      }
      case 4, 5 -> {
        handles.remove((Integer) any);
        return call(mcu, "image_free", budget, any);
      }
      case 6 -> {
        return call(mcu, random.nextBoolean() ? "image_lock" : "image_unlock", budget, any);
      }
      default -> {
        boolean steps = mcu.image().function("image_step").isPresent();
        return steps
            ? call(mcu, "image_step", budget, 8 + random.nextInt(64))
            : call(mcu, "image_free_bytes", budget);
      }
    }
  }

  private static Outcome call(Mcu mcu, String function, long budget, int... arguments) {
    return mcu.call(mcu.image().function(function).orElseThrow(), budget, arguments);
  }

  /**
   * Mostly data processing on R0 to R2, loads and stores around R3 and the stack, short branches,
   * those to the next instruction among them; now and then anything.
   */
  private static int[] program(Random random, int length) {
    int[] code = new int[length + 1];
    int odd = random.nextInt(4) == 0 ? 12 : 300;
    for (int i = 0; i < length; i++) {
      int low = random.nextInt(3);
      int other = random.nextInt(3);
      code[i] =
          switch (random.nextInt(16)) {
            case 0, 1 -> 0x2000 | random.nextInt(4) << 11 | low << 8 | random.nextInt(256);
            case 2, 3 -> 0x4000 | random.nextInt(16) << 6 | other << 3 | low;
            case 4 -> 0x1800 | random.nextInt(4) << 9 | other << 3 | low;
            case 5 -> random.nextInt(3) << 11 | random.nextInt(32) << 6 | other << 3 | low;
            case 6 -> 0x6000 | random.nextInt(2) << 11 | random.nextInt(32) << 6 | 3 << 3 | low;
            case 7 -> 0x7000 | random.nextInt(2) << 11 | random.nextInt(32) << 6 | 3 << 3 | low;
            case 8 -> 0x8000 | random.nextInt(2) << 11 | random.nextInt(32) << 6 | 3 << 3 | low;
            case 9, 10, 11 -> {
              int distance = Math.min(length - i - 2, random.nextInt(12) - 3);
              yield 0xD000 | random.nextInt(14) << 8 | (Math.max(distance, -i - 2) & 0xFF);
            }
            case 12 -> 0xD000 | random.nextInt(14) << 8 | 0xFF; // to the next instruction
            case 13 -> random.nextInt(8) == 0 ? BX_LR : 0x46C0;
            case 14 -> odd(random, odd);
            default -> random.nextInt(30) == 0 ? 0xBF40 | (random.nextInt(3) == 0 ? -32 : 0) : 0;
          };
      code[i] &= 0xFFFF;
    }
    code[length] = BX_LR;
    return code;
  }

  private static int odd(Random random, int odd) {
    if (random.nextInt(odd) != 0) {
      return 0x4669; // mov r1, sp
    }
    return switch (random.nextInt(10)) {
      case 0 -> random.nextInt(1 << 16);
      case 1 -> 0xDE00;
      case 2 -> 0xDF00;
      case 3 -> 0xBE00;
      case 4 -> 0xBF20; // wfe
      case 5 -> 0xBF30; // wfi
      case 6 -> 0x4718; // bx r3
      case 7 -> 0x4780; // blx r0
      case 8 -> 0xB082; // sub sp, #8: the return finds SP changed
      default -> 0x4687; // mov pc, r0
    };
  }
}
