package io.defragsim.scenario.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Lab;
import io.defragsim.lab.fit.Demand;
import io.defragsim.lab.fit.Fit;
import io.defragsim.lab.fit.Scan;
import io.defragsim.lab.result.Attempt;
import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.Granule;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class ShippedScenariosRunTest {
  private static final ScenarioReader READER = new ScenarioReader(Figures.units());

  private final Map<String, RunResult> runs = new HashMap<>();

  static Stream<String> names() {
    return ScenarioLibrary.names().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  @Tag("campaign") // those that show most are run below
  void a_shipped_scenario_runs_on_the_other_image_too(String name) throws IOException {
    RunResult result = run(name, "newlib-nano");
    assertThat(result.ending()).isInstanceOf(RunEnding.Completed.class);
  }

  @ParameterizedTest
  @CsvSource({
    "swiss-cheese, defrag",
    "swiss-cheese, newlib-nano",
    "resize-buffers, defrag",
    "pinned-buffers, defrag",
    "worst-case-lock, defrag"
  })
  void strict_checks_find_nothing_and_change_nothing_but_the_note(String name, String image)
      throws IOException {
    RunResult strict =
        run(scenario(name), image, Lab.Options.standard().withStrictness(Strictness.STRICT));
    assertThat(strict)
        .usingRecursiveComparison()
        .ignoringFields("subject.strictness", "subject.notes")
        .isEqualTo(run(name, image));
    assertThat(strict.subject().strictness()).isEqualTo(Strictness.STRICT);
    String begins =
        scenario(name).interrupts().isEmpty()
            ? "strict: "
            : "strict, as every run with interrupts: ";
    assertThat(strict.subject().notes()).anyMatch(note -> note.startsWith(begins));
  }

  @ParameterizedTest
  @MethodSource("names")
  @Tag("campaign") // every instruction of every run is interpreted
  void strict_checks_find_nothing_in_any_scenario_on_either_image(String name) throws IOException {
    for (String image : List.of("defrag", "newlib-nano")) {
      strict_checks_find_nothing_and_change_nothing_but_the_note(name, image);
    }
  }

  /** How fragmented a heap is, it is asked between any two operations. */
  @ParameterizedTest
  @MethodSource("names")
  @Tag("campaign")
  void asking_a_variant_of_the_library_how_fragmented_it_is_changes_nothing(String name)
      throws IOException {
    for (String image : List.of("defrag-sliding", "defrag-os")) {
      assertThat(run(scenario(name), image, Lab.Options.standard()))
          .as(image)
          .usingRecursiveComparison()
          .ignoringFields("fragmentation", "heapAtWorst")
          .isEqualTo(run(name, image));
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
    long defrag = value(figure, run(name, "defrag"));
    long fixed = value(figure, run(name, "newlib-nano"));
    assertThat(fixed).isGreaterThan(defrag);
  }

  @Test
  void swiss_cheese_fails_an_allocation_although_enough_memory_is_free_and_only_there()
      throws IOException {
    RunResult fixed = run("swiss-cheese", "newlib-nano");
    assertThat(value("alloc.failed", fixed)).isPositive();
    assertThat(value("fragmentation.catastrophic", fixed)).isPositive();
    RunResult moving = run("swiss-cheese", "defrag");
    assertThat(value("alloc.failed", moving)).isZero();
    assertThat(value("stalls.count", moving)).isPositive();
  }

  @Test
  void worst_cases_reach_the_paths_that_they_are_for() throws IOException {
    // Compaction under way at the operation, and requests that steps served.
    assertThat(value("pauses.count", run("worst-case-free", "defrag"))).isPositive();
    assertThat(value("pauses.bytes", run("worst-case-lock", "defrag"))).isPositive();
    assertThat(value("stalls.count", run("worst-case-step", "defrag"))).isEqualTo(80);
    RunResult small = run("too-small", "defrag");
    assertThat(value("alloc.failed", small)).isPositive();
    assertThat(value("pauses.count", small)).isZero();
  }

  /** Minutes: some thousand runs a scenario. */
  @Tag("campaign")
  @ParameterizedTest
  @MethodSource("names")
  void the_search_in_strides_finds_the_smallest_pool_of_all(String name) throws IOException {
    for (String image : List.of("defrag", "newlib-nano")) {
      Scan strides = search(name, image, false);
      Scan every = search(name, image, true);
      assertThat(strides.smallest()).as(image).isEqualTo(every.smallest());
      assertThat(strides.alwaysFrom()).as(image).isEqualTo(every.alwaysFrom());
    }
  }

  private static Scan search(String name, String image, boolean every) throws IOException {
    Scenario scenario = scenario(name).withImage(new ImageReference.Shipped(image));
    Fit.Options options = new Fit.Options(8, every, 256, null, Strictness.NORMAL, known -> {});
    return Fit.search(scenario, image(scenario, image), options).least();
  }

  /** Correctness; limits are those of the scenario's own image. */
  @ParameterizedTest
  @MethodSource("names")
  @Tag("campaign")
  void a_shipped_scenario_runs_on_every_variant_of_the_library(String name) throws IOException {
    Scenario scenario = scenario(name);
    for (String image : List.of("defrag-sliding", "defrag-os")) {
      assertThat(run(name, image).ending()).as(image).isInstanceOf(RunEnding.Completed.class);
    }
    boolean small = scenario.pool().bytes() <= 4096 && scenario.pool().handles() <= 255;
    if (small) {
      assertThat(run(name, "defrag-small").ending()).isInstanceOf(RunEnding.Completed.class);
    } else {
      assertThatThrownBy(() -> Lab.check(scenario, image(scenario, "defrag-small")))
          .hasMessageContaining("defrag-small refuses a pool of this size");
    }
  }

  /** Where requests wait for compaction because holes are scattered among much that is alive. */
  @ParameterizedTest
  @CsvSource({"sensor-node, 45", "swiss-cheese, 35", "sawtooth, 35", "long-lived-pins, 55"})
  void on_fragmenting_scenarios_the_worst_request_moves_a_part_of_what_sliding_does(
      String name, int mostPercent) throws IOException {
    long aimed = value("stalls.bytes.max", run(name, "defrag"));
    long sliding = value("stalls.bytes.max", run(name, "defrag-sliding"));
    assertThat(aimed).isPositive().isLessThanOrEqualTo(sliding * mostPercent / 100);
  }

  /** What {@code fit} finds the smallest of: here only that it is no larger than that. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sensor-node",
        "swiss-cheese",
        "sawtooth",
        "growing-string",
        "long-lived-pins",
        "json-trees",
        "packet-buffers"
      })
  void a_fragmenting_scenario_is_served_whole_in_1_05_of_what_a_perfect_heap_needs(String name)
      throws IOException {
    Scenario scenario = scenario(name);
    Demand demand = Demand.of(scenario.workload());
    int handles = (int) demand.handles();
    int pool = (int) Granule.down(demand.floor(handles) * 105 / 100);
    Scenario tight =
        scenario.withMemory(
            Objects.requireNonNull(McuProfiles.all().get("cortex-m0")),
            new Scenario.Pool(pool, handles));

    assertThat(Lab.attempt(tight, image(tight, "defrag"), Strictness.NORMAL))
        .isInstanceOf(Attempt.Served.class);
  }

  @Test
  void what_the_core_alone_lacks_shows_where_it_is_needed() throws IOException {
    assertThat(value("alloc.failed", run("pinned-buffers", "defrag-os"))).isPositive();
    assertThat(value("alloc.failed", run("idle-watermark", "defrag-os"))).isPositive();
    assertThat(value("pauses.bytes", run("idle-watermark", "defrag"))).isPositive();
    assertThat(value("stalls.count", run("resize-buffers", "defrag")))
        .isLessThan(value("stalls.count", run("resize-buffers", "defrag-os")));
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void each_build_of_the_library_runs_on_every_profile(String profile) throws IOException {
    allServeAFewBlocks(ShippedImages.builds(), profile);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cortex-m0", "lpc1114"}) // one for each place of SRAM
  void each_image_to_compare_with_is_linked_for_every_part(String profile) throws IOException {
    allServeAFewBlocks(ShippedImages.toCompareWith(), profile);
  }

  private static void allServeAFewBlocks(List<String> images, String profile) throws IOException {
    String text =
        "{\"mcu\": \""
            + profile
            + "\", \"pool\": {\"size\": 1024, \"handles\": 8}, \"workload\": [{\"phase\": \"p\","
            + " \"operations\": [{\"alloc\": \"a[0..3]\", \"bytes\": 40}, {\"free\": \"a[0..3]\"}]}],"
            + " \"limits\": {\"alloc.failed\": 0}}";
    Scenario scenario = valid(READER.read(text.getBytes(StandardCharsets.UTF_8), "p", Path.of("")));
    for (String image : images) {
      RunResult result = run(scenario, image, Lab.Options.standard());
      assertThat(result.ending()).as(image).isInstanceOf(RunEnding.Completed.class);
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

  /** The run of a shipped scenario, which is made once. */
  private RunResult run(String name, String image) throws IOException {
    String key = name + " on " + image;
    RunResult run = runs.get(key);
    if (run == null) {
      Lab.Options options = Lab.Options.standard();
      boolean variant = image.startsWith("defrag-"); // its fragmentation is asked for nowhere
      run = run(scenario(name), image, variant ? options.withoutSampling() : options);
      runs.put(key, run);
    }
    return run;
  }

  private static RunResult run(Scenario scenario, String image, Lab.Options options)
      throws IOException {
    return Lab.run(
        scenario.withImage(new ImageReference.Shipped(image)), image(scenario, image), options);
  }

  private static FirmwareImage image(Scenario scenario, String image) throws IOException {
    return ShippedImages.load(new ImageReference.Shipped(image), scenario.mcu());
  }

  private static Scenario scenario(String name) {
    byte[] text = Objects.requireNonNull(ScenarioLibrary.text(name));
    return valid(READER.read(text, name, Path.of("")));
  }

  private static Scenario valid(ReadResult<Scenario> result) {
    assertThat(result).as(result.toString()).isInstanceOf(ReadResult.Valid.class);
    return ((ReadResult.Valid<Scenario>) result).value();
  }
}
