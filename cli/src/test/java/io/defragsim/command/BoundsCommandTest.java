package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.defragsim.command.Cli.Finished;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
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

  private static Set<ValidationMessage> problems(JsonNode json) throws IOException {
    return JsonSchemaFactory.getInstance(VersionFlag.V202012)
        .getSchema(Files.readString(SCHEMA))
        .validate(json);
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
  void an_image_to_compare_with_has_no_target_and_the_json_follows_its_schema() throws IOException {
    Path file = folder.resolve("bounds.json");
    Finished run = Cli.run("bounds", "newlib-nano", "--effort", "0", "--json", file.toString());
    JsonNode json = new ObjectMapper().readTree(Files.readString(file));

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .doesNotContain("target", "stretch")
        .containsPattern("\n +static bound +seen +seen in\n")
        .containsPattern("image_alloc +- +[\\d,]+ +no bound")
        .containsPattern("image_lock +\\d+ +\\d+ +holds")
        .contains("image_alloc has no static bound: _malloc_r+0x")
        .contains("newlib-nano: no call took longer than its static bound, but not all have one\n");
    assertThat(problems(json)).isEmpty();
    assertThat(json.at("/exitStatus").intValue()).isZero();
    assertThat(json.at("/functions/0/target").isNull()).isTrue();
    assertThat(json.at("/functions/0/staticBound").isNull()).isTrue();
    assertThat(json.at("/functions/0/unbounded").textValue()).contains("_malloc_r+0x");
    assertThat(json.at("/functions/0/verdict").textValue()).isEqualTo("no-bound");
    assertThat(json.at("/functions/2/verdict").textValue()).isEqualTo("holds");
    assertThat(json.at("/byBytes/0/target").isNull()).isTrue();
  }

  @Test
  void named_functions_have_their_bounds_from_entry_to_return_and_nothing_runs() {
    Finished run =
        Cli.run(
            "bounds",
            image("library"),
            "--function",
            "bin_insert",
            "--function",
            "copy_down",
            "--budget",
            "1 KiB",
            "--path",
            "copy_down");

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("cycles from entry to return, of a call with 1,024 bytes")
        .containsPattern("static bound +stack +target\n")
        .containsPattern("bin_insert +\\d+ +20 +-\n")
        .containsPattern("copy_down +\\d+ +16 +-\n")
        .containsPattern("interrupts masked +0 +- +-\n")
        .containsPattern("\\n +32 +\\d+ +\\d+ +copy_down\\+0x")
        .contains("library: no call takes longer than these static bounds")
        .doesNotContain("runs ", "seen");
  }

  @Test
  void a_named_function_of_the_contract_is_held_against_its_target() {
    Finished slow = Cli.run("bounds", image("slower-free"), "--function", "image_alloc");
    Finished shipped = Cli.run("bounds", "defrag-os", "--function", "image_alloc");

    assertThat(slow.status()).isZero();
    assertThat(slow.out()).containsPattern("image_alloc +\\d+ +\\d+ +400 +holds");
    assertThat(shipped.status()).isZero();
    assertThat(shipped.out()).containsPattern("image_alloc +(\\d+) +\\d+ +\\1 +holds");
  }

  @Test
  void a_named_function_of_an_image_to_compare_with_has_a_bound_if_its_loops_have_and_no_target() {
    Finished run = Cli.run("bounds", "fixed-blocks", "--function", "image_alloc");

    assertThat(run.status()).isZero();
    assertThat(run.out()).containsPattern("image_alloc +\\d+ +\\d+ +-\n");
  }

  @Test
  void a_name_that_two_functions_have_is_refused_with_their_addresses() throws IOException {
    Path file = Path.of(image("library"));
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    Files.writeString(
        file, text.replace("defrag_walk\0", "defrag_step\0"), StandardCharsets.ISO_8859_1);
    Finished run = Cli.run("bounds", file.toString(), "--function", "defrag_step");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .containsPattern(
            "library has several functions \"defrag_step\", at 0x0800\\w{4}, 0x0800\\w{4}\n");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void the_json_of_named_functions_follows_the_same_schema() throws IOException {
    Finished run =
        Cli.run("bounds", image("library"), "--function", "defrag_try_lock", "--json", "-");
    JsonNode json = new ObjectMapper().readTree(run.out());

    assertThat(problems(json)).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(json.at("/functions").size()).isEqualTo(1);
    assertThat(json.at("/functions/0/name").textValue()).isEqualTo("defrag_try_lock");
    assertThat(json.at("/functions/0/staticBound").longValue()).isBetween(20L, 100L);
    assertThat(json.at("/functions/0/target").isNull()).isTrue();
    assertThat(json.at("/masked/target").isNull()).isTrue();
    assertThat(json.at("/scenarios").intValue()).isZero();
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
        "bounds --function defrag_alloc | no function \"defrag_alloc\" in defrag; a function that",
        "bounds --function image_aloc | in defrag; did you mean \"image_alloc\"?",
        "bounds --function image_walk --path image_alloc | is not named by --function",
        "bounds --function image_alloc --seed 2 | --function: nothing runs, so there is nothing for",
        "bounds newlib-nano --function malloc | malloc has no static bound: _malloc_r+0x",
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
