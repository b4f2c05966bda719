package io.defragsim.scenario.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.board.Board;
import io.defragsim.emulator.board.Ledger;
import io.defragsim.emulator.board.nrf51.Nrf51Models;
import io.defragsim.emulator.exec.Console;
import io.defragsim.emulator.exec.Ending;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.Layout;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.exec.Script;
import io.defragsim.emulator.image.FirmwareFile;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.scenario.schema.ReadResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * Real firmware on a shipped board, with a script: MicroPython of the micro:bit, of Debian's
 * package firmware-microbit-micropython. Skipped where it is not installed.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class MicroPythonBoardTest {
  private static final Path FIRMWARE =
      Path.of(
          System.getProperty(
              "defragsim.micropython", "/usr/share/firmware-microbit-micropython/firmware.hex"));
  private static final String SCRIPT =
      """
      {"pace": "2 ms", "script": [
        {"expect": ">>> ", "within": "50 ms"}, {"send": "print(6*7)\\r"}, {"expect": "42"},
        {"pin": 17, "level": "low"}, {"pause": "50 ms"},
        {"send": "button_a.is_pressed()\\r"}, {"expect": "True"}]}
      """;

  @Test
  void micropython_answers_a_script_file_and_sees_a_button_on_the_shipped_board() throws Exception {
    boolean installed = Files.exists(FIRMWARE);
    assertThat(installed || !Boolean.getBoolean("defragsim.requireTools"))
        .as(FIRMWARE + " is required here")
        .isTrue();
    assumeTrue(installed, FIRMWARE + " is not installed");
    BoardFile file =
        ShippedBoards.read("nrf51822", new Models(Nrf51Models.all(), null)).orElseThrow();
    McuConfig mcu = file.mcu().orElseThrow();
    ReadResult<ScriptFile> read =
        new ScriptReader(mcu.clockHz()).read(SCRIPT.getBytes(StandardCharsets.UTF_8));
    Script script = new Script(((ReadResult.Valid<ScriptFile>) read).value().steps());
    FirmwareImage image = FirmwareFile.read(FIRMWARE, OptionalLong.empty()).image();
    Board board = file.board();
    Layout layout =
        Layout.of(
            image,
            new Layout.Known(
                OptionalLong.of(0),
                OptionalInt.of(mcu.flashBytes()),
                List.of(mcu.sramBase()),
                List.of(OptionalInt.of(mcu.sramBytes())),
                board.memories(),
                OptionalLong.of(0)));
    Execution execution =
        new Execution(Program.load(mcu, image, layout, board), Console.NONE, 10_000);

    assertThat(execution.correspond(script).run(50_000_000).ending())
        .as(script.came())
        .isEqualTo(new Ending.ScriptDone());
    assertThat(Objects.requireNonNull(execution.ledger()).unwritten().first())
        .as("what the board does not know: nobody here has the ROM table of an nRF51822")
        .extracting(Ledger.Use::name)
        .containsExactly("ROM_TABLE+0xfe0 (0xf0000fe0)");
  }
}
