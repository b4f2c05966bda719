package io.defragsim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.workload.Variate.Choice;
import io.defragsim.workload.Variate.Constant;
import io.defragsim.workload.Variate.Geometric;
import io.defragsim.workload.Variate.Uniform;
import io.defragsim.workload.Variate.Weighted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class VariateTest {
  private static final int SAMPLES = 200_000;

  /** The first outputs for seed 0, as published for SplitMix64. */
  @Test
  void the_generator_is_splitmix64() {
    SplitMix64 random = new SplitMix64(0);
    assertThat(random.next()).isEqualTo(0xE220A8397B1DCDAFL);
    assertThat(random.next()).isEqualTo(0x6E789E6AA1B965F4L);
    assertThat(random.next()).isEqualTo(0x06C45D188009454FL);
  }

  @Test
  void a_uniform_draw_gives_every_value_equally_often() {
    int[] seen = new int[10];
    for (long value : draw(new Uniform(5, 14), 1)) {
      seen[(int) value - 5]++;
    }
    for (int count : seen) {
      // Five standard deviations of a binomial count.
      assertThat(count).isBetween(SAMPLES / 10 - 671, SAMPLES / 10 + 671);
    }
  }

  @Test
  void a_uniform_draw_over_a_bound_that_is_no_power_of_two_is_not_biased() {
    // Of 3 * 2^61 values the lower third would be hit twice as often by a plain remainder.
    SplitMix64 random = new SplitMix64(2);
    long bound = 3L << 61;
    int low = 0;
    for (int i = 0; i < SAMPLES; i++) {
      low += random.below(bound) < bound / 3 ? 1 : 0;
    }
    assertThat(low).isBetween(SAMPLES / 3 - 1060, SAMPLES / 3 + 1060);
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "30, 1", "64, 16", "1000, 1", "1000000, 1"})
  void a_geometric_draw_has_its_mean_and_its_median(long mean, long min) {
    List<Long> values = draw(new Geometric(mean, min, Variate.LARGEST), 3);
    double average = values.stream().mapToLong(v -> v).average().orElseThrow();
    assertThat(average).isBetween(min + (mean - min) * 0.97, min + (mean - min) * 1.07);
    long median = values.stream().sorted().skip(SAMPLES / 2).findFirst().orElseThrow();
    double expected = min + Math.floor(Math.log(2) * (mean - min + 0.5));
    assertThat((double) median).isBetween(expected * 0.97 - 1, expected * 1.03 + 1);
    assertThat(values).allMatch(v -> v >= min);
  }

  @Test
  void the_fixed_point_logarithm_is_the_logarithm() {
    SplitMix64 random = new SplitMix64(4);
    for (int i = 0; i < 10_000; i++) {
      long u = random.next() >>> (i % 60);
      if (u == 0) {
        continue;
      }
      double exact = Math.log(2) * 64 - Math.log(unsigned(u));
      assertThat(FixedPoint.negativeLog(u) / (double) (1 << 24))
          .as("u = %x", u)
          .isBetween(exact - 2e-6, exact + 2e-6);
    }
    assertThat(FixedPoint.negativeLog(0)).isEqualTo(FixedPoint.negativeLog(1));
    assertThat(FixedPoint.negativeLog(-1)).isBetween(0L, 8L);
  }

  @Test
  void a_choice_goes_by_weight_and_stays_within_its_options() {
    Choice bimodal =
        new Choice(
            List.of(
                new Weighted(9, new Uniform(8, 16)),
                new Weighted(1, new Choice(List.of(new Weighted(1, new Constant(512)))))));
    List<Long> values = draw(bimodal, 5);
    long large = values.stream().filter(v -> v == 512).count();
    assertThat(large).isBetween(SAMPLES / 10 - 671L, SAMPLES / 10 + 671L);
    assertThat(values).allMatch(v -> v == 512 || (v >= 8 && v <= 16));
    assertThat(bimodal.min()).isEqualTo(8);
    assertThat(bimodal.max()).isEqualTo(512);
  }

  @Test
  void counts_are_drawn_as_often_as_they_were_counted() {
    Variate.Counts counts =
        Variate.Counts.of(new TreeMap<>(Map.of(40L, 213L, 4L, 12L, 1024L, 1L, 7L, 226L)));
    Map<Long, Integer> seen = new TreeMap<>();
    draw(counts, 6).forEach(value -> seen.merge(value, 1, Integer::sum));
    assertThat(seen).containsOnlyKeys(4L, 7L, 40L, 1024L);
    assertThat(seen.get(7L)).isBetween(SAMPLES / 2 - 1118, SAMPLES / 2 + 1118);
    assertThat(seen.get(4L)).isBetween(SAMPLES * 12 / 452 - 360, SAMPLES * 12 / 452 + 360);
    assertThat(seen.get(1024L)).isBetween(SAMPLES / 452 - 105, SAMPLES / 452 + 105);
    assertThat(counts.min()).isEqualTo(4);
    assertThat(counts.max()).isEqualTo(1024);
  }

  private static double unsigned(long u) {
    return u >= 0 ? u : 2.0 * (u >>> 1);
  }

  private static List<Long> draw(Variate distribution, long seed) {
    SplitMix64 random = new SplitMix64(seed);
    List<Long> values = new ArrayList<>(SAMPLES);
    for (int i = 0; i < SAMPLES; i++) {
      values.add(distribution.sample(random));
    }
    return values;
  }
}
