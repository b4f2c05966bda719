package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.defragsim.command.Cli.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code guarantee}, by what a user sees of it. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class GuaranteeCommandTest {
  private static final String EXAMPLE =
      "guarantee --alive 13631 --blocks 64 --largest 1024 --smallest 16 --locked 2";

  @TempDir Path folder;

  @Test
  void a_contract_is_certified_and_others_are_cited() {
    Finished run = run(EXAMPLE + " --calls 4");

    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .containsPattern("every request is served in +16,384 +16,640  certified")
        .contains("1,024 bytes are asked for while 2 locked blocks leave")
        .contains("8 bytes less are not enough")
        .containsPattern("any that does not move +25,856  needs at least that +cited: Robson 1974")
        .containsPattern(
            "with 4 other calls a step +823 +1,[0-9]{3},[0-9]{3} +[0-9.]+ ms +certified")
        .contains("at most 17 steps: 1,024 bytes, 64 a step")
        .contains("defrag: certified: a pool of 16,384 bytes serves every request\n")
        .doesNotContain("found");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --pool 16384                   | 0 | the pool of 16,384 bytes serves every request
          --pool 16400                   | 0 | every request; 16 fewer would do, too
          --pool 16376                   | 3 | the pool of 16,376 bytes is 8 bytes too small
          --pool 16384 --longest-wait 1  | 3 | above the limit of 0.02 µs
          --longest-wait 1s              | 0 | , limit 1.00 s
          --longest-wait 20ms            | 0 | , limit 20.00 ms
          --longest-wait 20ms --larger 3 | 3 | , above the limit of 20.00 ms
          --allocator defrag-sliding     | 0 | image     defrag-sliding
          --allocator defrag-os          | 0 | this image cannot
          """)
  void pool_and_wait_are_gates(String options, int status, String says) {
    Finished run = run(EXAMPLE + " " + options);

    assertThat(run.status()).isEqualTo(status);
    assertThat(run.out()).contains(says);
  }

  @Test
  void the_contract_of_a_scenario_is_counted_and_its_run_found() {
    Finished run = run("guarantee sensor-node");

    // Its pool is no gate, though it is smaller than the certified one.
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("counted from the scenario")
        .containsPattern("longest stall, steps +13 +[0-9]+ ")
        .contains("sensor-node");
  }

  @Test
  void an_option_goes_before_what_was_counted() {
    JsonNode counted = json("guarantee sensor-node");
    JsonNode changed = json("guarantee sensor-node --locked 0");

    assertThat(counted.at("/contract/locked").intValue()).isPositive();
    assertThat(changed.at("/contract/locked").intValue()).isZero();
    assertThat(changed.at("/contract/alive")).isEqualTo(counted.at("/contract/alive"));
    assertThat(changed.at("/memory/pool").longValue())
        .isLessThan(counted.at("/memory/pool").longValue());
    assertThat(changed.at("/memory/oneLockLess").isNull()).isTrue();
  }

  @Test
  void a_scenario_that_never_steps_is_told_that_it_is_promised_nothing() {
    Finished run = run("guarantee scenarios/course/02-holes.json");

    assertThat(run.out().replaceAll("\\s+", " ")).contains("only who does so is promised anything");
  }

  @Test
  void a_recording_is_certified_for_the_library_and_asked_for_its_locks() {
    assertThat(run("guarantee scenarios/course/12-record.json").err())
        .contains("--allocator defrag certifies");
    Finished run = run("guarantee scenarios/course/12-record.json --allocator defrag");
    assertThat(run.out().replaceAll("\\s+", " ")).contains("--locked says how many");
  }

  @Test
  void resizes_count_among_the_other_calls_where_the_scenario_has_some() {
    long without = json("guarantee sensor-node").at("/waits/otherCall").longValue();
    long with = json("guarantee resize-buffers").at("/waits/otherCall").longValue();

    assertThat(with).isGreaterThan(2 * without);
  }

  @Test
  void a_pool_that_the_part_has_no_room_for_is_noted() {
    assertThat(run(EXAMPLE + " --mcu stm32f030f4").out().replaceAll("\\s+", " "))
        .contains("the pool with its table has more bytes than the SRAM of the part");
  }

  @Test
  void the_document_follows_its_schema() throws IOException {
    String schema = run("schema guarantee").out();
    Path file = folder.resolve("guarantee.json");
    run("guarantee sensor-node --json " + file);

    assertThat(
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(schema)
                .validate(new ObjectMapper().readTree(file.toFile())))
        .isEmpty();
  }

  @Test
  void the_summary_of_a_job_has_the_outcomes_first() throws IOException {
    Path file = folder.resolve("guarantee.md");
    Finished run = run(EXAMPLE + " --pool 16000 --markdown " + file);

    assertThat(run.status()).isEqualTo(3);
    assertThat(Files.readString(file))
        .startsWith("### ❌ Guarantee: defrag: not certified")
        .contains("| every request is served in | 16,384 |");
  }

  private JsonNode json(String line) {
    try {
      return new ObjectMapper().readTree(run(line + " --json -").out());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Finished run(String line) {
    List<String> words = new ArrayList<>(List.of(line.split(" +")));
    return Cli.run(words.toArray(String[]::new));
  }
}
