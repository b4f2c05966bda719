package io.defragsim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Strictness;
import io.defragsim.lab.Lab;
import io.defragsim.lab.result.Ending;
import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.RunResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ShippedScenariosRunTest {
  private static final ScenarioReader READER = new ScenarioReader(Figures.units());

  static Stream<String> names() {
    return ScenarioLibrary.names().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void a_shipped_scenario_holds_its_limits_on_its_own_image(String name) throws IOException {
    RunResult result = run(scenario(name), "defrag");
    assertThat(result.ending()).isInstanceOf(Ending.Completed.class);
    assertThat(result.verdicts()).isNotEmpty().allMatch(LimitVerdict::holds);
  }

  @ParameterizedTest
  @MethodSource("names")
  void a_shipped_scenario_runs_on_the_other_image_too(String name) throws IOException {
    RunResult result = run(scenario(name), "newlib-nano");
    assertThat(result.ending()).isInstanceOf(Ending.Completed.class);
  }

  @ParameterizedTest
  @MethodSource("names")
  void strict_checks_find_nothing_and_change_nothing_but_the_note(String name) throws IOException {
    for (String image : List.of("defrag", "newlib-nano")) {
      RunResult strict =
          run(scenario(name), image, Lab.Options.standard().withStrictness(Strictness.STRICT));
      assertThat(strict)
          .as(image)
          .usingRecursiveComparison()
          .ignoringFields("subject.strictness", "subject.notes")
          .isEqualTo(run(scenario(name), image));
      assertThat(strict.subject().strictness()).isEqualTo(Strictness.STRICT);
      assertThat(strict.subject().notes()).anyMatch(note -> note.startsWith("strict: "));
    }
  }

  /** What each scenario is there to show, in figures of both images. */
  @ParameterizedTest
  @CsvSource({
    "swiss-cheese, fragmentation.catastrophic",
    "sawtooth, fragmentation.catastrophic",
    "growing-string, fragmentation.catastrophic",
    "long-lived-pins, fragmentation.catastrophic",
    "sensor-node, alloc.failed",
    "worst-case-alloc, alloc.max",
    "worst-case-free, free.max",
  })
  void the_image_that_cannot_move_blocks_pays_where_the_other_does_not(String name, String figure)
      throws IOException {
    long defrag = value(figure, run(scenario(name), "defrag"));
    long fixed = value(figure, run(scenario(name), "newlib-nano"));
    assertThat(fixed).isGreaterThan(defrag);
  }

  @Test
  void swiss_cheese_fails_an_allocation_although_enough_memory_is_free_and_only_there()
      throws IOException {
    Scenario scenario = scenario("swiss-cheese");
    RunResult fixed = run(scenario, "newlib-nano");
    assertThat(value("alloc.failed", fixed)).isPositive();
    assertThat(value("fragmentation.catastrophic", fixed)).isPositive();
    RunResult moving = run(scenario, "defrag");
    assertThat(value("alloc.failed", moving)).isZero();
    assertThat(value("stalls.count", moving)).isPositive();
  }

  @Test
  void worst_cases_reach_the_paths_that_they_are_for() throws IOException {
    // Compaction under way at the operation, and requests that steps served.
    assertThat(value("pauses.count", run(scenario("worst-case-free"), "defrag"))).isPositive();
    assertThat(value("pauses.bytes", run(scenario("worst-case-lock"), "defrag"))).isPositive();
    assertThat(value("stalls.count", run(scenario("worst-case-step"), "defrag"))).isEqualTo(60);
    RunResult small = run(scenario("too-small"), "defrag");
    assertThat(value("alloc.failed", small)).isPositive();
    assertThat(value("pauses.count", small)).isZero();
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void both_images_run_on_every_profile(String profile) throws IOException {
    String text =
        "{\"mcu\": \""
            + profile
            + "\", \"pool\": {\"size\": 1024, \"handles\": 8}, \"workload\": [{\"phase\": \"p\","
            + " \"operations\": [{\"alloc\": \"a[0..7]\", \"bytes\": 40}, {\"free\": \"a[0..7]\"}]}],"
            + " \"limits\": {\"alloc.failed\": 0}}";
    Scenario scenario = valid(READER.read(text.getBytes(StandardCharsets.UTF_8), "p", Path.of("")));
    for (String image : ShippedImages.names()) {
      RunResult result = run(scenario, image);
      assertThat(result.ending()).as(image).isInstanceOf(Ending.Completed.class);
      assertThat(result.verdicts()).as(image).allMatch(LimitVerdict::holds);
    }
  }

  static List<String> profiles() {
    return List.copyOf(McuProfiles.names());
  }

  private static long value(String figure, RunResult result) {
    Figure named = Objects.requireNonNull(Figures.named(figure));
    return Objects.requireNonNull(named.value().apply(result), figure);
  }

  private static RunResult run(Scenario scenario, String image) throws IOException {
    return run(scenario, image, Lab.Options.standard());
  }

  private static RunResult run(Scenario scenario, String image, Lab.Options options)
      throws IOException {
    ImageReference reference = new ImageReference.Shipped(image);
    return Lab.run(
        scenario.withImage(reference), ShippedImages.load(reference, scenario.mcu()), options);
  }

  private static Scenario scenario(String name) {
    byte[] text = Objects.requireNonNull(ScenarioLibrary.text(name));
    return valid(READER.read(text, name, Path.of("")));
  }

  private static Scenario valid(ReadResult result) {
    assertThat(result).as(result.toString()).isInstanceOf(ReadResult.Valid.class);
    return ((ReadResult.Valid) result).scenario();
  }
}
