package io.defragsim.workload.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.workload.trace.TraceLine.Allocated;
import io.defragsim.workload.trace.TraceLine.Frame;
import io.defragsim.workload.trace.TraceLine.Freed;
import io.defragsim.workload.trace.TraceLine.Locked;
import io.defragsim.workload.trace.TraceLine.Phase;
import io.defragsim.workload.trace.TraceLine.Refused;
import io.defragsim.workload.trace.TraceLine.Resized;
import io.defragsim.workload.trace.TraceLine.Unlocked;
import io.defragsim.workload.trace.TraceLine.Waited;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TraceReaderTest {
  private static final long SEED = Long.getLong("defragsim.seed", 20261128);
  private static final int ROUNDS = Integer.getInteger("defragsim.fuzz.rounds", 300);

  @Test
  void each_line_is_what_the_format_says() {
    assertThat(
            lines(
                """
                # a JSON library, at its start

                s 1 0\tmain\tmain.c:12
                s 2 1\toperator new(unsigned int)\tmy sources/new op.cc:7
                s 3 1\tin_a_library\t
                p boot, at last
                a 0 100 @2
                a 2147483647 4294967295 align=32 @1
                a 7 0 align=1
                w 281474976710656
                l 7
                u 7
                r 0 200 @1
                r 0 30
                x 70000 @3
                x 1
                f 0
                a 0 8
                """))
        .containsExactly(
            new Frame(1, 0, "main", "main.c:12"),
            new Frame(2, 1, "operator new(unsigned int)", "my sources/new op.cc:7"),
            new Frame(3, 1, "in_a_library", ""),
            new Phase("boot, at last"),
            new Allocated(0, 100, 8, 2),
            new Allocated(2147483647, 4294967295L, 32, 1),
            new Allocated(7, 0, 1, 0),
            new Waited(1L << 48),
            new Locked(7),
            new Unlocked(7),
            new Resized(0, 200, 1),
            new Resized(0, 30, 0),
            new Refused(70000, 3),
            new Refused(1, 0),
            new Freed(0),
            new Allocated(0, 8, 8, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a 1 2\nf 1\n",
        "a 1 2\r\nf 1\r\n",
        "a 1 2\nf 1",
        "a 1 2\r\nf 1\r",
        "\ufeffa 1 2\nf 1\n",
        "  a\t1   2 \n\t\nf 1\t\n \n",
        "# \u00e4 \ud83d\ude00\na 1 2\n#\nf 1\n#"
      })
  void ends_of_lines_blanks_and_marks_of_editors_say_nothing(String text) {
    assertThat(lines(text)).containsExactly(new Allocated(1, 2, 8, 0), new Freed(1));
    assertThat(lines(gzip(bytes(text)))).containsExactly(new Allocated(1, 2, 8, 0), new Freed(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          q 1                | 1:1: "q" begins no line of a trace: expected a, r, f, x, l, u, w, p, s or #
          a 1 8/malloc 7     | 2:1: "malloc" begins no line of a trace: expected a, r, f, x, l, u, w, p, s or #
          a                  | 1:2: ID is missing: expected a ID BYTES [align=N] [@N]
          a 1                | 1:4: BYTES is missing: expected a ID BYTES [align=N] [@N]
          a 1 8 9            | 1:7: "9" is too much: expected a ID BYTES [align=N] [@N]
          a 1 8 # mine       | 1:7: "#" is too much: expected a ID BYTES [align=N] [@N]
          a 1 8.5            | 1:5: "8.5" is no BYTES, a whole number: expected a ID BYTES [align=N] [@N]
          a 1 0x10           | 1:5: "0x10" is no BYTES, a whole number: expected a ID BYTES [align=N] [@N]
          a -1 8             | 1:3: "-1" is no ID, a whole number: expected a ID BYTES [align=N] [@N]
          a 2147483648 8     | 1:3: ID 2147483648 is out of range: expected 0 to 2147483647
          a 1 4294967296     | 1:5: BYTES 4294967296 is out of range: expected 0 to 4294967295
          a 1 99999999999999999999 | 1:5: BYTES 99999999999999999999 is out of range: expected 0 to 4294967295
          a 1 8 align=12     | 1:13: align 12 is no power of two
          a 1 8 align=0      | 1:13: align 0 is out of range: expected 1 to 1073741824
          a 1 8 align=       | 1:13: "" is no align, a whole number: expected a ID BYTES [align=N] [@N]
          a 1 8 @4           | 1:8: frame 4 has not been said before
          a 1 8 @0           | 1:8: N 0 is out of range: expected 1 to 1000000
          a 1 8 @ 1          | 1:8: "" is no N, a whole number: expected a ID BYTES [align=N] [@N]
          s 1 0~f~/a 1 8 @1 align=16 | 2:10: "align=16" is too much: expected a ID BYTES [align=N] [@N]
          a 1 8/#/a 1 9      | 3:3: id 1 is alive already, since line 1
          f 1                | 1:3: id 1 is not alive
          a 1 8/f 1/f 1      | 3:3: id 1 is not alive
          r 1 9              | 1:3: id 1 is not alive
          l 1                | 1:3: id 1 is not alive
          u 1                | 1:3: id 1 is not alive
          a 1 8/u 1          | 2:3: id 1 is not locked
          a 1 8/l 1/l 1/u 1/f 1 | 5:3: id 1 is locked: expected an unlock before
          a 1 8/l 1/r 1 9    | 3:3: id 1 is locked: expected an unlock before
          a 1 8/r 1          | 2:4: BYTES is missing: expected r ID BYTES [@N]
          a 1 8/r 1 9 align=16 | 2:7: "align=16" is too much: expected r ID BYTES [@N]
          a 1 8/f 1 8        | 2:5: "8" is too much: expected f ID
          x                  | 1:2: BYTES is missing: expected x BYTES [@N]
          x 1 8              | 1:5: "8" is too much: expected x BYTES [@N]
          w 0                | 1:3: CYCLES 0 is out of range: expected 1 to 281474976710656
          w 281474976710657  | 1:3: CYCLES 281474976710657 is out of range: expected 1 to 281474976710656
          p                  | 1:2: NAME is missing: expected p NAME
          s 0 0~f~           | 1:3: N 0 is out of range: expected 1 to 1000000
          s 1000001 0~f~     | 1:3: N 1000001 is out of range: expected 1 to 1000000
          s 1 0~f~/s 1 0~g~  | 2:3: frame 1 has been said before
          s 2 1~f~           | 1:5: the parent, frame 1, has not been said before
          s 1 1~f~           | 1:5: the parent, frame 1, has not been said before
          s 1 0 f f.c:1      | 1:6: FUNCTION is missing behind a tab: expected s N PARENT<tab>FUNCTION<tab>FILE:LINE
          s 1 0~~f.c:1       | 1:7: FUNCTION is missing behind a tab: expected s N PARENT<tab>FUNCTION<tab>FILE:LINE
          s 1 0~f            | 1:8: FILE:LINE, which may be empty, is missing behind a tab: expected s N PARENT<tab>FUNCTION<tab>FILE:LINE
          s 1 0~f~f.c:1~3    | 1:15: "3" is too much: expected s N PARENT<tab>FUNCTION<tab>FILE:LINE
          s 1 0~ä😀~f.c:1~3  | 1:17: "3" is too much: expected s N PARENT<tab>FUNCTION<tab>FILE:LINE
          20000/4/8/1/a 0 8  | looks like a .rep file of malloclab, which begins with four lines of a number each: without these it is a trace
          {"mcu": 1}         | looks like JSON, not like a trace
          """)
  void a_line_that_is_wrong_is_named_with_its_place_and_what_is_expected(
      String text, String problem) {
    String written = text.replace('/', '\n').replace('~', '\t') + "\n";

    assertThat(problems(written))
        .startsWith(problem.matches("\\d.*") ? "t:" + problem : "t: " + problem);
  }

  @Test
  void what_comes_after_a_wrong_line_is_read_as_if_it_were_right() {
    assertThat(problems("a 1 x\na 2\nf 1\nf 2\nf 3\n"))
        .hasSize(3)
        .satisfies(all -> assertThat(all.get(2)).startsWith("t:5:3: id 3 is not alive"));
  }

  @Test
  void a_frame_whose_line_is_wrong_is_one_problem_however_many_lines_name_it() {
    assertThat(problems("s 1 0\t \t\na 1 8 @1\ns 2 1\tf\t\na 2 8 @2\n"))
        .singleElement()
        .asString()
        .startsWith("t:1:7: FUNCTION is missing");
    assertThat(problems("s 1 0\t\u001bf\t\na 1 8 @1\na 2 8 @1\n"))
        .singleElement()
        .asString()
        .startsWith("t:1:7: a control character");
    assertThat(problems("a 1 8 \u0001\nf 1\n")).hasSize(1);
  }

  @Test
  void a_file_that_ends_in_a_wrong_line_may_be_cut_off() {
    String problem = "t:2:4: BYTES is missing: expected a ID BYTES [align=N] [@N]";
    assertThat(problems("a 1 8\na 2"))
        .containsExactly(problem + "; the file ends in this line: it may be cut off");
    assertThat(problems("a 1 8\na 2\n")).containsExactly(problem);
  }

  @Test
  void a_file_that_is_no_text_is_told_by_its_first_bytes() {
    assertThat(problems(new byte[] {0x7f, 'E', 'L', 'F', 1}))
        .containsExactly("t: is an ELF image, not a trace");
    assertThat(problems("a 1 8\n".getBytes(StandardCharsets.UTF_16)))
        .containsExactly("t: is in UTF-16: save it as UTF-8");
    assertThat(problems(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 4}))
        .containsExactly("t: is packed by zstd: unpack it, or pack it by gzip");
    assertThat(problems("a 1 8\na 2 \u00e4\n".getBytes(StandardCharsets.ISO_8859_1)))
        .containsExactly("t:2:5: is not a text in UTF-8: the byte 0xe4; save it as UTF-8");
    assertThat(problems("a 1 8\u0000\np a\rb\n"))
        .containsExactly(
            "t:1:6: a control character, 0x00: a trace is text",
            "t:2:4: a control character, 0x0d: a trace is text");
  }

  @Test
  void a_gzip_that_is_cut_off_or_damaged_is_told_where_it_ends() {
    byte[] whole = gzip("a 1 8\nf 1\n".repeat(50).getBytes(StandardCharsets.UTF_8));
    byte[] damaged = whole.clone();
    damaged[whole.length - 6] ^= 1; // of the checksum

    assertThat(lines(whole)).hasSize(100);
    assertThat(problems(Arrays.copyOf(whole, whole.length - 3)))
        .containsExactly("t:101:1: the gzip file is cut off: what comes next is missing");
    assertThat(problems(Arrays.copyOf(whole, 5)))
        .containsExactly("t:1:1: the gzip file is cut off: what comes next is missing");
    assertThat(problems(damaged))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("t:101:1: the gzip file is damaged: ");
  }

  @Test
  void a_gzip_that_is_cut_off_in_a_line_that_is_too_long_is_told_so() {
    byte[] noise = new byte[400_000];
    new Random(SEED).nextBytes(noise);
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (byte) (' ' + (noise[i] & 63));
    }
    byte[] whole = gzip(noise);

    assertThat(problems(whole)).hasSize(1);
    assertThat(problems(Arrays.copyOf(whole, whole.length - 100)))
        .containsExactly("t:1:1: the gzip file is cut off: what comes next is missing");
  }

  @Test
  void a_stream_that_fails_is_a_problem_too() throws IOException {
    InputStream failing = InputStream.nullInputStream();
    failing.close();

    try (TraceReader reader = TraceReader.of(failing, "t")) {
      assertThatThrownBy(reader::next).hasMessage("cannot be read: Stream closed");
      assertThat(next(reader)).isNull();
    }
  }

  @Test
  void a_line_without_end_does_not_come_into_memory() {
    byte[] much = new byte[1_000_000];
    Arrays.fill(much, (byte) 'x');
    InputStream endless =
        generated(
            i ->
                i == 0 ? bytes("a 1 8\n# ") : i <= 100 ? much : i == 101 ? bytes("\nf 1\n") : null);
    long before = allocated();

    try (TraceReader reader = TraceReader.of(endless, "t")) {
      assertThat(next(reader)).isEqualTo(new Allocated(1, 8, 8, 0));
      assertThatThrownBy(reader::next).hasMessage("the line has more than 65,536 bytes");
      assertThat(next(reader)).isEqualTo(new Freed(1));
      assertThat(next(reader)).isNull();
    }
    assertThat(allocated() - before).isLessThan(2_000_000);
  }

  @Test
  void a_line_takes_no_memory_but_for_what_it_says() {
    byte[] lines = bytes("a 1 8\nl 1\nu 1\nw 7\nf 1\n".repeat(10_000));
    long before = allocated();
    try (TraceReader reader = TraceReader.of(generated(i -> i < 40 ? lines : null), "t")) {
      long count = 0;
      while (next(reader) != null) {
        count++;
      }
      assertThat(count).isEqualTo(2_000_000);
      assertThat((allocated() - before) / count).as("bytes a line").isLessThan(100);
    }
  }

  @Test
  void the_longest_line_is_read_wherever_it_stands() {
    String longest = "#" + "x".repeat(LineInput.LONGEST - 1);
    for (int shift = 0; shift < 5; shift++) {
      String text =
          "#".repeat(shift)
              + "\n"
              + (longest + "\na 1 8\n" + longest + "\nf 1\n").repeat(3)
              + longest;
      assertThat(lines(text)).hasSize(6);
      assertThat(problems(text + "x"))
          .containsExactly("t:14:1: the line has more than 65,536 bytes");
    }
  }

  @Test
  void phases_and_the_text_of_frames_are_bounded() {
    String name = "f".repeat(60_000);
    try (TraceReader reader =
        TraceReader.of(
            generated(i -> bytes("s " + (i + 1) + " " + i + "\t" + name + "\t\n")), "t")) {
      assertThatThrownBy(
              () -> {
                while (reader.next() != null) {
                  // one frame after the other
                }
              })
          .hasMessageStartingWith("the frames have more than 67108864 characters together");
      assertThat(next(reader)).isNull();
    }
    assertThat(problems("p " + "n".repeat(201) + "\n"))
        .containsExactly("t:1:3: the name of a phase has at most 200 characters");
  }

  @Test
  void a_stack_is_followed_from_its_innermost_frame() {
    try (TraceReader reader =
        reader("s 9 0\tmain\t\ns 4 9\tf\tf.c:1\na 1 8 @4\n".getBytes(StandardCharsets.UTF_8))) {
      assertThat(reader.stackOf(4)).isNull();
      while (next(reader) != null) {
        // to its end
      }
      CallStack stack = reader.stackOf(4);
      assertThat(stack).isNotNull();
      assertThat(stack.innermost()).isEqualTo(new Frame(4, 9, "f", "f.c:1"));
      assertThat(stack.caller()).isSameAs(reader.stackOf(9));
      assertThat(reader.frame(9).function()).isEqualTo("main");
      assertThat(reader.stackOf(9)).extracting(CallStack::caller).isNull();
      assertThatThrownBy(() -> reader.frame(5)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void random_traces_are_read_as_they_were_written() throws IOException {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS / 10; round++) {
      List<TraceLine> trace = RandomTrace.lines(random, random.nextInt(200));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (TraceWriter writer = TraceWriter.of(out, random.nextBoolean())) {
        writer.remark("round " + round + "\nof several lines");
        for (TraceLine line : trace) {
          writer.write(line);
        }
      }
      assertThat(lines(out.toByteArray())).as("seed " + SEED + ", round " + round).isEqualTo(trace);
    }
  }

  @Test
  void a_trace_that_was_tampered_with_is_read_or_its_problem_is_named() throws IOException {
    Random random = new Random(SEED);
    int sound = 0;
    for (int round = 0; round < ROUNDS; round++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (TraceWriter writer = TraceWriter.of(out, random.nextInt(4) == 0)) {
        for (TraceLine line : RandomTrace.lines(random, 30)) {
          writer.write(line);
        }
      }
      byte[] bytes = out.toByteArray();
      for (int i = random.nextInt(3); i >= 0 && bytes.length > 0; i--) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(4)) {
          case 0 -> bytes[at] = (byte) random.nextInt();
          case 1 -> bytes[at] = (byte) "0 1\n\ta@=#s".charAt(random.nextInt(10));
          case 2 -> bytes = Arrays.copyOf(bytes, at);
          default -> bytes[at] = bytes[random.nextInt(bytes.length)];
        }
      }
      List<String> problems = problems(bytes);
      assertThat(problems)
          .as("seed " + SEED + ", round " + round)
          .allMatch(problem -> problem.matches("t:(\\d+:\\d+:)? \\P{Cntrl}+"))
          .noneMatch(problem -> problem.contains("null") || problem.contains("Exception"));
      sound += problems.isEmpty() ? 1 : 0;
    }
    assertThat(sound).as("sound ones of " + ROUNDS).isBetween(1, ROUNDS - 1);
  }

  private static List<TraceLine> lines(String text) {
    return lines(bytes(text));
  }

  private static List<TraceLine> lines(byte[] bytes) {
    List<TraceLine> lines = new ArrayList<>();
    try (TraceReader reader = reader(bytes)) {
      for (TraceLine line = next(reader); line != null; line = next(reader)) {
        lines.add(line);
      }
    }
    return lines;
  }

  private static List<String> problems(String text) {
    return problems(bytes(text));
  }

  private static List<String> problems(byte[] bytes) {
    List<String> problems = new ArrayList<>();
    try (TraceReader reader = reader(bytes)) {
      while (true) {
        try {
          if (reader.next() == null) {
            return problems;
          }
        } catch (TraceProblemException e) {
          problems.add(e.format());
        }
      }
    }
  }

  private static TraceReader reader(byte[] bytes) {
    return TraceReader.of(new ByteArrayInputStream(bytes), "t");
  }

  private static @Nullable TraceLine next(TraceReader reader) {
    try {
      return reader.next();
    } catch (TraceProblemException e) {
      throw new AssertionError(e.format(), e);
    }
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A stream of pieces, made one by one, until one is null. */
  private static InputStream generated(LongFunction<byte @Nullable []> pieces) {
    return new InputStream() {
      private byte[] piece = new byte[0];
      private int at;
      private long next;

      @Override
      public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] to, int from, int length) {
        while (at == piece.length) {
          byte[] following = pieces.apply(next++);
          if (following == null) {
            return -1;
          }
          piece = following;
          at = 0;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, to, from, count);
        at += count;
        return count;
      }
    };
  }

  /** Bytes that this thread has allocated so far. */
  private static long allocated() {
    return ((com.sun.management.ThreadMXBean)
            java.lang.management.ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }
}
