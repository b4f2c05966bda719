package io.defragsim.lab.guarantee;

import java.util.Arrays;

/**
 * The pool with which every request of every program within a contract is served: Theorem 1 of
 * {@code docs/design/guarantee.md}.
 *
 * @param bytes of the pool, without the table of handles
 * @param granules N*: those of it for blocks
 * @param deciding γ: granules of the request that needs so many
 * @param obstacles κ: blocks that can be locked while it waits
 * @param least whether it is proved that one granule less is not enough for some program
 */
public record CertifiedPool(long bytes, long granules, int deciding, int obstacles, boolean least) {

  /**
   * @param sizing of the allocator
   * @param contract without contradictions
   * @param resizes whether the allocator can resize a block: the program that proves that one
   *     granule less is not enough makes blocks smaller
   */
  static CertifiedPool of(ProgramContract contract, Sizing sizing, boolean resizes) {
    int smallest = contract.smallest();
    int least = sizing.granules(smallest);
    int most = sizing.granules(contract.largest());
    if (contract.blocks() == 1) {
      return new CertifiedPool(sizing.poolBytes(most), most, most, 0, true);
    }
    Occupancy occupancy = new Occupancy(sizing, smallest, contract.largest());
    long granules = 0;
    int deciding = 0;
    int obstacles = 0;
    for (int request = least; request <= most; request++) {
      long others = contract.alive() - sizing.fewestBytes(request, smallest);
      if (others < 0) {
        break;
      }
      int locked =
          (int) Math.min(Math.min(contract.locked(), contract.blocks() - 1), others / smallest);
      int stretches = locked + 1 + (contract.grows() && request > least ? 1 : 0);
      long needed =
          occupancy.most(others, contract.blocks() - 1) + (long) stretches * (request - 1) + 1;
      if (needed > granules) {
        granules = needed;
        deciding = request;
        obstacles = locked;
      }
    }
    return new CertifiedPool(
        sizing.poolBytes(granules),
        granules,
        deciding,
        obstacles,
        !contract.grows()
            && (obstacles == 0
                || deciding == 1
                || (resizes && hasStaircase(contract, sizing, occupancy, deciding, obstacles))));
  }

  /** The same a granule larger, since the image takes none so small. */
  CertifiedPool larger(Sizing sizing) {
    return new CertifiedPool(
        sizing.poolBytes(granules + 1), granules + 1, deciding, obstacles, false);
  }

  /**
   * Whether the program that needs all of it has room in the contract. It has holes that are a
   * granule smaller than the deciding request, and at once all obstacles but the last, a block in
   * the last one's hole, and the last one as large as the request.
   */
  private static boolean hasStaircase(
      ProgramContract contract, Sizing sizing, Occupancy occupancy, int deciding, int obstacles) {
    int smallest = contract.smallest();
    if (deciding == sizing.granules(smallest)) {
      return false;
    }
    long request = sizing.fewestBytes(deciding, smallest);
    int[] mix = occupancy.mix(contract.alive() - request, contract.blocks() - 1);
    if (mix.length < obstacles) {
      return false; // fewer and larger blocks take more
    }
    long others =
        Arrays.stream(mix)
            .limit(obstacles - 1L)
            .mapToLong(granules -> sizing.fewestBytes(granules, smallest))
            .sum();
    long last = Math.max(request, sizing.fewestBytes(mix[obstacles - 1], smallest));
    return others + sizing.fewestBytes(deciding - 1, smallest) + last <= contract.alive();
  }
}
