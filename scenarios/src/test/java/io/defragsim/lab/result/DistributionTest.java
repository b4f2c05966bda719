package io.defragsim.lab.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class DistributionTest {

  private static Distribution of(long... values) {
    TreeMap<Long, Long> counts = new TreeMap<>();
    for (long value : values) {
      counts.merge(value, 1L, Long::sum);
    }
    return Distribution.of(counts);
  }

  @Test
  void nothing_has_no_figures_but_a_count_and_a_total_of_zero() {
    assertThat(Distribution.EMPTY.count()).isZero();
    assertThat(Distribution.EMPTY.total()).isZero();
    assertThat(Distribution.EMPTY.min()).isNull();
    assertThat(Distribution.EMPTY.mean()).isNull();
    assertThat(Distribution.EMPTY.p50()).isNull();
    assertThat(Distribution.EMPTY.p99()).isNull();
    assertThat(Distribution.EMPTY.max()).isNull();
  }

  @Test
  void percentiles_are_values_that_occurred_by_nearest_rank() {
    // the textbook example of the nearest-rank method
    Distribution five = of(15, 20, 35, 40, 50);
    assertThat(five.percentile(5)).isEqualTo(15);
    assertThat(five.percentile(30)).isEqualTo(20);
    assertThat(five.percentile(40)).isEqualTo(20);
    assertThat(five.percentile(50)).isEqualTo(35);
    assertThat(five.percentile(100)).isEqualTo(50);
  }

  @Test
  void p99_of_a_hundred_is_the_99th_and_of_a_hundred_and_one_the_100th() {
    long[] hundred = new long[100];
    Arrays.setAll(hundred, i -> i + 1);
    assertThat(of(hundred).p99()).isEqualTo(99);
    long[] more = new long[101];
    Arrays.setAll(more, i -> i + 1);
    assertThat(of(more).p99()).isEqualTo(100);
  }

  @Test
  void means_are_rounded_to_the_nearest_integer_halves_up() {
    assertThat(of(1, 2).mean()).isEqualTo(2);
    assertThat(of(1, 1, 2).mean()).isEqualTo(1);
    assertThat(of(1, 2, 2).mean()).isEqualTo(2);
    assertThat(of(4, 4, 4, 5).mean()).isEqualTo(4);
  }

  @Test
  void agrees_with_a_sorted_array_on_random_values() {
    long seed = 20261123;
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      long[] values = new long[1 + random.nextInt(400)];
      int range = 1 + random.nextInt(100);
      Arrays.setAll(values, i -> random.nextInt(range));
      Distribution distribution = of(values);
      Arrays.sort(values);
      String context = "seed " + seed + " round " + round;
      assertThat(distribution.count()).as(context).isEqualTo(values.length);
      assertThat(distribution.total()).as(context).isEqualTo(Arrays.stream(values).sum());
      assertThat(distribution.min()).as(context).isEqualTo(values[0]);
      assertThat(distribution.max()).as(context).isEqualTo(values[values.length - 1]);
      for (int percent = 1; percent <= 100; percent++) {
        int rank = (int) Math.ceil(percent * values.length / 100.0);
        assertThat(distribution.percentile(percent))
            .as(context + " p" + percent)
            .isEqualTo(values[rank - 1]);
      }
    }
  }

  @Test
  void values_that_do_not_ascend_are_refused() {
    assertThatThrownBy(
            () ->
                new Distribution(
                    List.of(new Distribution.ValueCount(2, 1), new Distribution.ValueCount(2, 1))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
