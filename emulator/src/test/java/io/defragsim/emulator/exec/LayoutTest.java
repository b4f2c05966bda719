package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.exec.Layout.Known;
import io.defragsim.emulator.image.FirmwareFile;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.HexWriter;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.system.MemoryMap.Area;
import io.defragsim.emulator.system.MemoryMap.Flash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class LayoutTest {
  private static final int KIB = 1024;
  private static final int SP = 0x2000_1000;

  @TempDir Path folder;

  private final HexWriter hex = new HexWriter();

  /** Puts words at an address. */
  private LayoutTest words(long address, int... words) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(words);
    hex.bytes(address, bytes.array());
    return this;
  }

  private FirmwareImage image() throws IOException {
    Path file = Files.write(folder.resolve("a.hex"), hex.build());
    return FirmwareFile.read(file, OptionalLong.empty()).image();
  }

  private Layout layout() throws IOException {
    return Layout.of(image(), Known.NOTHING);
  }

  private static Known known(OptionalLong flashBase, List<Long> ramBases, OptionalLong vectors) {
    return new Known(flashBase, OptionalInt.empty(), ramBases, List.of(), List.of(), vectors);
  }

  @ParameterizedTest
  @CsvSource({"0x00000000", "0x08000000"})
  void flash_at_either_usual_place_is_seen_at_both(long base) throws IOException {
    Layout layout = words(base, SP, (int) base + 9, 0, 0).layout();

    assertThat(layout.map().flash()).isEqualTo(Flash.seenTwice(256 * KIB));
    assertThat(layout.map().sramBase()).isEqualTo(0x2000_0000L);
    assertThat(layout.map().sramBytes()).isEqualTo(64 * KIB);
    assertThat(layout.map().areas()).isEmpty();
    assertThat(layout.vectors()).isZero();
    assertThat(layout.found()).isFalse();
  }

  @Test
  void behind_the_second_stage_of_a_boot_loader_vectors_are_found_in_external_flash()
      throws IOException {
    Layout layout =
        words(0x1000_0000L, 0x4B32_B500, 0x6058_2021)
            .words(0x1000_0100L, 0x2004_2000, 0x1000_0109, 0, 0)
            .layout();

    assertThat(layout.map().flash()).isEqualTo(new Flash(0x1000_0000L, 256 * KIB, false));
    assertThat(layout.map().sramBytes()).isEqualTo(264 * KIB);
    assertThat(layout.vectors()).isEqualTo(0x1000_0100L);
    assertThat(layout.found()).isTrue();
  }

  @Test
  void behind_a_boot_loader_that_is_not_in_the_file_vectors_are_found() throws IOException {
    Layout layout = words(0x0800_2000L, SP, 0x0800_2009, 0, 0).layout();

    assertThat(layout.map().flash()).isEqualTo(Flash.seenTwice(256 * KIB));
    assertThat(layout.vectors()).isEqualTo(0x0800_2000L);
    assertThat(layout.found()).isTrue();
  }

  @Test
  void a_boot_loader_that_sets_sp_itself_starts_where_flash_begins() throws IOException {
    Layout layout = words(0, 0x7C0, 9, 0, 0).words(0x1000, SP, 0x1009, 0, 0).layout();

    assertThat(layout.vectors()).isZero();
    assertThat(layout.found()).isFalse();
  }

  @Test
  void a_table_at_the_start_of_flash_wins_over_one_behind_it() throws IOException {
    Layout layout = words(0, SP, 9, 0, 0).words(0x2000, SP, 0x2009, 0, 0).layout();

    assertThat(layout.vectors()).isZero();
    Known told = known(OptionalLong.empty(), List.of(), OptionalLong.of(0x2000));
    assertThat(Layout.of(image(), told).vectors()).isEqualTo(0x2000);
    assertThat(Layout.of(image(), told).found()).isFalse();
  }

  @Test
  void a_program_in_ram_starts_there() throws IOException {
    Layout layout = words(0x2000_0100L, 0x2000_2000, 0x2000_0109, 0, 0).layout();

    assertThat(layout.vectors()).isEqualTo(0x2000_0100L);
    assertThat(layout.map().flash()).isEqualTo(Flash.seenTwice(256 * KIB));
  }

  @Test
  void ram_is_where_the_stack_is_on_parts_that_have_it_low() throws IOException {
    assertThat(words(0, 0x1000_2000, 9, 0, 0).layout().map().sramBase()).isEqualTo(0x1000_0000L);
  }

  @Test
  void words_beside_flash_are_pages_that_are_programmed_once() throws IOException {
    Layout layout =
        words(0, SP, 9, 0, 0)
            .words(0x1000_1014L, 0x3_C000)
            .words(0x1FFF_F800L, 0xFF00, 0xFF00)
            .layout();

    assertThat(layout.map().areas())
        .extracting(Area::base, Area::bytes, Area::writable)
        .containsExactly(tuple(0x1000_1000L, KIB, false), tuple(0x1FFF_F800L, KIB, false));
  }

  @Test
  void a_part_with_flash_at_0_alone_takes_no_image_for_another_place() throws IOException {
    FirmwareImage image = words(0x0800_0000L, SP, 0x0800_0009, 0, 0).image();
    Layout layout = Layout.of(image, known(OptionalLong.of(0), List.of(), OptionalLong.empty()));

    assertThat(layout.map().flash()).isEqualTo(new Flash(0, 256 * KIB, false));
    assertThatThrownBy(() -> Program.load(part(layout), image, layout))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageContaining("do not fit the part")
        .hasMessageContaining("flash is at 0x00000000, SRAM at 0x20000000 to 0x2000ffff");
  }

  private static McuConfig part(Layout layout) {
    return new McuConfig(
        "x", 1, 1, 1, layout.map().flashBytes(), 0x2000_0000L, layout.map().sramBytes());
  }

  @Test
  void a_second_ram_is_as_large_as_is_needed_and_the_first_ends_below_it() throws IOException {
    List<Long> bases = List.of(0x2000_0000L, 0x2000_4000L);
    Layout layout =
        Layout.of(
            words(0, 0x2001_5000, 9, 0, 0).image(),
            known(OptionalLong.empty(), bases, OptionalLong.empty()));

    assertThat(layout.map().sramBytes()).isEqualTo(16 * KIB);
    assertThat(layout.map().areas())
        .containsExactly(new Area("RAM 2", 0x2000_4000L, 68 * KIB, true));
  }

  @Test
  void what_cannot_be_is_refused_with_the_name_of_the_image() throws IOException {
    FirmwareImage image = words(0, SP, 9, 0, 0).image();
    List<Long> none = List.of();

    assertThatThrownBy(
            () ->
                Layout.of(
                    image,
                    known(OptionalLong.empty(), List.of(0x0800_0000L), OptionalLong.empty())))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessage(
            "a: SRAM at 0x08000000 to 0x0800ffff overlaps flash at 0x08000000 to 0x0803ffff");
    assertThatThrownBy(
            () ->
                Layout.of(image, known(OptionalLong.empty(), none, OptionalLong.of(0x0900_0000L))))
        .hasMessage("a: no vector table at 0x09000000: nothing loads there");
  }

  @Test
  void an_image_without_a_table_is_refused_with_the_places_where_one_could_be() throws IOException {
    FirmwareImage image = words(0x1000_0200L, 1, 2, 3).image();

    assertThatThrownBy(() -> Layout.of(image, Known.NOTHING))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageStartingWith("a: no vector table: nothing loads at 0x10000000, where ")
        .hasMessageEndingWith("--vectors says where it is");
  }
}
