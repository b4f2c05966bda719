package io.defragsim.emulator.board.nrf51;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.defragsim.emulator.board.Board.Device;
import io.defragsim.emulator.exec.Console;
import io.defragsim.emulator.exec.Ending;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.ExecutionResult;
import io.defragsim.emulator.exec.Layout;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.exec.Script;
import io.defragsim.emulator.exec.Script.Step;
import io.defragsim.emulator.file.UnreadableFileException;
import io.defragsim.emulator.image.FirmwareFile;
import io.defragsim.emulator.image.FirmwareImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * MicroPython of the micro:bit, of Debian's package firmware-microbit-micropython 1.0.1. A test
 * that needs it is skipped where it is not installed.
 */
final class MicroPython {
  static final Path FIRMWARE =
      Path.of(
          System.getProperty(
              "defragsim.micropython", "/usr/share/firmware-microbit-micropython/firmware.hex"));
  static final String PROMPT = ">>> ";
  private static final long BUDGET = 100_000_000;
  private static final long PACE = 32_000; // 2 ms

  private MicroPython() {}

  /**
   * A run that has come to its last prompt.
   *
   * @param prompt the cycle of the first prompt
   * @param output what came on the serial line
   */
  record Run(ExecutionResult result, long prompt, String output, List<String> rests) {}

  /** Types each line when there is a prompt, until there is one again. */
  static Run run(List<Device> devices, int translateAfter, String... lines)
      throws UnreadableFileException {
    requireFirmware();
    FirmwareImage image = FirmwareFile.read(FIRMWARE, OptionalLong.empty()).image();
    Layout.Known memories =
        new Layout.Known(
            OptionalLong.of(0),
            OptionalInt.of(Microbit.PART.flashBytes()),
            List.of(Microbit.PART.sramBase()),
            List.of(OptionalInt.of(Microbit.PART.sramBytes())),
            Microbit.board(devices).memories(),
            OptionalLong.of(0));
    Program program =
        Program.load(Microbit.PART, image, Layout.of(image, memories), Microbit.board(devices));
    StringBuilder output = new StringBuilder();
    Console console =
        new Console() {
          @Override
          public void write(byte[] bytes, boolean error) {}

          @Override
          public void sent(int value) {
            output.append((char) value);
          }
        };
    List<Step> steps = new ArrayList<>(List.of(new Step.Expect(PROMPT, BUDGET)));
    for (String line : lines) {
      steps.add(new Step.Send(line + "\r", PACE));
      steps.add(new Step.Expect(PROMPT, BUDGET));
    }
    Script script = new Script(steps);
    Execution execution = new Execution(program, console, 10_000, translateAfter);
    ExecutionResult result = execution.correspond(script).run(BUDGET);
    assertThat(result.ending()).as(output.toString()).isEqualTo(new Ending.ScriptDone());
    assertThat(result.faultCount()).isZero();
    Script.Done first = script.done().get(0);
    return new Run(result, first.cycle(), output.toString(), first.rests());
  }

  static void requireFirmware() {
    boolean installed = Files.exists(FIRMWARE);
    if (!installed && Boolean.getBoolean("defragsim.requireTools")) {
      throw new AssertionError(FIRMWARE + " is required here");
    }
    assumeTrue(installed, FIRMWARE + " is not installed");
  }
}
