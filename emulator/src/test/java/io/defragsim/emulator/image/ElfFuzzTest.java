package io.defragsim.emulator.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.ThreadCost;
import io.defragsim.emulator.exec.Console;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.Layout;
import io.defragsim.emulator.exec.Profiler;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.dwarf.SourceLines;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * ELF files with mistakes in them: each is an image, or refused in one line; an image loads and
 * runs, or is refused; and none takes much time or memory.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ElfFuzzTest {
  private static final int CAMPAIGN_ROUNDS = 12_500;
  private static final long CYCLES = 2_000;
  private static final long MOST_NANOSECONDS = 2_000_000_000L;
  private static final long MOST_FIXED = 64L << 20;
  private static final int MOST_PER_BYTE = 20;

  /** What numbers of a file are set to, beside anything. */
  private static final int[] BOUNDARIES = {
    0,
    1,
    2,
    3,
    4,
    15,
    16,
    31,
    32,
    52,
    0x7F,
    0xFF,
    0x100,
    0xFFFF,
    0x1_0000,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFF0,
    -1,
    0x2000_0000,
    0x0800_0000,
    0x4000_0000,
    64 << 20
  };

  private int images;
  private int refused;

  @Test
  void a_damaged_file_is_an_image_or_refused_in_one_line() throws IOException {
    run(Integer.getInteger("defragsim.fuzz.rounds", 300));
  }

  @Test
  @Tag("campaign")
  void many_more_are_too() throws IOException {
    run(CAMPAIGN_ROUNDS);
  }

  private void run(int rounds) throws IOException {
    long seed = Long.getLong("defragsim.seed", 1);
    List<byte[]> seeds = seeds();
    for (int round = 0; round < rounds; round++) {
      SplittableRandom random = new SplittableRandom(seed * 1_000_003 + round);
      byte[] file = mutated(seeds.get(random.nextInt(seeds.size())), random);
      check(file, "seed " + seed + ", round " + round);
    }
    System.out.println(
        "ELF files tried: "
            + rounds
            + ", "
            + images
            + " images, "
            + refused
            + " refused, seed "
            + seed);
    assertThat(images).isGreaterThan(rounds / 50);
    assertThat(refused).isGreaterThan(rounds / 50);
  }

  private static List<byte[]> seeds() throws IOException {
    Path root = Path.of(Objects.requireNonNull(System.getProperty("defragsim.root")));
    List<byte[]> seeds = new ArrayList<>();
    for (String file :
        List.of(
            "prebuilt/defrag-small.elf",
            "programs/prebuilt/spin.elf",
            "programs/prebuilt/stopwatch.elf",
            "programs/heap/prebuilt/picolibc.elf")) {
      seeds.add(Files.readAllBytes(root.resolve("allocator-firmware").resolve(file)));
    }
    seeds.add(
        new ElfBuilder()
            .segment(0x100, 0x2000_0000, new byte[] {9, 9}, 8)
            .symbol("main", 0x41, 6, 2, 1)
            .symbol("data", 0x2000_0000, 4, 1, 1)
            .loopBounds(0x40, 3, 0, 5)
            .comment("GCC\0")
            .build());
    return seeds;
  }

  /** One to four mistakes. */
  private static byte[] mutated(byte[] seed, SplittableRandom random) {
    byte[] file = seed.clone();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
      if (file.length < 52) {
        return file;
      }
      switch (random.nextInt(7)) {
        case 0 -> file[random.nextInt(file.length)] = (byte) random.nextInt();
        case 1 -> half(bytes, 16 + 2 * random.nextInt(18), random);
        case 2 -> word(bytes, 20 + 4 * random.nextInt(5), random);
        case 3 -> record(bytes, bytes.getInt(28), bytes.getShort(44), 32, random);
        case 4 -> record(bytes, bytes.getInt(32), bytes.getShort(48), 40, random);
        case 5 -> symbol(bytes, random);
        default -> file = Arrays.copyOf(file, random.nextInt(file.length + 64));
      }
    }
    return file;
  }

  private static int number(SplittableRandom random) {
    return random.nextInt(4) == 0
        ? random.nextInt()
        : BOUNDARIES[random.nextInt(BOUNDARIES.length)];
  }

  private static void half(ByteBuffer bytes, int at, SplittableRandom random) {
    if (at >= 0 && at + 2 <= bytes.capacity()) {
      bytes.putShort(at, (short) number(random));
    }
  }

  private static void word(ByteBuffer bytes, long at, SplittableRandom random) {
    if (at >= 0 && at + 4 <= bytes.capacity()) {
      bytes.putInt((int) at, number(random));
    }
  }

  /** A field of a header, or all fields of another one in its place: what overlaps. */
  private static void record(
      ByteBuffer bytes, int table, int count, int size, SplittableRandom random) {
    if (count <= 0 || table < 0 || (long) table + (long) count * size > bytes.capacity()) {
      return;
    }
    int at = table + size * random.nextInt(count);
    if (random.nextInt(4) == 0) {
      int from = table + size * random.nextInt(count);
      for (int i = 0; i < size; i++) {
        bytes.put(at + i, bytes.get(from + i));
      }
    } else {
      word(bytes, at + 4L * random.nextInt(size / 4), random);
    }
  }

  private static void symbol(ByteBuffer bytes, SplittableRandom random) {
    int sections = bytes.getInt(32);
    for (int i = 0; i < (bytes.getShort(48) & 0xFFFF); i++) {
      long header = sections + 40L * i;
      if (header < 0 || header + 40 > bytes.capacity()) {
        return;
      }
      if (bytes.getInt((int) header + 4) == 2) {
        long offset = bytes.getInt((int) header + 16) & 0xFFFF_FFFFL;
        int symbols = (bytes.getInt((int) header + 20) >>> 4) + 1;
        word(bytes, offset + 16L * random.nextInt(symbols) + 4L * random.nextInt(4), random);
      }
    }
  }

  private void check(byte[] file, String which) {
    long allocated = ThreadCost.allocated();
    long begun = ThreadCost.cpuTime();
    try {
      FirmwareImage image = FirmwareImage.parse("x", file);
      McuConfig part =
          new McuConfig(
              "x",
              1000,
              1000,
              1,
              Layout.of(image, Layout.Known.NOTHING).map().flashBytes(),
              Layout.SRAM_BASE,
              Layout.of(image, Layout.Known.NOTHING).map().sramBytes());
      Program program = Program.load(part, image);
      Profiler profiler = new Profiler(program);
      assertThat(new Execution(program, Console.NONE, 1000).profile(profiler).run(CYCLES).ending())
          .as(which)
          .isNotNull();
      profiler.profile();
      image.line(image.segments().get(0).runAddress() + 0x100);
      images++;
      allocated += 3L * (part.flashBytes() + part.sramBytes()); // of the part's, not the file's
    } catch (ImageRejectedException e) {
      assertThat(e.getMessage()).as(which).startsWith("x: ").hasLineCount(1);
      refused++;
    } catch (Throwable e) {
      fail(which, e);
    }
    assertThat(ThreadCost.cpuTime() - begun)
        .as("%s: ns of the processor", which)
        .isLessThan(MOST_NANOSECONDS);
    assertThat(ThreadCost.allocated() - allocated)
        .as("%s: bytes allocated", which)
        .isLessThan(MOST_FIXED + (long) MOST_PER_BYTE * file.length);
  }

  /**
   * Sections, segments and symbols that all point to the same bytes, as many as a file can have.
   */
  @Test
  void a_file_that_names_its_bytes_many_times_is_refused_before_they_are_copied() {
    int bytes = 2 << 20;
    check(pieces(bytes, 2000, 0), "2,000 segments of one stretch");
    check(pieces(bytes, 0, 20_000), "20,000 symbols with one long name");
    assertThat(refused).isEqualTo(2);
    assertThat(images).isZero();
  }

  /** A file of segments that each have nearly all of it, or symbols that share a name's end. */
  private static byte[] pieces(int bytes, int segments, int symbols) {
    ByteBuffer out = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {0x7F, 'E', 'L', 'F', 1, 1, 1});
    int programHeaders = Math.max(1, segments);
    out.putShort(16, (short) 2).putShort(18, (short) 40).putInt(28, 52);
    out.putShort(42, (short) 32).putShort(44, (short) programHeaders).putShort(46, (short) 40);
    int stored = segments == 0 ? 64 : bytes - 52 - 32 * segments;
    for (int i = 0; i < programHeaders; i++) {
      int at = 52 + 32 * i;
      out.putInt(at, 1).putInt(at + 4, 52 + 32 * segments);
      out.putInt(at + 8, i * bytes).putInt(at + 12, i * bytes);
      out.putInt(at + 16, stored).putInt(at + 20, stored);
    }
    if (symbols > 0) {
      int sections = 256;
      int table = 1024;
      int names = table + 16 * symbols;
      Arrays.fill(out.array(), names, bytes - 1, (byte) 'a');
      out.putInt(32, sections).putShort(48, (short) 3);
      out.putInt(sections + 44, 2).putInt(sections + 56, table).putInt(sections + 60, 16 * symbols);
      out.putInt(sections + 64, 2).putInt(sections + 76, 16);
      out.putInt(sections + 84, 3)
          .putInt(sections + 96, names)
          .putInt(sections + 100, bytes - names);
      for (int i = 0; i < symbols; i++) {
        int at = table + 16 * i;
        out.putInt(at, i).putInt(at + 4, 0x101).put(at + 12, (byte) 2).putShort(at + 14, (short) 1);
      }
    }
    return out.array();
  }

  /** Every address is looked up in a table of functions, never in all of them one by one. */
  @Test
  void as_many_functions_as_a_file_can_hold_are_located_quickly() {
    ElfBuilder builder = new ElfBuilder();
    assertThat(builder.parse().functions()).isEmpty();
    List<FirmwareImage.Symbol> functions = new ArrayList<>();
    for (int i = 0; i < 40_000; i++) {
      functions.add(new FirmwareImage.Symbol("f" + i, 16L * (i % 20_000), i % 3 == 0 ? 0 : 64));
    }
    FirmwareImage image =
        new FirmwareImage(
            "x",
            "",
            List.of(new FirmwareImage.Segment(0, 0, 1 << 20, new byte[1 << 20])),
            functions,
            List.of(),
            List.of(),
            null,
            null,
            SourceLines.NONE);
    long begun = ThreadCost.cpuTime();
    McuConfig part = new McuConfig("x", 1000, 1000, 1, 1 << 20, Layout.SRAM_BASE, 64 << 10);
    new Profiler(Program.load(part, image));

    assertThat(ThreadCost.cpuTime() - begun).isLessThan(MOST_NANOSECONDS);
    assertThat(image.locate(16 * 10_000 + 2).function()).isEqualTo("f10000");
  }
}
