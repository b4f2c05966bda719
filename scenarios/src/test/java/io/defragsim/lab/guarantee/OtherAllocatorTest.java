package io.defragsim.lab.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The figures of others, against a game that is solved and against sums by hand. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class OtherAllocatorTest {

  /** Blocks that are as large as what is asked for: a cell is a granule is a byte. */
  private static final Sizing CELLS = new Sizing(1, 0);

  private static final Sizing SIZING = new Sizing(8, 4);

  @ParameterizedTest
  @CsvSource({"4, 2, 5", "5, 2, 7", "6, 2, 8", "8, 2, 11", "4, 4, 5", "8, 4, 13"})
  void robsons_bound_is_the_value_of_the_game_where_the_largest_block_divides_the_memory_alive(
      int alive, int largest, int memory) {
    assertThat(PlacementGame.leastMemory(alive, largest)).isEqualTo(memory);

    long robson =
        bytes(
            "any that does not move",
            new ProgramContract(alive, alive, 1, largest, 0, false),
            CELLS);
    // Of 5 cells with blocks of 2, only 4 are made use of.
    assertThat(robson).isEqualTo(alive % largest == 0 ? memory : 5);
  }

  /** The smallest requests may have more bytes for each granule than the largest. */
  @Test
  void robsons_bound_counts_the_payload_of_the_densest_blocks() {
    // Blocks of 2 granules have 12 bytes, and blocks of 4 at least 21: 6 a granule, and 5.25. With
    // 1,200 bytes there are 200 granules of whichever it is: 200 (1 + 1/2) - 4 + 2 = 298.
    assertThat(robson(new ProgramContract(1200, 1000, 12, 21, 0, false))).isEqualTo(298 * 8);
    // 9 bytes in 2 granules: 4.5 a granule. 1,200 bytes are 228 granules in blocks of 4, and more
    // in blocks of 2: 228 (1 + 1/2) - 4 + 2 = 340.
    assertThat(robson(new ProgramContract(1200, 1000, 9, 21, 0, false))).isEqualTo(340 * 8);
    // 50 blocks of 2 granules are 100: 100 (1 + 1/2) - 4 + 2 = 148; but 50 of 4 are 200.
    assertThat(robson(new ProgramContract(1200, 50, 9, 21, 0, false))).isEqualTo(200 * 8);
  }

  private static long robson(ProgramContract contract) {
    return bytes("any that does not move", contract, SIZING);
  }

  @Test
  void buddy_and_half_fit_are_what_comes_of_it_by_hand() {
    ProgramContract contract = new ProgramContract(100, 5, 10, 40, 0, false);
    // Buddy, headers of 4: 10 to 12 bytes take 16, 13 to 28 take 32, 29 to 40 take 64. 5 blocks
    // with 100 bytes: x of 29 and
    // 5 - x of 13 are 100 where x = 35/16. They take 64 x + 32 (5 - x) = 230. Two doublings from 16
    // to 64: 230 (1 + 2).
    assertThat(bytes("buddy", contract, SIZING)).isEqualTo(690);
    // Half fit, headers of 16: 10 to 16 bytes take 32, 17 to 40 take 64. 5 of 17 are 85 bytes: 5 *
    // 64 = 320. 2 * 320 (1 + 1).
    assertThat(bytes("half fit, header 16", contract, SIZING)).isEqualTo(1280);

    ProgramContract alike = new ProgramContract(60, 3, 20, 20, 0, false);
    // 24 in 32: 3 * 32 (1 + 0). 36 in 64: 2 * 3 * 64 (1 + 0).
    assertThat(bytes("buddy", alike, SIZING)).isEqualTo(96);
    assertThat(bytes("half fit, header 16", alike, SIZING)).isEqualTo(384);

    ProgramContract bytesDecide = new ProgramContract(64, 100, 4, 12, 0, false);
    // 4 bytes in 8, 5 to 12 in 16. 64 / 4 = 16 blocks of 8 are 128; 64 * 16 / 5 = 204. 204 (1 + 1).
    assertThat(bytes("buddy", bytesDecide, SIZING)).isEqualTo(408);
    // 20 to 28 in 32: 64 / 4 = 16 blocks, 512. 2 * 512 (1 + 0).
    assertThat(bytes("half fit, header 16", bytesDecide, SIZING)).isEqualTo(1024);
  }

  @Test
  void an_allocator_that_joins_holes_is_sure_where_no_hole_is_large_enough_only_if_all_is_used() {
    ProgramContract contract = new ProgramContract(100, 5, 10, 40, 0, false);
    // A request of 40 bytes, 6 granules, while 60 bytes are in 4 blocks: 29, 11, 10, 10 are 5 + 2 +
    // 2 + 2 granules; the most is
    // 13 more bytes for 3 granules: 21, 13, 13, 13 are 4 + 3 + 3 + 3 = 13. 5 holes of 5 at most: 13
    // + 25 + 1 = 39.
    assertThat(bytes("best fit", contract, SIZING)).isEqualTo(39 * 8);
    // TLSF finds only holes of 6 granules and 1 more for its class: 5 holes of 6 at most.
    assertThat(bytes("TLSF, classes of 1/32", contract, SIZING)).isEqualTo((13 + 30 + 1) * 8);
    // First fit: H(6) = 2.45, W(100, 5) = 23: 2.45 * 23 / 0.693 = 81 granules, more than 39.
    assertThat(bytes("first fit", contract, SIZING)).isEqualTo(39 * 8);
  }

  private static long bytes(String name, ProgramContract contract, Sizing sizing) {
    return OtherAllocator.all(contract, sizing).stream()
        .filter(other -> other.name().equals(name))
        .mapToLong(OtherAllocator::bytes)
        .findFirst()
        .orElseThrow();
  }
}
