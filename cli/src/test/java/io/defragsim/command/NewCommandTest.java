package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.defragsim.command.Cli.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class NewCommandTest {

  @TempDir Path folder;

  static Stream<String> profiles() {
    return io.defragsim.scenario.McuProfiles.names().stream();
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void a_new_scenario_runs_as_it_is_on_every_part(String mcu) {
    String my = folder.resolve("my").toString();

    assertThat(Cli.run("new", my, "--mcu", mcu).status()).isZero();
    Finished run = Cli.run("run", my + ".json");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).startsWith("my ").contains("all 3 limits hold", "Defrag pauses\n  count");
    assertThat(run.status()).isZero();
  }

  @Test
  void it_follows_the_schema_that_is_written_beside_it() throws IOException {
    Cli.run("new", folder.resolve("my").toString());

    var tree =
        JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .build()
            .readTree(folder.resolve("my.json").toFile());
    Path schema = folder.resolve(tree.path("$schema").asText());
    assertThat(Files.readString(schema)).isEqualTo(Cli.run("schema", "scenario").out());
    assertThat(
            JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(Files.readString(schema))
                .validate(tree))
        .isEmpty();
  }

  @Test
  void every_key_that_a_scenario_can_have_is_explained_or_shown() throws IOException {
    String text = Cli.run("new", "-").out();
    var keys =
        new com.fasterxml.jackson.databind.ObjectMapper()
            .readTree(Cli.run("schema", "scenario").out())
            .path("properties")
            .fieldNames();
    while (keys.hasNext()) {
      String key = keys.next();
      if (!List.of("callBudget", "handlerBudget").contains(key)) {
        assertThat(text).contains("\"" + key + "\":");
      }
    }
  }

  @Test
  void what_exists_is_never_overwritten() throws IOException {
    Path file = Files.writeString(folder.resolve("my.json"), "mine");
    Path schema = Files.writeString(folder.resolve("scenario.schema.json"), "mine, too");

    Finished again = Cli.run("new", folder.resolve("my").toString());
    assertThat(again.status()).isEqualTo(1);
    assertThat(again.err())
        .isEqualTo("defrag-sim: cannot write " + file + ": it exists, and new never overwrites\n");
    assertThat(file).hasContent("mine");
    assertThat(Cli.run("new", folder.resolve("other.json").toString()).status()).isZero();
    assertThat(schema).hasContent("mine, too");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a \"quoted\" name", "back\\slash", "a space", "ümläut", "@MCU@"})
  void a_name_may_have_any_character_that_a_file_may(String name) {
    String my = folder.resolve(name).toString();

    assertThat(Cli.run("new", my).status()).isZero();
    assertThat(Cli.run("run", my + ".json", "--quiet").out()).startsWith(name + " on defrag: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          new                             | NAME is missing
          new x --mcu stm32f030f5         | --mcu: 'stm32f030f5' is no MCU profile; did you mean "stm32f030f4"?
          new x --allocator newlib        | --allocator: 'newlib' is no image; did you mean "newlib-nano"?
          """)
  void wrong_usage_is_status_2(String line, String message) {
    Finished run = Cli.run(line.split(" "));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(message);
  }

  @Test
  void a_folder_that_is_not_there_is_status_1() {
    Finished run = Cli.run("new", folder.resolve("none/my").toString());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("cannot write").contains("there is no such directory");
  }

  @Test
  void an_image_of_ones_own_is_named_as_it_is() {
    assertThat(Cli.run("new", "-", "--allocator", "./my.elf").out())
        .contains("\"image\": \"./my.elf\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"scenario", "report", "baseline", "bounds", "fit", "execution"})
  void schemas_are_printed(String name) throws IOException {
    Finished run = Cli.run("schema", name);
    assertThat(run.status()).isZero();
    assertThat(
            new com.fasterxml.jackson.databind.ObjectMapper()
                .readTree(run.out())
                .path("$id")
                .asText())
        .startsWith("urn:defrag-sim:" + name + ":");
  }

  @Test
  void a_schema_that_is_not_there_is_status_2_with_the_nearest() {
    Finished run = Cli.run("schema", "scenarios");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("there is no schema 'scenarios'; did you mean \"scenario\"?");
  }

  @Test
  void a_lone_dash_is_an_ordinary_name_to_other_commands() {
    Finished run = Cli.run("run", "-");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).startsWith("-: no such file").doesNotContain("Exception");
  }
}
