package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.interpreter.StepResult;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cycles of whole programs, counted a second time without the cycle model. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class CommittedProgramsTest {
  private static final Path PROGRAMS =
      Path.of(System.getProperty("defragsim.root", ".."), "allocator-firmware/programs/prebuilt");

  @ParameterizedTest
  @CsvSource({"workout, 1", "workout, 32", "queens, 1", "stopwatch, 1"})
  void the_cycles_are_those_of_the_reference_manuals_table(String name, int multiplier)
      throws IOException {
    ExecutionResult result = countedByTable(name, multiplier, 10_000_000);

    assertThat(result.ending()).isInstanceOf(Ending.Exited.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"short", "hash", "registers"})
  void so_are_the_first_of_long_programs(String name) throws IOException {
    ExecutionResult result = countedByTable(name, 1, 300_000);

    assertThat(result.ending()).isInstanceOf(Ending.BudgetExhausted.class);
  }

  private static ExecutionResult countedByTable(String name, int multiplier, long budget)
      throws IOException {
    long[] byTable = new long[1];
    long[] count = new long[1];
    Execution execution = new Execution(program(name, multiplier), Console.NONE, Long.MAX_VALUE);
    execution.listen(
        (pc, cycle, result, after) -> {
          if (result instanceof StepResult.Retired retired) {
            Instruction instruction = retired.instruction();
            boolean jumped = after.pc() != pc + instruction.bytes();
            byTable[0] += cycles(instruction, jumped, multiplier);
            count[0]++;
          }
        });

    ExecutionResult result = execution.run(budget);

    assertThat(result.cycles()).isEqualTo(byTable[0]).isGreaterThan(count[0]);
    return result;
  }

  private static Program program(String name, int multiplier) throws IOException {
    FirmwareImage image = FirmwareImage.read(PROGRAMS.resolve(name + ".elf"));
    McuConfig part =
        new McuConfig(
            "test",
            48_000_000,
            48_000_000,
            multiplier,
            Layout.of(image, Layout.Known.NOTHING).map().flashBytes(),
            Layout.SRAM_BASE,
            Layout.of(image, Layout.Known.NOTHING).map().sramBytes());
    return Program.load(part, image);
  }

  @Test
  void the_mix_has_a_tick_every_millisecond() throws IOException {
    List<Long> entries = new ArrayList<>();
    Execution execution = new Execution(program("mix", 1), Console.NONE, Long.MAX_VALUE);
    execution.listen(
        (pc, cycle, result, after) -> {
          if (result instanceof StepResult.Entered) {
            entries.add(cycle);
          }
        });

    execution.run(500_000);

    assertThat(entries).hasSize(10);
    for (int i = 1; i < entries.size(); i++) {
      // The instruction of that cycle, or the shortest part of it, is before an entry.
      assertThat(entries.get(i) - entries.get(i - 1)).isBetween(48_000L - 4, 48_000L + 4);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"short", "mix", "hash", "registers"})
  @Tag("campaign") // 800 million instructions, twice
  void a_long_program_finds_its_own_results_right(String name) throws IOException {
    for (Way way : List.of(Way.BLOCKS, Way.TRANSLATED)) {
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      Execution execution =
          new Execution(
              program(name, 1),
              (bytes, error) -> output.writeBytes(bytes),
              Long.MAX_VALUE,
              way.translateAfter());

      ExecutionResult result = execution.run(1_000_000_000);

      assertThat(result.ending())
          .isInstanceOfSatisfying(Ending.Exited.class, exit -> assertThat(exit.code()).isZero());
      String printed = output.toString(StandardCharsets.UTF_8);
      assertThat(printed).contains(": ok\n").doesNotContain("WRONG");
      if (name.equals("mix")) {
        assertThat(printed).endsWith("\n" + result.cycles() / 48_000 + " ticks\n");
      }
    }
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
