package io.defragsim.lab.summary;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.workload.Variate;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class CountTableTest {

  @Test
  void few_numbers_are_counted_as_they_are() {
    CountTable table = new CountTable(10);
    for (long value : new long[] {40, 7, 40, 0, Variate.FOREVER, 1L << 40}) {
      table.add(value);
    }
    assertThat(table.isThinned()).isFalse();
    assertThat(table.variate())
        .isEqualTo(
            Variate.Counts.of(
                new TreeMap<>(
                    Map.of(1L, 1L, 7L, 1L, 40L, 2L, Variate.LARGEST, 1L, Variate.FOREVER, 1L))));
    assertThat(table.percentile(50)).isEqualTo(40);
    assertThat(table.count()).isEqualTo(6);
  }

  @Test
  void many_numbers_are_rounded_up_to_few_and_none_is_lost() {
    CountTable table = new CountTable(50);
    for (long value = 1; value <= 10_000; value++) {
      table.add(value);
    }
    table.add(Variate.FOREVER);
    assertThat(table.isThinned()).isTrue();
    Variate.Counts counts = (Variate.Counts) table.variate();
    assertThat(counts.values()).hasSizeBetween(20, 50).contains(Variate.FOREVER);
    assertThat(counts.ends().get(counts.ends().size() - 1)).isEqualTo(10_001);
    assertThat(table.percentile(50)).isBetween(5000L, 6000L);
    assertThat(table.percentile(90)).isBetween(9000L, 10_240L);
  }

  @Test
  void one_number_is_always_the_same() {
    CountTable table = new CountTable(10);
    table.add(8);
    table.add(8);
    assertThat(table.variate()).isEqualTo(new Variate.Constant(8));
  }
}
