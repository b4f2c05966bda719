package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.defragsim.command.Cli.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The board program under {@code exec}: what it reads from its SysTick is what it was built to
 * expect, and what the emulator counts by itself. With {@code -Ddefragsim.update=true} the expected
 * figures are written; then {@code make -C allocator-firmware prebuilt} builds them in.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class BoardTest {
  private static final Path BOARD =
      Path.of(System.getProperty("defragsim.root"), "allocator-firmware/board");
  private static final String ELF = BOARD.resolve("prebuilt/semihosting.elf").toString();

  /** What was timed, its cycles, and those that are built in. */
  private static final Pattern LINE = Pattern.compile("(?m)^(.{46}) *(\\d+) +(\\d+)(  differs)?$");

  private static List<MatchResult> lines(String output) {
    return LINE.matcher(output).results().toList();
  }

  private static List<Integer> figures(String output, String what) {
    return lines(output).stream()
        .filter(line -> line.group(1).strip().startsWith(what))
        .map(line -> Integer.valueOf(line.group(2)))
        .toList();
  }

  @Test
  void every_figure_is_the_one_that_is_built_in() throws IOException {
    Finished run = Cli.run("exec", ELF);

    assertThat(run.status()).as(run.err()).isZero();
    List<MatchResult> lines = lines(run.out());
    if (Boolean.getBoolean("defragsim.update")) {
      update(lines);
    }
    assertThat(lines).hasSize(18);
    assertThat(run.out())
        .contains("\n18 of 18 as the simulator says\n")
        .doesNotContain("differs")
        .endsWith("semihosting: ended with exit code 0\n");
  }

  private static void update(List<MatchResult> lines) throws IOException {
    String figures =
        lines.stream().map(line -> "    " + line.group(2)).collect(Collectors.joining(",\n"));
    Path file = BOARD.resolve("expected.h");
    String text = Files.readString(file);
    Files.writeString(
        file,
        text.replaceFirst("(COUNT )\\d+", "$1" + lines.size())
            .replaceFirst("(?s)\\{.*\\}", "{\n" + figures + "}"));
  }

  /** As they are flashed, with the rules that stand beside them. */
  @ParameterizedTest
  @ValueSource(strings = {"f030f4-8mhz", "f030f4-48mhz", "nucleo-f030r8-8mhz"})
  void the_files_for_boards_come_to_the_same_figures_on_their_serial_line(String name) {
    Finished run =
        Cli.run(
            "exec",
            BOARD.resolve("prebuilt/" + name + ".elf").toString(),
            "--board",
            BOARD.resolve("stm32f030.board.json").toString(),
            "--script",
            BOARD.resolve("expect.script.json").toString());

    assertThat(run.err()).isEmpty();
    assertThat(lines(run.out().replace("\r\n", "\n"))).hasSize(18);
    assertThat(run.out())
        .contains("\n18 of 18 as the simulator says")
        .doesNotContain("differs")
        .endsWith(name + ": the script is done\n");
    assertThat(run.status()).isZero();
  }

  /** Without the timer: the emulator's cycles from each BLX (3) to the instruction behind it. */
  @Test
  void the_timer_reads_what_the_emulator_counts() throws IOException {
    String printed = Cli.run("exec", ELF).out();
    JsonNode counted =
        new ObjectMapper()
            .readTree(
                Cli.run("exec", ELF, "--json", "-", "--from", "call_made", "--to", "call_returned")
                    .out())
            .at("/intervals");
    int steps = figures(printed, "steps of").get(0);
    int longestStep = figures(printed, "the longest of").get(0);
    // Three lines are no calls, all steps share one; the first call is of a BX that returns.
    int calls = 1 + lines(printed).size() - 4 + steps;
    List<Integer> timed = new ArrayList<>(figures(printed, ""));
    timed.removeAll(figures(printed, "overhead"));
    timed.remove(Integer.valueOf(steps));
    int longest = Collections.max(timed.stream().filter(cycles -> cycles < 1000).toList());
    timed.remove(Integer.valueOf(longestStep));
    int all = timed.stream().mapToInt(Integer::intValue).sum();

    assertThat(counted.at("/count").intValue()).isEqualTo(calls);
    assertThat(counted.at("/total").longValue()).isEqualTo(all + 3 + 3L * calls);
    assertThat(counted.at("/min").intValue()).isEqualTo(3 + 3);
    assertThat(counted.at("/max").intValue()).isEqualTo(longest + 3);
  }

  @Test
  void a_reading_costs_a_load_and_a_call_by_register() {
    assertThat(figures(Cli.run("exec", ELF).out(), "overhead of a reading")).containsExactly(2 + 3);
  }

  @Test
  void on_a_part_with_other_costs_it_says_which_figures_differ() {
    Finished run = Cli.run("exec", ELF, "--core", "cortex-m0plus");

    assertThat(run.out()).contains("  differs\n").doesNotContain("18 of 18");
    assertThat(run.out()).containsPattern("semihosting: ended with exit code [1-9]");
  }
}
