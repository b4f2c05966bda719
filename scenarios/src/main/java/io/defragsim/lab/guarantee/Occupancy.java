package io.defragsim.lab.guarantee;

import java.util.Arrays;

/**
 * The most granules that blocks of some sizes can take.
 *
 * <p>Each of m blocks begins with the smallest size. Its first granule more costs at most a
 * granule's bytes, and each further one costs a granule's bytes. Costs rise, so the cheapest
 * granules first are the best choice.
 *
 * @param smallest bytes of the smallest block
 * @param largest bytes of the largest block
 */
public record Occupancy(Sizing sizing, int smallest, int largest) {

  /**
   * How many granules more some blocks have than the smallest.
   *
   * @param blocks m: how many there are
   * @param first blocks that have one granule more at least
   * @param further granules that those have besides; 0 unless {@code first} is all of them
   */
  private record Shares(long blocks, long first, long further) {}

  /** W: the most granules of so many blocks at most, with so many bytes at most in all. */
  public long most(long bytes, int blocks) {
    return granules(best(bytes, blocks));
  }

  /** The granules of each of those blocks, from the smallest to the largest. */
  public int[] mix(long bytes, int blocks) {
    Shares shares = best(bytes, blocks);
    int[] mix = new int[(int) shares.blocks()];
    Arrays.fill(mix, least());
    long further = shares.further();
    for (int i = 0; i < shares.first(); i++) {
      long more = Math.min(further, Math.max(0, span() - 1));
      mix[mix.length - 1 - i] += (int) (1 + more);
      further -= more;
    }
    return mix;
  }

  /**
   * The best number of blocks. As long as each can have a first granule more, one block more is
   * worth it, for it costs fewer bytes than the granules that the others lose for it. Beyond that
   * each block more changes the sum by the same amount, so that one of the ends is the best.
   */
  private Shares best(long bytes, int blocks) {
    long most = Math.min(blocks, bytes / smallest);
    long withFirst = Math.min(blocks, bytes / sizing.fewestBytes(least() + 1, smallest));
    Shares best = new Shares(0, 0, 0);
    for (long m : new long[] {withFirst, Math.min(withFirst + 1, most), most}) {
      Shares shares = shares(m, bytes - m * smallest);
      if (granules(shares) > granules(best)) {
        best = shares;
      }
    }
    return best;
  }

  /** What so many bytes more make of so many of the smallest blocks. */
  private Shares shares(long blocks, long rest) {
    if (span() == 0) {
      return new Shares(blocks, 0, 0);
    }
    long cost = sizing.fewestBytes(least() + 1, smallest) - smallest;
    long first = Math.min(blocks, rest / cost);
    long further =
        first == blocks
            ? Math.min((rest - blocks * cost) / sizing.granule(), blocks * (span() - 1))
            : 0;
    return new Shares(blocks, first, further);
  }

  private long granules(Shares shares) {
    return shares.blocks() * least() + shares.first() + shares.further();
  }

  private int least() {
    return sizing.granules(smallest);
  }

  /** Granules that the largest block has more than the smallest. */
  private long span() {
    return sizing.granules(largest) - (long) least();
  }
}
