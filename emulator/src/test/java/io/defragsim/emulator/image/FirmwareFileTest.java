package io.defragsim.emulator.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import io.defragsim.emulator.file.UnreadableFileException;
import io.defragsim.emulator.image.FirmwareFile.Format;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class FirmwareFileTest {
  private static final String OBJCOPY = "arm-none-eabi-objcopy";
  private static final OptionalLong NOWHERE = OptionalLong.empty();
  private static final byte[] VECTORS = {0, 16, 0, 0x20, (byte) 0xC1, 0, 0, 8, 0x70, 0x47};

  @TempDir Path folder;

  private static FirmwareFile parse(String name, byte[] bytes) {
    return FirmwareFile.parse(name, bytes, OptionalLong.of(0x0800_0000L));
  }

  @Test
  void a_file_is_what_its_first_bytes_say_whatever_its_name() {
    byte[] hex = new HexWriter().bytes(0, VECTORS).build();
    byte[] uf2 = new Uf2Writer().bytes(Uf2Writer.RP2040, 0, VECTORS).build();

    assertThat(parse("a.txt", new ElfBuilder().build()).format()).isEqualTo(Format.ELF);
    assertThat(parse("a.elf", hex).format()).isEqualTo(Format.INTEL_HEX);
    assertThat(parse("a", uf2).format()).isEqualTo(Format.UF2);
    assertThat(parse("a.hex", VECTORS).format()).isEqualTo(Format.BINARY);
  }

  @Test
  void a_program_has_the_name_of_its_file_without_the_ending_of_its_format() {
    byte[] hex = new HexWriter().bytes(0, VECTORS).build();

    assertThat(parse("a.hex", hex).image().name()).isEqualTo("a");
    assertThat(parse("a.elf", hex).image().name()).isEqualTo("a.elf");
    assertThat(parse("a.bin", VECTORS).image().name()).isEqualTo("a");
    assertThat(parse("a.elf", new ElfBuilder().build()).image().name()).isEqualTo("a");
  }

  @Test
  void a_raw_binary_goes_where_it_is_told_to_and_nowhere_without() {
    FirmwareImage image = parse("a.bin", VECTORS).image();

    assertThat(image.segments()).hasSize(1);
    assertThat(image.segments().get(0).loadAddress()).isEqualTo(0x0800_0000L);
    assertThat(image.segments().get(0).stored()).isEqualTo(VECTORS);
    assertThatThrownBy(() -> FirmwareFile.parse("a.bin", VECTORS, NOWHERE))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageStartingWith("a.bin: a raw binary does not say where its first byte goes: ")
        .hasMessageContaining("--mcu")
        .hasMessageContaining("--flash-base");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''           | x: not a program: it is empty
          'PK\u0003\u0004x' | x: not a program but a ZIP archive; what runs is an ELF, an Intel HEX, a UF2 or a raw binary: unpack it
          'S00600004844521B\n' | x: not a program but a Motorola S-record file; what runs is an ELF, an Intel HEX, a UF2 or a raw binary: 'arm-none-eabi-objcopy -I srec -O ihex'
          'int main();' | x: not a program but a text file; what runs is an ELF, an Intel HEX, a UF2 or a raw binary
          ':0100000000FE' | x: line 1 has the checksum FE, and its bytes give FF
          """)
  void what_is_no_program_is_named(String text, String why) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> parse("x", bytes))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessage(why);
  }

  @Test
  void a_folder_and_a_file_that_is_not_there_are_told_apart() {
    assertThatThrownBy(() -> FirmwareFile.read(folder, NOWHERE))
        .isInstanceOf(UnreadableFileException.class)
        .hasMessage("is a directory, not a program");
    assertThatThrownBy(() -> FirmwareFile.read(folder.resolve("x"), NOWHERE))
        .hasMessage("no such file");
  }

  @Test
  void hex_and_binary_are_read_as_objcopy_writes_them() throws Exception {
    Path file =
        Path.of(
            System.getProperty("defragsim.root", ".."),
            "allocator-firmware/programs/prebuilt/queens.elf");

    FirmwareImage hex = FirmwareFile.read(objcopy(file, "ihex"), NOWHERE).image();
    FirmwareImage binary =
        FirmwareFile.read(objcopy(file, "binary"), OptionalLong.of(0x0800_0000L)).image();

    var octets = Pieces.octets(FirmwareImage.read(file).segments());
    assertThat(Pieces.octets(hex.segments())).isEqualTo(octets);
    assertThat(Pieces.octets(binary.segments())).containsAllEntriesOf(octets);
  }

  private Path objcopy(Path file, String format) throws Exception {
    Path to = folder.resolve("a." + format);
    Process process;
    try {
      process = new ProcessBuilder(OBJCOPY, "-O", format, "" + file, "" + to).inheritIO().start();
    } catch (IOException e) {
      if (Boolean.getBoolean("defragsim.requireTools")) {
        throw new AssertionError(OBJCOPY + " is required here but cannot be run", e);
      }
      return abort(OBJCOPY + " is not installed; what it writes was not read");
    }
    assertThat(process.waitFor()).isZero();
    return to;
  }
}
