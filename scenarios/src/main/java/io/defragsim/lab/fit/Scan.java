package io.defragsim.lab.fit;

import io.defragsim.lab.result.Attempt;
import org.jspecify.annotations.Nullable;

/**
 * Pools of growing size, tried one by one. All sizes are in bytes, the handle table included.
 *
 * @param handles that every pool had
 * @param from the smallest pool tried: less no allocator can do with
 * @param step from one pool to the next
 * @param to the largest pool tried, less than {@code from} if not even that was within bounds
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
    int step,
    long to,
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

  /** How many pools were tried. */
  public long tried() {
    return to < from ? 0 : (to - from) / step + 1;
  }
}
