package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.defragsim.command.Cli.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class BoundsCommandTest {
  private static final Path SCHEMA =
      Path.of(
          System.getProperty("defragsim.root"),
          "cli/src/main/resources/io/defragsim/report/bounds.schema.json");

  @TempDir Path folder;

  private String image(String name) {
    return new TestScenarios(folder).faulty(name);
  }

  @Test
  void the_table_has_targets_bounds_and_what_was_seen_and_the_path_says_why() {
    Finished run = Cli.run("bounds", image("bounded"), "--effort", "50", "--path", "image_step");

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .containsPattern("target +stretch +static bound +seen")
        .containsPattern("image_free +400 +300 +20 +20 +holds")
        .containsPattern("image_step +564 +398 +75 +75 +holds")
        .containsPattern("interrupts masked +40 +20 +9 +9 +holds")
        .containsPattern("image_step +1,024 +1,524 +1,118 +855 +75 +holds")
        .contains("The longest way through image_step: 75 cycles, 0 bytes of stack")
        .containsPattern("3 +13 +39 +image_step\\+0x22 \\(0x0800019a\\) +7 +bne 0x0800019a")
        .contains("bounded: all worst cases are within their targets");
  }

  @Test
  void a_bound_above_its_target_fails() {
    // With such a budget, 1,024 bytes are cleared at most: more is refused.
    Finished run = Cli.run("bounds", image("wrong-bound"), "--effort", "1000", "--budget", "8");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out())
        .contains("ABOVE BOUND")
        .contains("MORE THAN ITS BOUND")
        .contains("a loop ran more often than its bound says");
  }

  @Test
  void an_image_that_breaks_is_told() {
    Finished run = Cli.run("bounds", image("reads-unmapped"), "--effort", "0");

    assertThat(run.status()).isEqualTo(4);
    assertThat(run.out()).contains("the image broke in scenario sensor-node: FAULT");
  }

  @Test
  @Tag("campaign") // 50 million cycles, one by one
  void an_image_that_hangs_is_told() {
    Finished run = Cli.run("bounds", image("hangs-in-alloc"), "--effort", "0");

    assertThat(run.status()).isEqualTo(5);
    assertThat(run.out())
        .contains("image_alloc has no static bound: image_alloc+0x")
        .contains("the image broke in scenario sensor-node: BUDGET EXHAUSTED");
  }

  @Test
  void the_json_follows_its_schema() throws IOException {
    Path file = folder.resolve("bounds.json");
    Finished run = Cli.run("bounds", "newlib-nano", "--effort", "0", "--json", file.toString());
    JsonNode json = new ObjectMapper().readTree(Files.readString(file));

    assertThat(
            JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(Files.readString(SCHEMA))
                .validate(json))
        .isEmpty();
    assertThat(run.status()).isEqualTo(3);
    assertThat(json.at("/exitStatus").intValue()).isEqualTo(3);
    assertThat(json.at("/functions/0/staticBound").isNull()).isTrue();
    assertThat(json.at("/functions/0/unbounded").textValue()).contains("_malloc_r+0x");
    assertThat(json.at("/functions/2/verdict").textValue()).isEqualTo("holds");
  }

  @Test
  void what_the_search_found_can_be_run() throws IOException {
    Path found = folder.resolve("found");
    Finished run =
        Cli.run("bounds", image("bounded"), "--effort", "200", "--worst", found.toString());

    assertThat(run.status()).isZero();
    try (Stream<Path> files = Files.list(found)) {
      String[] command =
          Stream.concat(Stream.of("run", "--quiet"), files.map(Path::toString).sorted())
              .toArray(String[]::new);
      assertThat(command).hasSize(2 + 5);
      Finished again = Cli.run(command);
      assertThat(again.status()).as(again.out()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bounds no-such.elf | no-such.elf: no such file",
        "bounds defrog | no image is called \"defrog\"",
        "bounds --budget 0 | a step moves from 1 byte",
        "bounds --budget many | --budget:",
        "bounds --effort -1 | --effort: -1 is below 0",
        "bounds --mul 2 | 1 or 32 cycles",
        "bounds --core cortex-m3 | is no core",
        "bounds --path image_fry --effort 0 | image_free",
      })
  void mistakes_are_told(String command, String message) {
    Finished run = Cli.run(command.split(" "));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(message);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void an_image_without_an_allocator_is_refused() {
    Finished run = Cli.run("bounds", image("no-contract"));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("no-contract is no allocator image: it has no image_contract");
  }
}
