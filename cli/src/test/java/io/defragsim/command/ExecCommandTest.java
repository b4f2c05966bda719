package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.defragsim.command.Cli.Finished;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code exec} on programs that a compiler made. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ExecCommandTest {

  private static final Path PROGRAMS =
      Path.of(System.getProperty("defragsim.root"), "allocator-firmware/programs");
  private static final String QUEENS = PROGRAMS.resolve("prebuilt/queens.elf").toString();
  private static final String PRINTED =
      """
      1 queens: 1
      2 queens: 0
      3 queens: 0
      4 queens: 2
      5 queens: 10
      6 queens: 4
      7 queens: 40
      8 queens: 92
      """;

  @TempDir Path folder;

  @Test
  void what_a_program_prints_comes_first_then_the_report_and_last_how_it_ended() {
    Finished run = Cli.run("exec", QUEENS);

    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith(PRINTED + "\nqueens ")
        .contains("mode      strict: every instruction checked")
        .containsPattern("ran +[0-9,]+ instructions, [0-9,]+ cycles from reset")
        .endsWith("\nqueens: ended with exit code 0\n");
  }

  @Test
  void json_follows_its_schema_and_stdout_holds_nothing_else() throws IOException {
    Finished run =
        Cli.run(
            "exec", QUEENS, "--json", "-", "--from", "place", "--to", "queens+0x14", "--profile");

    JsonNode document = new ObjectMapper().readTree(run.out());
    JsonSchema schema =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(
                ExecCommandTest.class.getResourceAsStream(
                    "/io/defragsim/report/execution.schema.json"));
    assertThat(schema.validate(document)).isEmpty();
    assertThat(run.err()).isEqualTo(PRINTED + "\n");
    // place calls itself, and yet is one interval for each call by queens.
    assertThat(document.at("/intervals/count").intValue()).isEqualTo(8);
    assertThat(document.at("/ending/exitCode").intValue()).isZero();
    assertThat(document.at("/profile/functions/0/name").textValue()).isEqualTo("place");
    assertThat(document.at("/profile/functions/0/inclusive"))
        .isEqualTo(document.at("/intervals/total"));
  }

  @Test
  void folded_stacks_add_up_to_all_cycles_and_never_half_replace_a_file() throws IOException {
    Path stacks = folder.resolve("stacks.txt");
    Path json = folder.resolve("out.json");
    Finished run =
        Cli.run("exec", QUEENS, "--folded", stacks.toString(), "--json", json.toString());
    Finished refused = Cli.run("exec", QUEENS, "--folded", folder.toString());

    assertThat(run.status()).isZero();
    assertThat(Files.readAllLines(stacks))
        .allMatch(line -> line.matches("reset_handler.* [0-9]+"))
        .anyMatch(line -> line.matches("reset_handler;_mainCRTStartup;main;queens;place [0-9]+"));
    assertThat(
            Files.readAllLines(stacks).stream()
                .mapToLong(line -> Long.parseLong(line.replaceAll(".* ", "")))
                .sum())
        .isEqualTo(new ObjectMapper().readTree(json.toFile()).at("/cycles").longValue());
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).contains("cannot write").contains("directory");
  }

  @Test
  void the_part_is_as_asked_for() {
    Finished run =
        Cli.run("exec", QUEENS, "--sram", "8KiB", "--flash=16KiB", "--clock", "16MHz", "--mul=32");
    Finished small = Cli.run("exec", QUEENS, "--sram", "4 KiB");

    assertThat(run.out())
        .contains("16 MHz, 8 KiB SRAM at 0x20000000, 16 KiB flash, 32-cycle multiplier");
    // Its stack is at the end of 8 KiB.
    assertThat(small.status()).isEqualTo(4);
    assertThat(small.out()).contains("4088 bytes above the end of").contains("FAULT");
  }

  @Test
  void a_part_by_name_has_its_core_clock_and_memories_where_no_option_says_otherwise() {
    Finished named = Cli.run("exec", QUEENS, "--mcu", "stm32f042k6", "--sram", "8KiB");
    Finished changed =
        Cli.run(
            "exec",
            QUEENS,
            "--mcu=stm32f042k6",
            "--sram=8KiB",
            "--clock=24MHz",
            "--core=cortex-m0plus",
            "--mul=32");
    Finished waits =
        Cli.run("exec", QUEENS, "--mcu=stm32f042k6", "--sram=8KiB", "--wait-states=auto");

    assertThat(named.out())
        .contains("48 MHz, 8 KiB SRAM at 0x20000000, 32 KiB flash, 1-cycle multiplier")
        .contains("flash wait states are not counted: above 24 MHz this part needs");
    assertThat(changed.out())
        .contains("24 MHz, 8 KiB SRAM at 0x20000000, 32 KiB flash, 32-cycle multiplier")
        .contains("Cortex-M0+")
        .doesNotContain("wait states are not counted");
    assertThat(waits.out()).contains("estimate: 1 wait state, prefetch on");
  }

  @Test
  void a_second_ram_is_in_the_report() throws IOException {
    Finished run =
        Cli.run("exec", QUEENS, "--json=-", "--sram-base=0x20000000", "--sram-base=0x20010000");

    JsonNode part = new ObjectMapper().readTree(run.out()).at("/part");
    assertThat(part.at("/flashBase").longValue()).isEqualTo(0x0800_0000L);
    assertThat(part.at("/vectors").longValue()).isZero();
    assertThat(part.at("/otherMemories/0/base").longValue()).isEqualTo(0x2001_0000L);
    assertThat(part.at("/otherMemories/0/bytes").intValue()).isEqualTo(64 << 10);
    assertThat(part.at("/otherMemories/0/writable").booleanValue()).isTrue();
  }

  @Test
  void a_cortex_m0plus_takes_fewer_cycles_for_the_same_instructions() {
    Finished plus = Cli.run("exec", QUEENS, "--core", "cortex-m0plus");

    assertThat(plus.status()).isZero();
    assertThat(plus.out()).contains("122,499 instructions").contains("Cortex-M0+");
    assertThat(plus.out()).doesNotContain("201,313 cycles");
    assertThat(Cli.run("exec", QUEENS, "--core", "cortex-m0pls").err())
        .contains("\"cortex-m0pls\" is no core; did you mean \"cortex-m0plus\"?");
  }

  @Test
  void a_budget_is_status_5_and_says_where() {
    Finished run = Cli.run("exec", QUEENS, "--budget", "1 ms"); // at 48 MHz

    assertThat(run.status()).isEqualTo(5);
    assertThat(run.out())
        .contains("BUDGET EXHAUSTED, not done after 48,000 cycles (--budget), at ");
  }

  @Test
  void a_budget_that_nobody_asked_for_says_that_it_can_be_raised() {
    Finished run = Cli.run("exec", "-q", new TestScenarios(folder).faulty("never-parks"));

    assertThat(run.status()).isEqualTo(5);
    assertThat(run.out()).contains("loops for ever"); // a branch to itself needs no budget
  }

  @Test
  void more_output_than_allowed_is_status_5_and_says_how_to_raise_it() {
    Finished run = Cli.run("exec", QUEENS, "--output-limit", "20", "--quiet");
    Finished enough = Cli.run("exec", QUEENS, "--output-limit", "none", "-q");

    assertThat(run.status()).isEqualTo(5);
    assertThat(run.out())
        .startsWith(PRINTED.substring(0, 20) + "\n\n")
        .containsPattern(
            "queens: PRINTED TOO MUCH, more than 20 bytes \\(--output-limit raises it\\), at _s?write");
    assertThat(enough.status()).isZero();
    assertThat(enough.out()).isEqualTo(PRINTED + "\nqueens: ended with exit code 0\n");
  }

  @Test
  void an_image_for_a_scenario_runs_too_until_it_parks() {
    TestScenarios images = new TestScenarios(folder);
    Finished parks = Cli.run("exec", images.faulty("no-contract"));
    Finished endless = Cli.run("exec", images.faulty("never-parks"));

    assertThat(parks.status()).isZero();
    assertThat(parks.out()).contains("parked on bkpt #0 at image_park");
    assertThat(endless.status()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "exec none.elf                       | none.elf: no such file",
        "exec QUEENS --from quens --to main  | --from: no symbol \"quens\" in queens; did you mean \"queens\"?",
        "exec QUEENS --from main --to zzzzzzz+2 | --to: no symbol \"zzzzzzz\" in queens; expected a symbol",
        "exec QUEENS --from main --to 0x40000000 | at 0x40000000, where neither flash nor SRAM is",
        "exec QUEENS --from main             | --from and --to need each other",
        "exec QUEENS --mul 2                 | a multiplication takes 1 or 32 cycles, not 2",
        "exec QUEENS --wait-states=-1       | --wait-states: -1 wait states are out of range; expected 0 to 7",
        "exec QUEENS --wait-states 8        | --wait-states: 8 wait states are out of range; expected 0 to 7",
        "exec QUEENS --wait-states 0.5      | --wait-states: 0.5 is not a whole number",
        "exec QUEENS --wait-states auto     | --wait-states: \"auto\" is no number of wait states; expected 0 to 7",
        "run sensor-node --wait-states 99   | --wait-states: 99 wait states are out of range; expected 0 to 7",
        "run sensor-node --wait-states atuo | --wait-states: \"atuo\" is no number of wait states; did you mean \"auto\"?",
        "compare sensor-node --wait-states x | --wait-states: \"x\" is no number of wait states; expected 0 to 7, or \"auto\"",
        "run sensor-node --wait-state 1     | --wait-states",
        "exec QUEENS --sram 5000             | a multiple of 1 KiB",
        "exec QUEENS --sram 4kb              | write \"KiB\" for 1024 bytes",
        "exec QUEENS --flash 1KiB            | do not fit the part: flash",
        "exec QUEENS --clock 0               | 0 is not above 0",
        "exec QUEENS --budget soon           | is not a duration",
        "exec QUEENS --output-limit much     | --output-limit: ",
        "exec QUEENS --json x --folded x     | two reports cannot go to x: --json and --folded",
        "exec                                | IMAGE is missing",
        "exec cli                            | cli: is a directory, not a program",
        "exec README.md                      | README.md: not a program but a text file",
        "exec QUEENS --mcu stm32f030f        | there is no part \"stm32f030f\"; did you mean \"stm32f030f4\"?",
        "exec QUEENS --mcu nrf51822          | flash is at 0x00000000, SRAM at 0x20000000 to 0x20003fff",
        "exec QUEENS --flash-base here       | --flash-base: \"here\" is no address; expected one such as 0x08000000",
        "exec QUEENS --flash-base=-1024      | --flash-base: \"-1024\" is no address",
        "exec QUEENS --flash-base 0x8000010  | --flash-base: 0x8000010 is no multiple of 0x400",
        "exec QUEENS --sram-base 0x08000000  | SRAM at 0x08000000 to 0x0800ffff overlaps flash at 0x08000000",
        "exec QUEENS --sram 8KiB --sram 4KiB | --sram: 2 sizes need as many --sram-base",
        "exec QUEENS --vectors 0x08000001    | --vectors: 0x08000001 is no multiple of 0x100",
        "exec QUEENS --vectors 0x30000000    | no vector table at 0x30000000: nothing loads there",
        "exec QUEENS --load-at 0x08000000    | --load-at: this is no raw binary (ELF)",
      })
  void wrong_usage_is_status_2_with_the_reason(String line, String reason) {
    Finished run = Cli.run(line.replace("QUEENS", QUEENS).split(" "));

    assertThat(run.err()).contains(reason);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void an_image_for_another_cpu_is_status_2() {
    Finished run = Cli.run("exec", new TestScenarios(folder).faulty("cortex-m4"));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("a Cortex-M0 runs ARMv6-M");
  }

  @Test
  void printf_of_a_fresh_build_reaches_the_terminal_with_its_exit_code() throws Exception {
    // The linker is told to put the file's headers into the first segment, below flash.
    Path elf =
        compile(
            """
            #include <stdio.h>
            #include <stdlib.h>
            int main(int argc, char **argv) {
              printf("%s %d %.3f\\n", argv[0], argc, 3.14159);
              fprintf(stderr, "to stderr\\n");
              FILE *file = fopen("data.txt", "r");
              printf("%s\\n", file ? "opened" : "refused");
              char *block = malloc(100);
              printf("%s", block ? "heap" : "no heap");
              exit(7);
            }
            """,
            "-Wl,-z,max-page-size=4");

    Finished run = Cli.run("exec", elf.toString());

    assertThat(run.out())
        .startsWith("made 1 3.142\nrefused\nheap\n\nmade ")
        .contains("note      semihosting: SYS_OPEN of \"data.txt\" was refused")
        .endsWith("\nmade: ended with exit code 7\n");
    assertThat(run.err()).isEqualTo("to stderr\n\n");
    assertThat(run.status()).isZero();
  }

  @Test
  void a_fault_in_a_fresh_build_names_the_function_and_its_handler_is_heeded() throws Exception {
    String fault =
        """
        volatile int *volatile where = (int *)0x40000000;
        __attribute__((noinline)) void reads(void) { (void)*where; }
        int main(void) { reads(); return 0; }
        """;

    Finished reported = Cli.run("exec", compile(fault).toString());
    Finished parked = Cli.run("exec", handled(fault, "__asm__ volatile (\"bkpt #3\");"));
    Finished stuck = Cli.run("exec", handled(fault, "for (;;) {}"));
    Finished exited =
        Cli.run("exec", handled(fault, "extern void _exit(int); _exit(139);"), "--json", "-");

    assertThat(reported.status()).isEqualTo(4);
    assertThat(reported.out())
        .contains("The program faulted: made")
        .containsIgnoringWhitespaces(
            "unmapped access: load from 0x40000000: there are no peripherals on a bare core; --mcu brings")
        .containsPattern("made: FAULT, unmapped access at reads\\+0x[0-9a-f]+ ");
    assertThat(parked.status()).isEqualTo(4);
    assertThat(parked.out())
        .containsPattern("Faults .* HardFault handler took: 1\n +unmapped access at reads\\+0x")
        .containsPattern("parked on bkpt #3 at hard_fault_handler.*: FAULT");
    assertThat(stuck.status()).isEqualTo(4);
    assertThat(stuck.out()).containsPattern("loops for ever at hard_fault_handler.*: FAULT");
    assertThat(exited.status()).isZero();
    assertThat(new ObjectMapper().readTree(exited.out()).at("/faults/0/fault/kind").textValue())
        .isEqualTo("unmapped-access");
  }

  private String handled(String fault, String handler) throws IOException, InterruptedException {
    return compile(fault + "void hard_fault_handler(void) { " + handler + " }").toString();
  }

  /** Compiles a program as the committed ones are, or skips the test. */
  private Path compile(String source, String... more) throws IOException, InterruptedException {
    boolean compiler =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "arm-none-eabi-gcc")));
    if (Boolean.getBoolean("defragsim.requireTools")) {
      assertThat(compiler).as("arm-none-eabi-gcc is on the PATH").isTrue();
    }
    assumeThat(compiler).as("arm-none-eabi-gcc is on the PATH").isTrue();
    Path made = Files.writeString(folder.resolve("made.c"), source);
    Path elf = folder.resolve("made.elf");
    // Digits behind the point take more memory than the committed programs have.
    Path script =
        Files.writeString(
            folder.resolve("made.ld"),
            Files.readString(PROGRAMS.resolve("program.ld")).replace(": 8K", ": 32K"));
    List<String> command =
        new ArrayList<>(List.of("arm-none-eabi-gcc", "-mcpu=cortex-m0", "-mthumb", "-O1"));
    command.addAll(List.of(more));
    command.addAll(
        List.of(
            "--specs=rdimon.specs",
            "-Wl,--no-warn-rwx-segments",
            "-T",
            script.toString(),
            PROGRAMS.resolve("start.c").toString(),
            made.toString(),
            "-o",
            elf.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(folder.resolve("log"))).isZero();
    return elf;
  }
}
