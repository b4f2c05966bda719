package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.defragsim.command.Cli.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  private static final Pattern LINE =
      Pattern.compile("(?m)^(.{46}) *(\\d+) +(\\d+)(  differs)?$");

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
    assertThat(lines).hasSize(19);
    assertThat(run.out())
        .contains("\n19 of 19 as the simulator says\n")
        .doesNotContain("differs")
        .endsWith("semihosting: ended with exit code 0\n");
  }

  private static void update(List<MatchResult> lines) throws IOException {
    String figures = lines.stream().map(line -> line.group(2)).collect(Collectors.joining(", "));
    Path file = BOARD.resolve("expected.h");
    String comment = Files.readAllLines(file).get(0);
    Files.writeString(
        file,
        """
        %s
        #include <stdint.h>

        #define EXPECTED_COUNT %dU
        static const uint32_t expected_cycles[EXPECTED_COUNT] = {
            %s};
        """
            .formatted(comment, lines.size(), figures.replaceAll("((\\d+, ){8})", "$1\n            ").replace(" \n", "\n")));
  }

  /** Without the timer: the cycles from a function's first instruction to the one behind the call. */
  @ParameterizedTest
  @CsvSource({
    "image_alloc, alloc",
    "image_free, free",
    "image_lock, lock",
    "image_unlock, unlock",
    "image_resize, resize",
  })
  void the_timer_reads_what_the_emulator_counts(String function, String what) throws IOException {
    List<Integer> timed = figures(Cli.run("exec", ELF).out(), what);
    JsonNode run =
        new ObjectMapper()
            .readTree(
                Cli.run("exec", ELF, "--json", "-", "--from", function, "--to", "call_returned")
                    .out());
    List<Integer> counted = new ArrayList<>();
    StreamSupport.stream(run.at("/intervals/each").spliterator(), false)
        .forEach(cycles -> counted.add(cycles.intValue()));

    assertThat(timed).isNotEmpty();
    assertThat(counted).containsAll(timed);
  }

  @Test
  void a_reading_costs_a_load_and_a_call_by_register() {
    assertThat(figures(Cli.run("exec", ELF).out(), "overhead of a reading")).containsExactly(2 + 3);
  }

  @Test
  void on_a_part_with_other_costs_it_says_which_figures_differ() {
    Finished run = Cli.run("exec", ELF, "--core", "cortex-m0plus");

    assertThat(run.out()).contains("  differs\n").doesNotContain("19 of 19");
    assertThat(run.out()).containsPattern("semihosting: ended with exit code [1-9]");
  }
}
