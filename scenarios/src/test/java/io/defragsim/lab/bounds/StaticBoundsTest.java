package io.defragsim.lab.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Bench;
import io.defragsim.lab.result.Bounds;
import io.defragsim.lab.result.Bounds.Verdict;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Worst cases of functions that somebody names. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class StaticBoundsTest {
  private static final McuConfig PART = Objects.requireNonNull(McuProfiles.all().get("cortex-m0"));
  private static final ImageReference FILE = new ImageReference.Elf(Path.of("mine.elf"));
  private static final ImageReference SHIPPED = new ImageReference.Shipped("defrag");

  private static Bounds.Function only(FirmwareImage image, String name, int budget) {
    Bounds bounds = StaticBounds.of(FILE, image, List.of(name), PART, budget);
    assertThat(bounds.functions()).hasSize(1);
    return bounds.functions().get(0);
  }

  @Test
  void a_function_of_the_library_has_a_bound_and_no_target() {
    FirmwareImage library = Bench.faulty("library");
    List<String> names =
        List.of("defrag_alloc", "defrag_free", "defrag_try_lock", "defrag_unlock", "defrag_step");
    Bounds bounds = StaticBounds.of(FILE, library, names, PART, 64);

    assertThat(bounds.functions()).extracting(Bounds.Function::name).isEqualTo(names);
    assertThat(bounds.functions())
        .allSatisfy(
            function -> {
              assertThat(function.bound()).as(function.unbounded()).isNotNull();
              assertThat(function.must()).isNull();
              assertThat(function.verdict()).isEqualTo(Verdict.HOLDS);
            });
    assertThat(bounds.masked().must()).isNull();
    assertThat(bounds.masked().function()).isEqualTo("defrag_step");
    assertThat(bounds.exitStatus()).isZero();
  }

  @Test
  void a_named_function_of_an_image_has_the_bound_and_the_target_that_it_has_among_all() {
    FirmwareImage image = Bench.defrag();
    Bounds all =
        BoundsStudy.of(
            SHIPPED,
            image,
            List.of(),
            new BoundsStudy.Options(PART, 64, 1, 0, 1),
            percent -> assertThat(percent).isPositive());
    Bounds named =
        StaticBounds.of(
            SHIPPED, image, all.functions().stream().map(Bounds.Function::name).toList(), PART, 64);

    assertThat(named.functions()).isEqualTo(all.functions());
    assertThat(named.masked()).isEqualTo(all.masked());
  }

  private static long cycles(FirmwareImage library, int budget) {
    return Objects.requireNonNull(only(library, "defrag_step", budget).bound()).cycles();
  }

  @Test
  void the_budget_is_what_loops_by_bytes_get() {
    FirmwareImage library = Bench.faulty("library");

    long few = cycles(library, 8);
    long many = cycles(library, 1024);
    assertThat(many).isGreaterThan(few + 1024 / 2);
    assertThat(only(library, "defrag_free", 8)).isEqualTo(only(library, "defrag_free", 1024));
  }

  @Test
  void a_function_without_a_bound_says_why() {
    Bounds.Function malloc = only(Bench.newlibNano(), "malloc", 64);

    assertThat(malloc.bound()).isNull();
    assertThat(malloc.unbounded()).contains("_malloc_r+0x").contains("there is no bound of it");
  }
}
