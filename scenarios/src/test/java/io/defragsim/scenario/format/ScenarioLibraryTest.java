package io.defragsim.scenario.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ScenarioLibraryTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("defragsim.root", ".."), "scenarios", "library");

  private final ScenarioReader reader = new ScenarioReader(Figures.units());

  @Test
  void every_shipped_scenario_is_valid_says_what_it_teaches_and_has_limits() {
    for (Scenario scenario : ScenarioLibrary.all(reader)) {
      assertThat(ScenarioLibrary.names()).contains(scenario.name());
      assertThat(scenario.description()).as(scenario.name()).hasSizeGreaterThan(80);
      assertThat(scenario.limits()).as(scenario.name()).isNotEmpty();
      assertThat(scenario.workload().countOperations()).as(scenario.name()).isPositive();
    }
  }

  @Test
  void the_library_is_the_folder_and_each_file_is_named_after_its_scenario() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<String> names =
          files
              .map(f -> f.getFileName().toString())
              .filter(name -> name.endsWith(".json"))
              .map(name -> name.replace(".json", ""))
              .sorted()
              .toList();
      assertThat(ScenarioLibrary.names()).containsExactlyInAnyOrderElementsOf(names);
    }
    for (String name : ScenarioLibrary.names()) {
      ReadResult<Scenario> result = reader.read(FOLDER.resolve(name + ".json"));
      assertThat(result).as(result.toString()).isInstanceOf(ReadResult.Valid.class);
      assertThat(((ReadResult.Valid<Scenario>) result).value().name()).isEqualTo(name);
    }
  }

  @Test
  void the_example_of_the_readme_is_valid() throws IOException {
    String readme = Files.readString(FOLDER.resolveSibling("README.md"));
    int start = readme.indexOf("```jsonc\n") + "```jsonc\n".length();
    String example = readme.substring(start, readme.indexOf("```", start));
    ReadResult<Scenario> result =
        reader.read(example.getBytes(StandardCharsets.UTF_8), "readme", FOLDER);
    assertThat(result).as(result.toString()).isInstanceOf(ReadResult.Valid.class);
  }

  @Test
  void an_unknown_name_has_no_text() {
    assertThat(ScenarioLibrary.text("../library/sawtooth")).isNull();
  }
}
