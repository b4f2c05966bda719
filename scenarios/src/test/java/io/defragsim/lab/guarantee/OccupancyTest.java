package io.defragsim.lab.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The most granules of some blocks, against trying every size for each block. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class OccupancyTest {
  private static final int BLOCKS = 6;
  private static final int BYTES = 90;
  private static final int SMALLEST = 13;
  private static final int SPAN = 40;

  @ParameterizedTest
  @CsvSource({"8, 4", "8, 8", "16, 8", "4, 0"})
  void it_is_what_trying_every_size_finds(int granule, int header) {
    Sizing sizing = new Sizing(granule, header);
    for (int smallest = 1; smallest <= SMALLEST; smallest++) {
      for (int largest = smallest; largest <= smallest + SPAN; largest += 4) {
        Occupancy occupancy = new Occupancy(sizing, smallest, largest);
        long[][] tried = tryAll(sizing, smallest, largest);
        for (int blocks = 0; blocks <= BLOCKS; blocks++) {
          for (int bytes = 0; bytes <= BYTES; bytes++) {
            if (occupancy.most(bytes, blocks) != tried[blocks][bytes]) {
              assertThat(occupancy.most(bytes, blocks))
                  .as("%d blocks of %d to %d, %d bytes", blocks, smallest, largest, bytes)
                  .isEqualTo(tried[blocks][bytes]);
            }
          }
        }
      }
    }
  }

  /** The most granules, by blocks and bytes: one block more, of each size. */
  private static long[][] tryAll(Sizing sizing, int smallest, int largest) {
    long[][] most = new long[BLOCKS + 1][BYTES + 1];
    for (int blocks = 1; blocks <= BLOCKS; blocks++) {
      for (int bytes = 0; bytes <= BYTES; bytes++) {
        most[blocks][bytes] = most[blocks - 1][bytes];
        for (int size = smallest; size <= Math.min(largest, bytes); size++) {
          most[blocks][bytes] =
              Math.max(most[blocks][bytes], most[blocks - 1][bytes - size] + sizing.granules(size));
        }
      }
    }
    return most;
  }

  @Test
  void a_mix_is_blocks_within_the_promises_that_take_as_much() {
    Sizing sizing = new Sizing(8, 4);
    for (int smallest = 1; smallest <= SMALLEST; smallest++) {
      for (int largest = smallest; largest <= smallest + SPAN; largest += 4) {
        for (int bytes = 0; bytes <= BYTES; bytes += 13) {
          isWithinThePromises(new Occupancy(sizing, smallest, largest), bytes);
        }
      }
    }
  }

  private static void isWithinThePromises(Occupancy occupancy, int bytes) {
    Sizing sizing = occupancy.sizing();
    int[] mix = occupancy.mix(bytes, BLOCKS);
    assertThat(mix).hasSizeLessThanOrEqualTo(BLOCKS).isSorted();
    assertThat(Arrays.stream(mix).sum()).isEqualTo((int) occupancy.most(bytes, BLOCKS));
    assertThat(
            Arrays.stream(mix)
                .mapToLong(granules -> sizing.fewestBytes(granules, occupancy.smallest()))
                .sum())
        .isLessThanOrEqualTo(bytes);
    assertThat(mix.length == 0 || mix[0] >= sizing.granules(occupancy.smallest())).isTrue();
    assertThat(mix.length == 0 || mix[mix.length - 1] <= sizing.granules(occupancy.largest()))
        .isTrue();
  }
}
