package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareFile;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.FirmwareImage.Segment;
import io.defragsim.emulator.image.HexWriter;
import io.defragsim.emulator.image.Uf2Writer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One program out of files of each format. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class FormatsTest {
  private static final Path ELF =
      Path.of(
          System.getProperty("defragsim.root", ".."),
          "allocator-firmware/programs/prebuilt/queens.elf");
  private static final long FLASH = 0x0800_0000L;

  @TempDir Path folder;

  /** All that a run comes to, but for names of functions. */
  private record Run(String printed, int exitCode, long instructions, long cycles) {}

  @Test
  void an_elf_and_its_hex_uf2_and_binary_give_the_same_run() throws IOException {
    FirmwareImage elf = FirmwareImage.read(ELF);
    HexWriter hex = new HexWriter();
    byte[] binary = {};
    for (Segment segment : elf.segments()) {
      int at = (int) (segment.loadAddress() - FLASH);
      byte[] stored = segment.stored();
      hex.bytes(segment.loadAddress(), stored);
      binary = Arrays.copyOf(binary, Math.max(binary.length, at + stored.length));
      System.arraycopy(stored, 0, binary, at, stored.length);
    }
    Run expected = run(elf);

    assertThat(expected.printed()).contains("8 queens: 92\n");
    assertThat(run("hex", hex.build())).isEqualTo(expected);
    assertThat(run("uf2", new Uf2Writer().bytes(Uf2Writer.STM32F0, FLASH, binary).build()))
        .isEqualTo(expected);
    assertThat(run("bin", binary)).isEqualTo(expected);
  }

  private Run run(String ending, byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("queens." + ending), bytes);
    return run(FirmwareFile.read(file, OptionalLong.of(FLASH)).image());
  }

  private static Run run(FirmwareImage image) {
    Layout layout = Layout.of(image, Layout.Known.NOTHING);
    McuConfig part =
        new McuConfig(
            "test",
            1000,
            1000,
            1,
            layout.map().flashBytes(),
            0x2000_0000L,
            layout.map().sramBytes());
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ExecutionResult result =
        new Execution(
                Program.load(part, image, layout),
                (bytes, error) -> output.writeBytes(bytes),
                Long.MAX_VALUE)
            .run(1_000_000);
    return new Run(
        output.toString(StandardCharsets.UTF_8),
        ((Ending.Exited) result.ending()).code(),
        result.instructions(),
        result.cycles());
  }
}
