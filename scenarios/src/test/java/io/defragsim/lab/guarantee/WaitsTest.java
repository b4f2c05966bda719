package io.defragsim.lab.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.lab.image.Guarantee;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The longest waits against the bounds that the library's tests hold it to. Blocks of one size:
 * then the contract says how full the pool is.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class WaitsTest {

  private static final Guarantee LIBRARY = new Guarantee(8, 4, 4, 10, 4, 8, null, 3, 8, 8191);
  private static final Sizing SIZING = Sizing.of(LIBRARY);

  /**
   * The last two are what {@code test/fresh.c} and {@code test/waits.c} compute for such a heap.
   */
  @ParameterizedTest
  @CsvSource({
    "255, 4, 64, 31, 2, 21, 214",
    "255, 4, 8, 31, 2, 21, 1223",
    "2047, 17, 64, 64, 2, 78, 722",
    "400, 2, 64, 101, 0, 44, 580",
    "400, 2, 16, 101, 0, 44, 1701",
    "1500, 17, 256, 64, 3, 105, 558"
  })
  void they_are_the_bounds_of_the_librarys_tests(
      long granules, int size, int budget, int blocks, int locked, long alone, long any) {
    Waits waits = Waits.of(contract(size, blocks, locked), LIBRARY, granules, blocks, budget);

    // A step more, for what was gathered before and was not used.
    assertThat(waits.alone()).isEqualTo(alone + 1);
    assertThat(waits.any()).isEqualTo(any);
  }

  @Test
  void a_sum_by_hand_of_docs_design_waiting() {
    Waits waits = Waits.of(contract(4, 31, 2), LIBRARY, 255, 31, 16);

    // Q = 31 + 3 * 31 + 8 = 132. A step of 2 granules spends 2 of 8 * 132: 528 steps.
    assertThat(waits.patience()).isEqualTo(132);
    // 4 granules, 2 a step.
    assertThat(waits.moving()).isEqualTo(2);
    // X: 124 granules in 31 blocks: 155 / 2 = 77, 31, 2 * 2 and 4.
    assertThat(waits.any()).isEqualTo(528 + 2 + 77 + 31 + 4 + 4);
    // T_a: 61 headers twice, 10 a step: 13. Of 135 free ones 9 may be divided: 21 windows in 120
    // granules, so one costs 5. 5 blocks: (5 + 5) / 2 = 5, and 3 joins. And a step for the last
    // hole.
    assertThat(waits.alone()).isEqualTo(13 + 5 + 3 + 1);
  }

  @Test
  void without_passes_that_look_everything_slides_at_once() {
    Guarantee sliding = new Guarantee(8, 4, 4, 10, 0, 8, null, 3, 8, 8191);
    Waits waits = Waits.of(contract(4, 31, 2), sliding, 255, 31, 16);
    assertThat(waits.alone()).isEqualTo(77 + 31 + 4 + 4 + 1);
  }

  @Test
  void who_has_no_patience_waits_no_longer_than_in_any_state() {
    Guarantee impatient = new Guarantee(8, 4, 4, 10, 4, 8, 0, 3, 8, 8191);
    Waits waits = Waits.of(contract(4, 31, 2), impatient, 255, 31, 16);
    assertThat(waits.any()).isEqualTo(2 + 77 + 31 + 4 + 4);
    assertThat(waits.alone()).isEqualTo(waits.any());
  }

  private static ProgramContract contract(int granules, int blocks, int locked) {
    int bytes = (int) SIZING.fewestBytes(granules, 1);
    return new ProgramContract((long) blocks * bytes, blocks, bytes, bytes, locked, false);
  }
}
