package io.defragsim.lab.guarantee;

import io.defragsim.lab.image.Guarantee;

/**
 * How an allocator rounds.
 *
 * @param granule bytes; sizes and places of blocks are multiples of it
 * @param header bytes of each block
 */
public record Sizing(int granule, int header) {

  /** That of an image with such constants. */
  public static Sizing of(Guarantee constants) {
    return new Sizing(constants.granule(), constants.header());
  }

  /** g: granules of a block of so many bytes, header included. */
  public int granules(long bytes) {
    return (int) ((bytes + header + granule - 1) / granule);
  }

  /**
   * p: the fewest bytes that take so many granules, if no request is smaller than {@code least}.
   */
  public long fewestBytes(int granules, int least) {
    return Math.max(least, (long) granule * (granules - 1) - header + 1);
  }

  /** Bytes of a pool that has so many granules for blocks: one more is the pool's own. */
  public long poolBytes(long granules) {
    return granule * (granules + 1);
  }

  /** Granules for blocks of a pool of so many bytes. */
  public long poolGranules(long bytes) {
    return bytes / granule - 1;
  }
}
