package io.defragsim.lab.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.bound.FunctionBound;
import io.defragsim.emulator.bound.LoopBoundChecker;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Bench;
import io.defragsim.lab.Lab;
import io.defragsim.lab.result.Bounds;
import io.defragsim.lab.result.Bounds.Verdict;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.WorstCase;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.format.ScenarioWriter;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Worst cases, of images where they are known and of the shipped ones. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class BoundsStudyTest {
  private static final McuConfig PART = Objects.requireNonNull(McuProfiles.all().get("cortex-m0"));
  private static final List<String> VARIANTS =
      List.of("defrag", "defrag-sliding", "defrag-small", "defrag-os");
  private static final ScenarioReader READER = new ScenarioReader(Figures.units());

  private static Bounds study(
      FirmwareImage image, List<Scenario> library, int effort, int threads) {
    return study(new ImageReference.Shipped(image.name()), image, library, effort, threads);
  }

  private static Bounds study(
      ImageReference reference,
      FirmwareImage image,
      List<Scenario> library,
      int effort,
      int threads) {
    return BoundsStudy.of(
        reference,
        image,
        library,
        new BoundsStudy.Options(PART, 64, 1, effort, threads),
        percent -> assertThat(percent).isBetween(0L, 100L));
  }

  private static FirmwareImage shipped(String name) throws IOException {
    return ShippedImages.load(new ImageReference.Shipped(name), PART);
  }

  @Test
  void the_search_finds_the_worst_case_that_is_known() {
    Bounds bounds = study(Bench.faulty("bounded"), List.of(), 2000, 2);

    // The last of sixteen slots is taken: 15 times 9 cycles and the way in and out.
    assertThat(bounds.functions())
        .allSatisfy(
            function -> {
              assertThat(function.verdict()).isEqualTo(Verdict.HOLDS);
              assertThat(function.bound()).isNotNull();
              assertThat(function.seen()).isNotNull();
              assertThat(function.seen().cycles()).isEqualTo(function.bound().cycles());
            });
    assertThat(bounds.loops()).noneMatch(LoopBoundChecker.Seen::exceeded);
    assertThat(bounds.masked().bound()).isNotNull();
    assertThat(bounds.masked().bound().cycles()).isEqualTo(9);
    assertThat(bounds.exitStatus()).isZero();
  }

  @Test
  void a_bound_that_is_too_small_is_found_out() {
    Bounds bounds = study(Bench.faulty("wrong-bound"), List.of(), 1000, 2);

    assertThat(bounds.functions().get(0).verdict()).isEqualTo(Verdict.ABOVE_BOUND);
    assertThat(bounds.exceededLoops())
        .singleElement()
        .satisfies(
            loop -> {
              assertThat(loop.most()).isEqualTo(8);
              assertThat(loop.runs()).isGreaterThan(8);
              assertThat(loop.header().function()).isEqualTo("image_alloc");
            });
    assertThat(bounds.exitStatus()).isEqualTo(3);
  }

  /** What a search on the shipped allocator finds, by two threads. */
  private static final class Found {
    static final Bounds BOUNDS = study(Bench.defrag(), List.of(), 60, 2);
  }

  @Test
  void the_same_seed_finds_the_same_whatever_the_threads() {
    assertThat(study(Bench.defrag(), List.of(), 60, 1)).isEqualTo(Found.BOUNDS);
  }

  @Test
  void a_scenario_that_is_written_keeps_the_wait_states_of_its_part() {
    Scenario scenario = Found.BOUNDS.found().get(0).scenario();
    McuConfig part = scenario.mcu().withWaitStates(1);
    String text = ScenarioWriter.text(scenario.withMcu(part));
    ReadResult<Scenario> read =
        READER.read(text.getBytes(StandardCharsets.UTF_8), "found", Path.of(""));

    assertThat(read).as(text).isInstanceOf(ReadResult.Valid.class);
    assertThat(((ReadResult.Valid<Scenario>) read).value().mcu()).isEqualTo(part);
  }

  @Test
  void what_the_search_found_is_a_scenario_whose_run_has_that_call() {
    for (WorstCase worst : Found.BOUNDS.found()) {
      String text = ScenarioWriter.text(worst.scenario());
      ReadResult<Scenario> read =
          READER.read(text.getBytes(StandardCharsets.UTF_8), "found", Path.of(""));

      assertThat(read).as(text).isInstanceOf(ReadResult.Valid.class);
      Scenario scenario = ((ReadResult.Valid<Scenario>) read).value();
      assertThat(scenario)
          .usingRecursiveComparison()
          .ignoringFields("limits") // they know where they stand
          .isEqualTo(worst.scenario());
      assertThat(Lab.run(scenario, Bench.defrag()).exitStatus()).as(text).isZero();
    }
  }

  @Test
  void no_call_of_a_shipped_image_exceeds_its_static_bound() throws IOException {
    Set<String> some = Set.of("swiss-cheese", "resize-buffers", "pinned-buffers", "too-small");
    noneExceedsItsBound(
        List.of("defrag", "newlib-nano"),
        ScenarioLibrary.all(READER).stream().filter(one -> some.contains(one.name())).toList(),
        20);
  }

  @Test
  @Tag("campaign")
  void nor_does_one_in_any_shipped_scenario_and_a_longer_search() throws IOException {
    noneExceedsItsBound(ShippedImages.names(), ScenarioLibrary.all(READER), 100);
  }

  private static void noneExceedsItsBound(List<String> images, List<Scenario> scenarios, int effort)
      throws IOException {
    for (String name : images) {
      Bounds bounds = study(shipped(name), scenarios, effort, 2);

      assertThat(bounds.broken()).as(name).isNull();
      if (!name.equals("defrag-small")) { // its pools end at 4 KiB
        assertThat(bounds.scenarios()).as(name).isEqualTo(scenarios.size());
      }
      assertThat(bounds.functions())
          .as("%s: %s", name, bounds.functions())
          .noneMatch(function -> function.verdict() == Verdict.ABOVE_BOUND);
      assertThat(bounds.masked().verdict())
          .as("%s: %s", name, bounds.masked())
          .isNotEqualTo(Verdict.ABOVE_BOUND);
      assertThat(bounds.exceededLoops()).as(name).isEmpty();
    }
  }

  @Test
  void each_shipped_build_keeps_its_own_targets_on_every_heap() throws IOException {
    for (String name : VARIANTS) {
      Bounds bounds = study(shipped(name), List.of(), 0, 1);

      assertThat(bounds.functions())
          .as(name)
          .allSatisfy(
              function -> {
                assertThat(function.unbounded()).isNull();
                assertThat(function.verdict()).isEqualTo(Verdict.HOLDS);
              });
      assertThat(bounds.byBytes())
          .as(name)
          .allSatisfy(entry -> assertThat(entry.verdict()).isEqualTo(Verdict.HOLDS));
      assertThat(bounds.masked().verdict()).as(name).isEqualTo(Verdict.HOLDS);
      assertThat(bounds.exitStatus()).as(name).isZero();
    }
  }

  @Test
  void no_target_of_a_shipped_build_is_far_above_its_bound() throws IOException {
    for (String name : VARIANTS) {
      Bounds bounds = study(shipped(name), List.of(), 0, 1);

      assertThat(bounds.functions())
          .as(name)
          .allSatisfy(
              function -> {
                assertThat(function.must()).isLessThanOrEqualTo(room(function.bound()));
                assertThat(function.stretch()).isLessThanOrEqualTo(function.must());
              });
      assertThat(bounds.byBytes())
          .as(name)
          .isNotEmpty()
          .allSatisfy(
              entry -> {
                assertThat(entry.must()).isLessThanOrEqualTo(room(entry.bound()));
                assertThat(entry.stretch()).isLessThanOrEqualTo(entry.must());
              });
    }
  }

  /** A twentieth more. */
  private static long room(@Nullable FunctionBound bound) {
    return room(bound == null ? null : bound.cycles());
  }

  private static long room(@Nullable Long bound) {
    return bound == null ? 0 : bound + bound / 20;
  }

  @Test
  void an_image_to_compare_with_is_held_against_its_bounds_alone() throws IOException {
    for (String bounded : List.of("buddy", "tlsf", "half-fit", "fixed-blocks")) {
      Bounds bounds = study(shipped(bounded), List.of(), 0, 1);

      assertThat(bounds.haveTargets()).as(bounded).isFalse();
      assertThat(bounds.masked().must()).as(bounded).isNull();
      assertThat(bounds.functions())
          .as(bounded)
          .allMatch(function -> function.verdict() == Verdict.HOLDS);
    }
    Bounds unbounded = study(shipped("sliding-handles"), List.of(), 0, 1);
    assertThat(unbounded.functions())
        .filteredOn(function -> function.verdict() == Verdict.NO_BOUND)
        .extracting(Bounds.Function::name)
        .containsExactly("image_free", "image_unlock");
    assertThat(unbounded.exitStatus()).isZero();
    assertThat(study(shipped("newlib-nano"), List.of(), 0, 1).exitStatus()).isZero();
  }

  @Test
  void a_file_has_the_targets_of_all_files_also_one_that_is_called_as_a_shipped_image_is() {
    ImageReference file = new ImageReference.Elf(Path.of("defrag.elf"));
    Bounds bounds = study(file, Bench.defrag(), List.of(), 0, 1);

    assertThat(bounds.functions())
        .extracting(Bounds.Function::must)
        .containsExactly(400L, 400L, 45L, 55L, 500L + 64, 400L, 1300L + 64);
    assertThat(bounds.byBytes())
        .filteredOn(entry -> entry.function().equals("image_step"))
        .extracting(Bounds.ByBytes::must)
        .containsExactly(508L, 564L, 756L, 1524L);
    assertThat(bounds.masked().must()).isEqualTo(40);
  }
}
