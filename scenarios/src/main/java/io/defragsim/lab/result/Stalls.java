package io.defragsim.lab.result;

import org.jspecify.annotations.Nullable;

/**
 * Requests that failed as fragmented and had to wait for compaction.
 *
 * @param cycles of the stalls that ended served, with what interrupts took in them
 * @param steps of each of those
 * @param bytes that each of those moved: requested bytes of the blocks that arrived
 * @param unserved stalls that did not; each is a failure, and its cycles are not in {@code cycles}
 * @param longest the first of the greatest among those served, null if there was none
 */
public record Stalls(
    Distribution cycles,
    Distribution steps,
    Distribution bytes,
    long unserved,
    @Nullable Stall longest,
    Events<Stall> events) {

  /**
   * One stall: the failed call, then steps and retries, until it is served or stuck.
   *
   * @param cycles the failed call, the steps and the retries
   * @param error why it was never served, null if it was
   */
  public record Stall(
      long operation,
      long requestedBytes,
      int steps,
      long bytesMoved,
      long cycles,
      @Nullable ContractError error) {

    public boolean served() {
      return error == null;
    }
  }
}
