package io.defragsim.lab.fit;

import io.defragsim.lab.result.Attempt;
import org.jspecify.annotations.Nullable;

/**
 * Pools that were tried. All sizes are in bytes, and those of pools: a table of glue is in none.
 *
 * <p>Below {@code everyFrom} only every {@code stride}th byte's pool was tried, from there on every
 * {@code step}th. So a pool below {@code everyFrom} may serve that was not tried.
 *
 * @param handles that every pool had
 * @param from the smallest pool tried: less no allocator can do with, or with more handles than
 *     suffice, from where each was tried with as many as suffice
 * @param stride from one pool to the next below {@code everyFrom}
 * @param everyFrom from here on pools are {@code step} apart
 * @param step from one pool to the next
 * @param to the largest pool tried, less than {@code from} if not even that was within bounds
 * @param tried how many pools were tried
 * @param end why the scan ended
 * @param smallest the smallest pool tried that served the whole workload, null if none did
 * @param alwaysFrom from this one on all that were tried served, null unless the scan was {@link
 *     End#SERVED}
 * @param refusedAbove how many pools larger than {@code smallest} did not serve
 * @param served how {@code smallest} served, null if none did
 * @param largestRefused the largest pool that did not serve, null if there was none
 * @param broken null unless the scan was {@link End#BROKEN}; then what happened with {@code to}
 */
public record Scan(
    long handles,
    long from,
    int stride,
    long everyFrom,
    int step,
    long to,
    int tried,
    End end,
    @Nullable Integer smallest,
    @Nullable Integer alwaysFrom,
    int refusedAbove,
    Attempt.@Nullable Served served,
    @Nullable Refusal largestRefused,
    Attempt.@Nullable Broken broken) {

  /** Why a scan ended. */
  public enum End {
    /** As many pools in a row as were asked for served. */
    SERVED,
    /** It reached the largest pool that it was to try. */
    UP_TO,
    /** The image accepts no larger pool. */
    LARGEST_POOL,
    /** The firmware faulted, broke the contract or exceeded a cycle budget. */
    BROKEN
  }

  /**
   * A pool that did not serve.
   *
   * @param why {@link Attempt.Refused} or {@link Attempt.PoolRefused}
   */
  public record Refusal(int pool, Attempt why) {}

  /**
   * What is known while a scan goes on.
   *
   * @param handles that every pool has
   * @param trying the pool that is tried next
   * @param refused the largest pool tried below {@code served} that did not serve, null if there is
   *     none
   * @param served the smallest pool tried that served, null if none did
   * @param found whether {@code served} is the smallest for good
   */
  public record SoFar(
      long handles,
      long trying,
      @Nullable Integer refused,
      @Nullable Integer served,
      boolean found) {}

  /** Whether some pools from {@code from} to {@code to} were left out that are a step apart. */
  public boolean leavesOut() {
    return everyFrom > from;
  }
}
