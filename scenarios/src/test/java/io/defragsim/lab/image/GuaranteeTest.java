package io.defragsim.lab.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Bench;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the shipped images say of the proof, held against numbers and against what they do. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class GuaranteeTest {
  private static final String IMAGES =
      """
      defrag, 4, 10, 4
      defrag-sliding, 4, 10, 0
      defrag-small, 2, 10, 4
      defrag-os, 4, 8, 4
      """;
  private static final int BLOCKED = -3;

  private static Guarantee of(FirmwareImage image) {
    return Objects.requireNonNull(ImageContract.of(image).guarantee());
  }

  /** Whoever has to change a number here has the proof to do again. */
  @ParameterizedTest
  @CsvSource(textBlock = IMAGES)
  void an_image_of_the_library_has_the_constants_of_its_proof(
      String name, int entry, int visits, int passes) {
    assertThat(of(Bench.shipped(name)))
        .isEqualTo(new Guarantee(8, 4, entry, visits, passes, 8, null, 3, 8, 8191));
  }

  @Test
  void another_allocator_has_none() {
    assertThat(ImageContract.of(Bench.newlibNano()).guarantee()).isNull();
  }

  @Test
  void patience_goes_by_the_pool_or_is_fixed() {
    Guarantee byPool = of(Bench.defrag());
    assertThat(byPool.patience(791, 440)).isEqualTo(98 + 3 * 395 + 8);
    assertThat(byPool.patience(20, 4)).isEqualTo(2 + 3 * 4 + 8);
    assertThat(byPool.patience(16383, 16383)).isEqualTo(8191);
    assertThat(of(Bench.faulty("lies")).patience(791, 440)).isEqualTo(32);
  }

  /** Locked blocks with a hole between any two: a pass is nothing but looks at headers. */
  @ParameterizedTest
  @CsvSource(textBlock = IMAGES)
  void an_image_counts_as_it_says(String name, int entry, int visits, int passes) {
    FirmwareImage image = Bench.shipped(name);
    Guarantee guarantee = of(image);
    int handles = 60;
    int granules = handles;
    int table = entry * handles;
    try (Mcu mcu = Mcu.create(Bench.PART, image, Strictness.NORMAL, List.of())) {
      mcu.reset(1_000_000);
      mcu.reserveStack(512);
      int pool = (int) (image.sramUsedEnd(Bench.PART.sramBase()) + 7) / 8 * 8;
      int bytes = (table + 7) / 8 * 8 + guarantee.granule() * (granules + 1);
      assertThat(call(mcu, "init", pool, bytes, handles)).isZero();
      int free = guarantee.granule() * granules - guarantee.header();
      assertThat(call(mcu, "free_bytes")).isEqualTo(free);
      int[] blocks = new int[handles];
      for (int i = 0; i < handles; i++) {
        blocks[i] = call(mcu, "alloc", 1);
        assertThat(blocks[i]).isPositive();
      }
      for (int i = 0; i < handles; i += 2) {
        assertThat(call(mcu, "lock", blocks[i])).isPositive();
        assertThat(call(mcu, "free", blocks[i + 1])).isZero();
      }
      call(mcu, "alloc", 8);
      int looks = 0;
      int answer;
      while ((answer = call(mcu, "step", 64)) == 1) {
        looks++;
      }
      assertThat(answer).isEqualTo(BLOCKED);
      // sliding stops at each hole, once more at the locked block above it, and at the end
      int expected =
          passes == 0 ? handles + 1 : (handles + guarantee.visits() - 1) / guarantee.visits();
      assertThat(looks).isEqualTo(expected);
    }
  }

  private static int call(Mcu mcu, String function, int... arguments) {
    Outcome outcome =
        mcu.call(mcu.image().function("image_" + function).orElseThrow(), 1_000_000, arguments);
    assertThat(outcome).as(function).isInstanceOf(Outcome.Returned.class);
    return ((Outcome.Returned) outcome).value();
  }
}
