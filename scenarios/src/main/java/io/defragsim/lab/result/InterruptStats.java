package io.defragsim.lab.result;

import io.defragsim.emulator.model.Activity;
import io.defragsim.emulator.system.InterruptSource;
import org.jspecify.annotations.Nullable;

/**
 * One interrupt that the scenario asked for, over the whole run.
 *
 * @param source what was asked for
 * @param latency cycles from a request to the first instruction of its handler, of every one served
 * @param missed requests that came while the one before was still pending, so that the two were one
 * @param chained how many handlers began right behind another one, after the {@link
 *     io.defragsim.emulator.timing.CycleModel#tailChain} cycles that are an estimate
 * @param late how many took the place of a less urgent one that was about to begin; when they can
 *     is an estimate
 * @param worst the first with the greatest latency, null if none was served
 */
public record InterruptStats(
    InterruptSource source,
    Distribution latency,
    long missed,
    long chained,
    long late,
    @Nullable Worst worst) {

  /** Whether the clock is an estimate by what its handlers began after. */
  public boolean isEstimate() {
    return chained > 0 || late > 0;
  }

  /**
   * The interrupt that waited longest.
   *
   * @param latency in cycles
   * @param operation during which its handler began, -1 before the first
   * @param during what the core was doing when it was requested
   */
  public record Worst(long latency, long operation, Activity during) {}
}
