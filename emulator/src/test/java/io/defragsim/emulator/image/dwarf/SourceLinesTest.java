package io.defragsim.emulator.image.dwarf;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.ThreadCost;
import io.defragsim.emulator.model.SourceLine;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Line tables written by hand; {@link Addr2lineTest} has those of compilers. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class SourceLinesTest {
  private static final long MEBIBYTE = 1 << 20;

  /** Bytes of a table, as they are written. */
  private static final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Bytes octets(int... octets) {
      for (int octet : octets) {
        out.write(octet);
      }
      return this;
    }

    Bytes half(int half) {
      return octets(half, half >>> 8);
    }

    Bytes word(int word) {
      return half(word).half(word >>> 16);
    }

    Bytes text(String text) {
      out.writeBytes((text + "\0").getBytes(US_ASCII));
      return this;
    }

    Bytes all(Bytes other) {
      out.writeBytes(other.out.toByteArray());
      return this;
    }

    int size() {
      return out.size();
    }

    DebugSection section() {
      return new DebugSection(out.toByteArray(), 0, out.size(), false);
    }
  }

  /** DW_LNE_set_address. */
  private static Bytes at(int address) {
    return new Bytes().octets(0, 5, 2).word(address);
  }

  /** A row: so many lines on, and 2 bytes for each step. */
  private static int row(int steps, int lines) {
    return 13 + steps * 14 + lines + 5;
  }

  private static final int[] END = {0, 1, 1}; // DW_LNE_end_sequence

  private static Bytes program(int address, int... opcodes) {
    return at(address).octets(opcodes).octets(END);
  }

  private static final int[] OPERANDS = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};

  /** A unit of versions 2 to 4, with 13 as its first special opcode. */
  private static Bytes unit(int version, Consumer<Bytes> files, Bytes program) {
    Bytes header = new Bytes().octets(2);
    if (version >= 4) {
      header.octets(1);
    }
    header.octets(1, -5, 14, 13).octets(OPERANDS);
    files.accept(header);
    Bytes body = new Bytes().half(version);
    if (version >= 5) {
      body.octets(4, 0);
    }
    body.word(header.size()).all(header).all(program);
    return new Bytes().word(body.size()).all(body);
  }

  /** One folder and one file of it. */
  private static Consumer<Bytes> oneFile(String folder, String file) {
    return out -> {
      if (!folder.isEmpty()) {
        out.text(folder);
      }
      out.octets(0).text(file).octets(folder.isEmpty() ? 0 : 1, 0, 0, 0);
    };
  }

  private static Bytes unit(Bytes program) {
    return unit(4, oneFile("src", "a.c"), program);
  }

  private static SourceLines lines(Bytes line, String... strings) {
    Bytes table = new Bytes();
    for (String string : strings) {
      table.text(string);
    }
    return new SourceLines(line.section(), table.section(), table.section());
  }

  private static @Nullable SourceLine only(Bytes line, String... strings) {
    return lines(line, strings).at(0x800_0100L);
  }

  @Test
  void each_row_reaches_to_the_next_and_the_last_to_the_end() {
    SourceLines lines = lines(unit(program(0x800_0100, row(0, 8), row(1, 2), row(2, -3), 2, 3)));

    assertThat(lines.at(0x800_00FFL)).isNull();
    assertThat(lines.at(0x800_0100L)).isEqualTo(new SourceLine("src/a.c", 9));
    assertThat(lines.at(0x800_0101L)).isEqualTo(new SourceLine("src/a.c", 9));
    assertThat(lines.at(0x800_0102L)).isEqualTo(new SourceLine("src/a.c", 11));
    assertThat(lines.at(0x800_0106L)).hasToString("src/a.c:8");
    assertThat(lines.at(0x800_010BL)).hasToString("src/a.c:8");
    assertThat(lines.at(0x800_010CL)).isNull();
  }

  @Test
  void no_folder_of_the_machine_that_compiled_is_in_a_name() {
    String[][] cases = {
      {"", "a.c", "a.c"},
      {"src", "a.c", "src/a.c"},
      {"./src", "a.c", "src/a.c"},
      {"../../lib/src", "a.c", "lib/src/a.c"},
      {"", ".././a.c", "a.c"},
      {"/home/somebody/src", "a.c", "a.c"},
      {"/home/somebody/src", "lib/a.c", "lib/a.c"},
      {"src", "/home/somebody/a.c", "a.c"},
      {"C:\\Users\\Somebody", "a.c", "a.c"},
      {"", "C:\\Users\\Somebody\\a.c", "a.c"},
      {"lib\\src", "a.c", "lib/src/a.c"},
      {"src", "evil\u001b[31m.c", "src/evil\ufffd[31m.c"},
    };
    for (String[] each : cases) {
      SourceLine line = only(unit(3, oneFile(each[0], each[1]), program(0x800_0100, 1, row(1, 0))));
      assertThat(line).as(each[0] + ", " + each[1]).isEqualTo(new SourceLine(each[2], 1));
    }
  }

  @Test
  void version_5_has_names_in_three_sections_and_other_facts_beside_them() {
    Consumer<Bytes> files =
        out ->
            out.octets(1, 1, 0x1F) // folders: a path in .debug_line_str
                .octets(2)
                .word(0)
                .word(6)
                // files: folder, MD5, path in .debug_str, size, a block of somebody's
                .octets(5, 2, 0x0B, 5, 0x1E, 1, 0x0E, 4, 0x0F, 0x90, 0x40, 0x09)
                .octets(1, 1)
                .all(new Bytes().word(1).word(2).word(3).word(4))
                .word(10)
                .octets(0x80, 0x01, 3, 9, 9, 9);
    Bytes unit = unit(5, files, program(0x800_0100, 4, 0, row(0, 2), row(1, 0)));

    assertThat(only(unit, "/home", "lib", "b.c")).isEqualTo(new SourceLine("lib/b.c", 3));
    Consumer<Bytes> inline =
        out -> out.octets(1, 1, 8, 1).text("src").octets(1, 1, 8, 1).text("c.c");
    Bytes other = unit(5, inline, program(0x800_0100, 4, 0, row(0, 2), row(1, 0)));
    assertThat(only(other)).isEqualTo(new SourceLine("src/c.c", 3));
  }

  @Test
  void tables_with_64_bit_lengths_are_read() {
    Bytes header = new Bytes().octets(2, 1, -5, 14, 13).octets(OPERANDS).octets(0).text("a.c");
    header.octets(0, 0, 0, 0);
    Bytes body = new Bytes().half(3).word(header.size()).word(0).all(header);
    body.all(program(0x800_0100, row(0, 6), row(1, 0)));

    assertThat(only(new Bytes().word(-1).word(body.size()).word(0).all(body)))
        .isEqualTo(new SourceLine("a.c", 7));
  }

  @Test
  void what_is_not_known_is_skipped_by_its_length() {
    Bytes program =
        at(0x800_0100).octets(0, 3, 0x80, 1, 2, 0, 0); // one of a vendor's, an empty one
    program.octets(10, 11, 12, 0x81, 0x01, 5, 7, 6, 7); // prologue_end ... set_isa, column, others
    program.octets(8, 9, 4, 0, 3, 0x7F, 3, 11, 1).octets(2, 1).octets(END);
    SourceLines lines = lines(unit(program));

    // const_add_pc: (255 - 13) / 14 = 17 steps of 2 bytes; fixed_advance_pc: 4 bytes.
    assertThat(lines.at(0x800_0100L)).isNull();
    assertThat(lines.at(0x800_0126L)).isEqualTo(new SourceLine("src/a.c", 11));
  }

  @Test
  void a_program_may_define_a_file() {
    Bytes program = at(0x800_0100).octets(0, 10, 3).text("new.y").octets(0, 0, 0);
    program.octets(4, 2, 1, row(1, 0)).octets(END);

    assertThat(only(unit(program))).isEqualTo(new SourceLine("new.y", 1));
  }

  @Test
  void of_sequences_that_overlap_the_earlier_unit_counts_and_then_the_lower_one() {
    Bytes first = unit(program(0x800_0104, row(0, 2), row(8, 0)));
    Bytes second =
        unit(
            program(0x800_0108, row(0, 4), row(8, 0))
                .all(program(0x800_0100, row(0, 3), row(6, 0))));
    SourceLines lines = lines(first.all(second));

    assertThat(lines.at(0x800_0102L)).hasToString("src/a.c:4");
    assertThat(lines.at(0x800_0104L)).hasToString("src/a.c:3");
    assertThat(lines.at(0x800_0113L)).hasToString("src/a.c:3");
    assertThat(lines.at(0x800_0114L)).hasToString("src/a.c:5");
  }

  @Test
  void a_function_that_the_linker_left_out_has_no_lines() {
    Bytes dropped = program(0, row(0, 8), row(8, 0));
    Bytes kept = program(0x0C, row(0, 1), row(2, 0));

    SourceLines lines = lines(unit(dropped.all(kept)));
    assertThat(lines.at(0x04)).isNull();
    assertThat(lines.at(0x0C)).hasToString("src/a.c:2");
    assertThat(lines(unit(program(-1, row(0, 1), row(9, 0)))).at(4)).isNull();
  }

  @Test
  void line_0_and_files_that_are_not_in_the_table_are_no_lines() {
    assertThat(only(unit(program(0x800_0100, row(0, -1), row(1, 0))))).isNull();
    assertThat(only(unit(program(0x800_0100, 4, 9, 1, row(1, 0))))).isNull();
  }

  @Test
  void what_was_read_of_a_damaged_table_counts() {
    Bytes good = unit(program(0x800_0100, row(0, 1), row(1, 0)));
    Bytes cut = unit(program(0x800_0200, row(0, 1), row(1, 0)).octets(0, 0x7F, 2));
    Bytes unknown = unit(9, out -> {}, new Bytes());
    Bytes after = unit(program(0x800_0300, row(0, 1), row(1, 0)));
    SourceLines lines = lines(good.all(cut).all(unknown).all(after).octets(1, 2));

    for (long address : new long[] {0x800_0100L, 0x800_0200L, 0x800_0300L}) {
      assertThat(lines.at(address)).as("%x", address).hasToString("src/a.c:2");
    }
  }

  private static DebugSection compressed(byte[] content, int type, int declared) {
    Deflater deflater = new Deflater();
    deflater.setInput(content);
    deflater.finish();
    byte[] packed = new byte[content.length + 64];
    int length = deflater.deflate(packed);
    deflater.end();
    ByteBuffer out = ByteBuffer.allocate(12 + length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(type).putInt(declared).putInt(1).put(packed, 0, length);
    return new DebugSection(out.array(), 0, out.capacity(), true);
  }

  @Test
  void a_compressed_table_is_read_up_to_what_it_says_and_a_bomb_is_not() {
    byte[] table = unit(program(0x800_0100, row(0, 1), row(1, 0))).out.toByteArray();

    assertThat(compressedLine(compressed(table, 1, table.length))).hasToString("src/a.c:2");
    assertThat(compressedLine(compressed(table, 1, table.length - 30))).isNull();
    assertThat(compressedLine(compressed(table, 1, table.length + 30))).hasToString("src/a.c:2");
    assertThat(compressedLine(compressed(table, 2, table.length))).as("not zlib").isNull();
    assertThat(compressedLine(new DebugSection(table, 0, 40, true))).as("no header").isNull();
    long before = ThreadCost.allocated();
    assertThat(compressedLine(compressed(table, 1, 1 << 30))).isNull();
    assertThat(compressedLine(compressed(new byte[1 << 20], 1, 60 << 20))).isNull();
    assertThat(ThreadCost.allocated() - before).isLessThan(8 * MEBIBYTE);
  }

  private static @Nullable SourceLine compressedLine(DebugSection line) {
    return new SourceLines(line, DebugSection.NONE, DebugSection.NONE).at(0x800_0100L);
  }

  @Test
  void a_table_with_mistakes_neither_throws_nor_takes_long() {
    Consumer<Bytes> files =
        out -> out.octets(1, 1, 0x1F, 1).word(0).octets(2, 1, 0x0E, 2, 0x0B, 1).word(1).octets(0);
    Bytes table =
        unit(5, files, program(0x800_0100, 4, 0, row(0, 1), row(1, 0)))
            .all(unit(program(0x800_0200, row(0, 1), row(1, 0))))
            .all(unit(2, oneFile("x", "y"), program(0x800_0300, row(0, 1), 8, 9, 1, 1)));
    byte[] sound = table.out.toByteArray();
    DebugSection strings = new Bytes().text("lib").text("b.c").section();
    long seed = Long.getLong("defragsim.seed", 1);
    SplittableRandom random = new SplittableRandom(seed);
    int[] boundaries = {0, 1, 2, 0x7F, 0x80, 0xFF, 0xF0};
    long begun = ThreadCost.cpuTime();
    long allocated = ThreadCost.allocated();
    int rounds = Integer.getInteger("defragsim.fuzz.rounds", 800);
    int found = 0;
    for (int round = 0; round < rounds; round++) {
      byte[] damaged = sound.clone();
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        damaged[random.nextInt(damaged.length)] =
            (byte) (random.nextBoolean() ? random.nextInt() : boundaries[random.nextInt(7)]);
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(damaged.length) : damaged.length;
      SourceLines lines =
          new SourceLines(new DebugSection(damaged, 0, length, false), strings, strings);
      for (long address = 0x800_0100L; address <= 0x800_0300L; address += 0x100) {
        SourceLine line = lines.at(address);
        found += line == null ? 0 : 1;
        assertThat(line == null || line.line() > 0).as("seed %d, round %d", seed, round).isTrue();
      }
    }
    assertThat(found).as("lines of %d tables", rounds).isBetween(rounds / 2, 3 * rounds);
    assertThat(ThreadCost.cpuTime() - begun).isLessThan(rounds * 1_000_000L + 2_000_000_000L);
    assertThat(ThreadCost.allocated() - allocated).isLessThan(rounds * (64L << 10) + MEBIBYTE);
  }

  /**
   * Sizes that no firmware has: much of the right, of nothing but rows, and of nothing but files.
   */
  @Test
  void as_much_as_a_file_can_hold_is_read_in_bounded_time_and_memory() {
    Bytes block = new Bytes();
    for (int i = 0; i < 20_000; i++) {
      block.all(unit(program(0x800_0000 + 0x20 * i, row(0, 1), row(1, 0), row(9, 3))));
    }
    assertBounded(block.out.toByteArray());
    byte[] rows = new byte[4 << 20];
    Arrays.fill(rows, (byte) row(1, 1));
    byte[] head = unit(at(0x800_0000)).out.toByteArray();
    System.arraycopy(head, 0, rows, 0, head.length);
    ByteBuffer.wrap(rows).order(ByteOrder.LITTLE_ENDIAN).putInt(0, rows.length - 4);
    assertBounded(rows);
    Arrays.fill(rows, head.length, rows.length, (byte) 'a');
    for (int i = 40; i < rows.length; i += 2) {
      rows[i] = 0;
    }
    assertBounded(rows);
  }

  private static void assertBounded(byte[] table) {
    long begun = ThreadCost.cpuTime();
    long allocated = ThreadCost.allocated();
    SourceLines lines =
        new SourceLines(
            new DebugSection(table, 0, table.length, false), DebugSection.NONE, DebugSection.NONE);
    lines.at(0x800_0000L);
    System.out.printf(
        "%d bytes of .debug_line: %d ms, %d MiB%n",
        table.length,
        (ThreadCost.cpuTime() - begun) / 1_000_000,
        (ThreadCost.allocated() - allocated) / MEBIBYTE);
    assertThat(ThreadCost.cpuTime() - begun).isLessThan(2_000_000_000L);
    assertThat(ThreadCost.allocated() - allocated).isLessThan(200 * MEBIBYTE);
  }
}
