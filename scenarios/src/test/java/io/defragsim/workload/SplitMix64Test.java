package io.defragsim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** That the numbers are the published ones; what is drawn from them is tested where it is drawn. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class SplitMix64Test {

  @Test
  void the_numbers_are_those_of_Java_s_own_generator_as_it_is_today() {
    for (long seed : new long[] {0, 1, -1, 0x1234_5678_9ABC_DEF0L}) {
      SplitMix64 ours = new SplitMix64(seed);
      SplittableRandom theirs = new SplittableRandom(seed);
      for (int i = 1; i < 2000; i++) {
        assertThat(ours.next()).isEqualTo(theirs.nextLong());
        assertThat(ours.nextInt()).isEqualTo(theirs.nextInt());
        assertThat(ours.nextInt(i * i)).isEqualTo(theirs.nextInt(i * i));
        assertThat(ours.nextInt(-i, Integer.MAX_VALUE / 2 + i))
            .isEqualTo(theirs.nextInt(-i, Integer.MAX_VALUE / 2 + i));
        assertThat(ours.nextBoolean()).isEqualTo(theirs.nextBoolean());
      }
    }
  }
}
