package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.model.Fault;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class SemihostingTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private ExecutionResult run(Source source) {
    Console console = (bytes, error) -> (error ? err : out).writeBytes(bytes);
    return new Execution(source.program(), console, Long.MAX_VALUE).run(100_000);
  }

  /** Calls, each operation and the address of its parameters, then parks. */
  private static Source calls(int... operationsAndParameters) {
    StringBuilder code = new StringBuilder();
    for (int i = 0; i < operationsAndParameters.length; i += 2) {
      code.append("movs r0, #").append(operationsAndParameters[i]).append("; ");
      // addresses are multiples of 16 below 4096
      code.append("movs r1, #").append(operationsAndParameters[i + 1] / 16).append("; ");
      code.append("lsls r1, r1, #4; bkpt #171; ");
    }
    return new Source().function("main", code + "bkpt #0").reset("main");
  }

  private static Source block(Source source, int at, int... words) {
    for (int i = 0; i < words.length; i++) {
      source.word(at + 4 * i, words[i]);
    }
    return source;
  }

  @Test
  void text_and_characters_reach_the_console_and_cost_no_cycles() {
    ExecutionResult result = run(calls(4, 0x600, 3, 0x600).text(0x600, "Grüße\n"));

    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("Grüße\nG");
    assertThat(result.ending()).isInstanceOf(Ending.Parked.class);
    assertThat(result.cycles()).isEqualTo(6);
    assertThat(result.instructions()).isEqualTo(8);
  }

  @Test
  void the_console_opens_for_reading_writing_and_errors() {
    Source source = calls(1, 0x600, 1, 0x610, 1, 0x620, 5, 0x630, 5, 0x640).text(0x700, ":tt");
    block(source, 0x600, 0x700, 0, 3); // handle 1
    block(source, 0x610, 0x700, 4, 3); // handle 2
    block(source, 0x620, 0x700, 8, 3); // handle 3
    block(source, 0x630, 2, 0x700, 2);
    block(source, 0x640, 3, 0x701, 2);

    run(source);

    assertThat(out).hasToString(":t");
    assertThat(err).hasToString("tt");
  }

  @Test
  void files_of_the_host_do_not_open_and_the_result_names_them() {
    Source source = calls(1, 0x600, 0x12, 0x600).text(0x700, "/etc/passwd");
    block(source, 0x600, 0x700, 0, 11);

    assertThat(run(source).refused()).containsExactly("SYS_OPEN of \"/etc/passwd\"", "SYS_SYSTEM");
  }

  @Test
  void an_exit_ends_the_program_with_its_code() {
    // SYS_EXIT_EXTENDED with 0x20026 and 42
    Source extended = block(calls(0x20, 0x600), 0x600, 0x20026, 42);
    // SYS_EXIT gives a reason alone
    Source abort =
        new Source()
            .function("main", "movs r0, #24; ldr r1, [pc, #4]; bkpt #171; nop")
            .word(0x108, 0x20023)
            .reset("main");

    assertThat(run(extended).ending()).isEqualTo(new Ending.Exited(42, 0x20026));
    // Its code counts for the ordinary reason alone, as in QEMU.
    Source error = block(calls(0x20, 0x600), 0x600, 0x20023, 0);
    assertThat(run(error).ending()).isEqualTo(new Ending.Exited(1, 0x20023));
    Source reset = block(calls(0x20, 0x600), 0x600, 0x20025, 42);
    assertThat(run(reset).ending()).isEqualTo(new Ending.Exited(1, 0x20025));
    assertThat(run(abort).ending()).isEqualTo(new Ending.Exited(1, 0x20023));
  }

  /** Opens the console by handle 1, reads 8 bytes by it and one character, prints what came. */
  private ExecutionResult reads(String input) {
    Source source =
        new Source()
            .function(
                "main",
                "movs r0, #1; movs r1, #96; lsls r1, r1, #4; bkpt #171; movs r0, #6; adds r1, #16;"
                    + " bkpt #171; movs r5, r0; movs r0, #7; bkpt #171; movs r6, r0; bkpt #0")
            .reset("main")
            .text(0x700, ":tt");
    block(source, 0x600, 0x700, 0, 3);
    block(source, 0x610, 1, Source.SRAM, 8);
    int[] at = {0};
    byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
    Console console =
        new Console() {
          @Override
          public void write(byte[] written, boolean error) {
            out.writeBytes(written);
          }

          @Override
          public int read() {
            return at[0] < bytes.length ? bytes[at[0]++] & 0xFF : -1;
          }
        };
    Execution execution = new Execution(source.program(), console, Long.MAX_VALUE);
    execution.listen(
        (pc, cycle, result, core) -> {
          notRead = core.register(5);
          character = core.register(6);
        });
    return execution.run(1000);
  }

  private int notRead;
  private int character;

  @Test
  void input_is_read_by_the_line_and_by_the_character_and_has_an_end() {
    assertThat(reads("ab\ncd").notes()).isEmpty();
    assertThat(notRead).isEqualTo(8 - 3);
    assertThat(character).isEqualTo('c');

    reads("0123456789");
    assertThat(notRead).isZero();
    assertThat(character).isEqualTo('8');

    reads("ab");
    assertThat(notRead).isEqualTo(6);
    assertThat(character).isEqualTo(-1);

    reads("ÿ");
    assertThat(notRead).as("bytes, whatever they mean").isEqualTo(6);

    assertThat(reads("").notes())
        .containsExactly("the program read its input, and stdin gave none");
    assertThat(notRead).isEqualTo(8);
    assertThat(character).isEqualTo(-1);
  }

  @Test
  void what_is_printed_is_limited_to_the_byte() {
    Source source = calls(4, 0x600, 4, 0x600).text(0x600, "12345");
    Console console = (bytes, error) -> out.writeBytes(bytes);

    assertThat(new Execution(source.program(), console, 10).run(1000).ending())
        .isInstanceOf(Ending.Parked.class);
    out.reset();
    assertThat(new Execution(source.program(), console, 9).run(1000).ending())
        .isInstanceOfSatisfying(
            Ending.PrintedTooMuch.class,
            printed -> {
              assertThat(printed.limit()).isEqualTo(9);
              assertThat(printed.at().function()).isEqualTo("main");
            });
    assertThat(out).hasToString("123451234");
  }

  @Test
  void the_clock_counts_emulated_time() {
    // 1000 cycles a second: SYS_CLOCK counts in hundredths, so one for each ten cycles.
    Source source =
        new Source()
            .function(
                "main",
                "muls r0, r0, r0; muls r0, r0, r0; movs r0, #16; bkpt #171; cmp r0, #6; beq .+4; bkpt"
                    + " #1; bkpt #0")
            .reset("main");

    assertThat(run(source).ending())
        .isInstanceOfSatisfying(
            Ending.Parked.class, parked -> assertThat(parked.immediate()).isZero());
  }

  @Test
  void parameters_outside_memory_are_a_fault_at_the_call() {
    Source source =
        new Source()
            .function("main", "movs r0, #5; movs r1, #1; lsls r1, r1, #30; bkpt #171")
            .reset("main");

    assertThat(run(source).ending())
        .isInstanceOfSatisfying(
            Ending.Faulted.class,
            faulted -> {
              assertThat(faulted.fault().kind()).isEqualTo(Fault.Kind.UNMAPPED_ACCESS);
              assertThat(faulted.fault().at().offset()).isEqualTo(6);
              assertThat(faulted.fault().detail()).startsWith("in a semihosting call: load from");
            });
  }
}
