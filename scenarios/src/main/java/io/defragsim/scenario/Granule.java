package io.defragsim.scenario;

/** What pools, their blocks and the stack reserve begin and end at multiples of. */
public final class Granule {
  public static final int BYTES = 8;

  private Granule() {}

  /** The whole granules that {@code bytes} need, in bytes. */
  public static long up(long bytes) {
    return down(bytes + BYTES - 1);
  }

  /** The whole granules that {@code bytes} hold, in bytes. */
  public static long down(long bytes) {
    return bytes / BYTES * BYTES;
  }
}
