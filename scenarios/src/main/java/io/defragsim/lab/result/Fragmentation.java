package io.defragsim.lab.result;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * External fragmentation: 1 - largest satisfiable request / free bytes, in parts per million.
 *
 * @param samples in order; at most 1000 equally spaced ones, and one at each of the first failures
 * @param worst the first sample with the highest ppm, null if no sample has one
 * @param catastrophic allocations that failed although free bytes would have sufficed
 */
public record Fragmentation(List<Sample> samples, @Nullable Sample worst, long catastrophic) {

  /** The most equally spaced samples of a run. */
  private static final int SAMPLES = 1000;

  public Fragmentation {
    samples = List.copyOf(samples);
  }

  /** Every how many operations of so many one is sampled, counted back from the last. */
  public static long stride(long operations) {
    return Math.max(1, (operations + SAMPLES - 1) / SAMPLES);
  }

  /**
   * Parts per million, rounded half up.
   *
   * @param largestRequest null without a free handle
   * @return null without a free handle, and where nothing is free
   */
  public static @Nullable Long ppm(long freeBytes, @Nullable Long largestRequest) {
    return largestRequest == null || freeBytes == 0
        ? null
        : Math.floorDiv(2 * (freeBytes - largestRequest) * 1_000_000 + freeBytes, 2 * freeBytes);
  }

  /**
   * The heap at one moment.
   *
   * @param operation after which it was taken; for a sample at a failure, the one that failed
   * @param cycle emulated cycles since reset
   * @param freeBytes {@code image_free_bytes}
   * @param largestRequest the most bytes one allocation would get, null without a free handle
   * @param ppm null without a free handle, and where nothing is free
   * @param liveBytes requested bytes of all live blocks
   * @param atFailure taken because an allocation failed
   */
  public record Sample(
      long operation,
      long cycle,
      long freeBytes,
      @Nullable Long largestRequest,
      @Nullable Long ppm,
      long liveBytes,
      boolean atFailure) {}
}
