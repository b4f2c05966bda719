package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.interpreter.StepResult;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cycles of whole programs, counted a second time without the cycle model. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class CommittedProgramsTest {
  private static final Path PROGRAMS =
      Path.of(System.getProperty("defragsim.root", ".."), "allocator-firmware/programs/prebuilt");

  @ParameterizedTest
  @CsvSource({"workout, 1", "workout, 32", "queens, 1", "stopwatch, 1"})
  void the_cycles_are_those_of_the_reference_manuals_table(String name, int multiplier)
      throws IOException {
    FirmwareImage image = FirmwareImage.read(PROGRAMS.resolve(name + ".elf"));
    McuConfig part =
        new McuConfig(
            "test",
            48_000_000,
            48_000_000,
            multiplier,
            Program.flashFor(image),
            Program.SRAM_BASE,
            Program.sramFor(image));
    long[] byTable = new long[1];
    long[] count = new long[1];
    Execution execution = new Execution(Program.load(part, image), Console.NONE, Long.MAX_VALUE);
    execution.listen(
        (pc, cycle, result, after) -> {
          if (result instanceof StepResult.Retired retired) {
            Instruction instruction = retired.instruction();
            boolean jumped = after.pc() != pc + instruction.bytes();
            byTable[0] += cycles(instruction, jumped, multiplier);
            count[0]++;
          }
        });

    ExecutionResult result = execution.run(10_000_000);

    assertThat(result.ending()).isInstanceOf(Ending.Exited.class);
    assertThat(result.cycles()).isEqualTo(byTable[0]).isGreaterThan(count[0]);
  }

  /** Table 3-1 of the Cortex-M0's Technical Reference Manual, by what assembly calls it. */
  private static int cycles(Instruction instruction, boolean jumped, int multiplier) {
    String mnemonic = instruction.form().mnemonic();
    int registers = Integer.bitCount(instruction.registerList());
    if (instruction.form() == Form.POP_PC) {
      return 4 + registers;
    }
    return switch (mnemonic) {
      case "muls" -> multiplier;
      case "ldr", "ldrh", "ldrb", "ldrsh", "ldrsb", "str", "strh", "strb" -> 2;
      case "ldm", "stm", "push", "pop" -> 1 + registers;
      case "bl", "mrs", "msr", "dmb", "dsb", "isb" -> 4;
      case "wfi", "wfe" -> 2;
      default -> jumped ? 3 : 1;
    };
  }
}
