package io.defragsim.emulator.image;

import static io.defragsim.emulator.image.HexWriter.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.ThreadCost;
import io.defragsim.emulator.image.FirmwareImage.Segment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class IntelHexReaderTest {
  private static final String END = ":00000001FF\n";

  private static List<Segment> read(byte[] file) {
    assertThat(IntelHexReader.isOne(file)).isTrue();
    return IntelHexReader.read(file).segments();
  }

  private static List<Segment> read(String text) {
    return read(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void assertRefused(String text, String why) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(why);
  }

  private static void assertOne(List<Segment> segments, long address, int... octets) {
    assertThat(segments).hasSize(1);
    assertThat(segments.get(0).loadAddress()).isEqualTo(address);
    assertThat(segments.get(0).runAddress()).isEqualTo(address);
    assertThat(segments.get(0).memoryBytes()).isEqualTo(octets.length);
    assertThat(segments.get(0).stored()).containsExactly(octets);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r", " \n\n"})
  void what_was_written_comes_back_whatever_the_order_of_records_and_the_ends_of_lines(
      String newline) {
    Random random = new Random(newline.hashCode());
    for (int round = 0; round < 20; round++) {
      Pieces pieces = new Pieces(random, 0xFFF0, 1 + random.nextInt(8), 600);
      HexWriter hex = new HexWriter();
      pieces.map().forEach(hex::bytes);
      if (random.nextBoolean()) {
        hex.shuffled(random);
      }
      byte[] file = hex.line(record(1, 0)).text(newline);

      assertThat(Pieces.octets(read(file))).isEqualTo(pieces.octets());
    }
  }

  @Test
  void lower_case_digits_are_digits() {
    HexWriter hex = new HexWriter().bytes(0x0800_ABCCL, (byte) 0xAB, (byte) 0xCD);

    String text = new String(hex.build(), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);

    assertOne(read(text), 0x0800_ABCCL, 0xAB, 0xCD);
  }

  @Test
  void a_linear_record_goes_on_beyond_64_kib_and_a_segmented_one_wraps() {
    String data = record(0, 0xFFFF, (byte) 1, (byte) 2) + "\n" + END;

    assertOne(read(record(4, 0, (byte) 0, (byte) 1) + "\n" + data), 0x1_FFFF, 1, 2);
    assertThat(Pieces.octets(read(record(2, 0, (byte) 0x10, (byte) 0) + "\n" + data)))
        .containsEntry(0x1_FFFFL, (byte) 1)
        .containsEntry(0x1_0000L, (byte) 2)
        .hasSize(2);
  }

  @Test
  void where_a_program_starts_is_not_taken_from_the_file() {
    String starts = record(3, 0, new byte[4]) + "\n" + record(5, 0, new byte[4]) + "\n";

    assertOne(read(record(0, 8, (byte) 7) + "\n" + starts + END), 8, 7);
  }

  @Test
  void an_address_may_come_twice_with_the_same_byte_and_not_with_another() {
    String first = record(0, 0x10, (byte) 1, (byte) 2, (byte) 3) + "\n";

    assertOne(read(first + record(0, 0x11, (byte) 2) + "\n" + first + END), 0x10, 1, 2, 3);
    assertOne(read(record(0, 0x12, (byte) 3, (byte) 4) + "\n" + first + END), 0x10, 1, 2, 3, 4);
    assertRefused(
        first
            + record(0, 0x20, (byte) 9)
            + "\n"
            + record(0, 0xF, (byte) 0, (byte) 0xAA)
            + "\n"
            + END,
        "line 3 has 0xAA for 0x00000010, where line 1 has 0x01");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          :0100000000FE  | line 1 has the checksum FE, and its bytes give FF
          :020000000000 | line 1 says that it has 2 bytes of data, and has 1
          :0000000000;:000000  | line 2 is too short for a record
          :0000000000;:zz00000000 | line 2 is no row of pairs of hexadecimal digits
          :0000000000;:000000000 | line 2 is no row of pairs of hexadecimal digits
          :0000000000;0000000000 | line 2 does not begin with a colon
          :00000006FA  | line 1 has the type 06, which Intel HEX does not have
          :0000000AF6  | line 1 has 0 bytes of data where its type has 4
          :0000000DF3  | line 1 has the type 0D, which Intel HEX does not have
          :0000000CF4  | line 1 has the type 0C, which Intel HEX does not have
          :020000040800F2;:0100000000FF | it has no end-of-file record (:00000001FF): the file is cut off
          :0100000400FB | line 1 has 1 bytes of data where its type has 2
          :020000030800F3 | line 1 has 2 bytes of data where its type has 4
          :00000001FF | it has no data
          :02000004FFFFFC;:02FFFF000000FF... | line 2 is no row of pairs of hexadecimal digits
          :02000004FFFFFC;:02FFFF00000000;:00000001FF | line 2 has 2 bytes for 0xffffffff, which reach beyond 4 GiB
          :0100000000FF;:00000001FF;:0100010000FE | line 3 has data after the end-of-file record: two files seem to be joined
          :0100000000FF;:00000001FF;the end | line 3 does not begin with a colon
          """)
  void what_is_wrong_is_said_with_its_line(String text, String why) {
    assertRefused(text.replace(';', '\n'), why);
  }

  @Test
  void what_is_behind_the_end_for_ram_is_no_part_of_the_program() {
    String source = record(4, 0, (byte) 0x20, (byte) 0) + "\n" + record(0, 0, (byte) 1) + "\n";

    assertOne(read(record(0, 8, (byte) 7) + "\n" + END + "\n" + source), 8, 7);
  }

  @Test
  void a_universal_hex_is_read_for_the_first_microbit() {
    byte[] first = {(byte) 0x99, 0, (byte) 0xC0, (byte) 0xDE};
    byte[] second = {(byte) 0x99, 3, (byte) 0xC0, (byte) 0xDE};
    HexWriter hex =
        new HexWriter()
            .base(0)
            .line(record(10, 0, first))
            .line(record(0, 0x100, (byte) 1, (byte) 2))
            .line(record(12, 0, new byte[8]))
            .base(0)
            .line(record(10, 0, second))
            .line(record(13, 0x100, (byte) 3, (byte) 4))
            .line(record(14, 0, new byte[16]))
            .line(record(11, 0, new byte[4]));

    assertOne(read(hex.build()), 0x100, 1, 2);
    assertRefused(
        record(10, 0, second) + "\n" + record(13, 0, (byte) 1) + "\n" + END,
        "it has nothing for the first micro:bit");
  }

  @Test
  void a_line_as_long_as_a_file_and_a_file_of_scraps_are_refused_at_little_cost() {
    assertRefused(":00" + "0".repeat(1_000_000), "line 1 is longer than any record");

    HexWriter scraps = new HexWriter();
    for (int i = 0; i < 20_000; i++) {
      scraps.line(record(0, 2 * i, (byte) i));
    }
    byte[] file = scraps.build();
    long before = ThreadCost.allocated();
    assertThatThrownBy(() -> read(file))
        .hasMessage("it has more than 4096 stretches of bytes with gaps between them");
    assertThat(ThreadCost.allocated() - before).isLessThan(40L * file.length);
  }
}
