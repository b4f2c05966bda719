package io.defragsim.lab;

import io.defragsim.emulator.model.Activity;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.lab.result.Distribution;
import io.defragsim.lab.result.InterruptStats;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts one interrupt. */
final class InterruptTally {
  private final InterruptSource source;
  private final TreeMap<Long, Long> latencies = new TreeMap<>();
  private long missed;
  private long chained;
  private long late;
  private InterruptStats.@Nullable Worst worst;

  InterruptTally(InterruptSource source) {
    this.source = source;
  }

  void served(
      long latency, long operation, Activity during, boolean tailChained, boolean arrivedLate) {
    chained += tailChained ? 1 : 0;
    late += arrivedLate ? 1 : 0;
    latencies.merge(latency, 1L, Long::sum);
    if (worst == null || latency > worst.latency()) {
      worst = new InterruptStats.Worst(latency, operation, during);
    }
  }

  void missed() {
    missed++;
  }

  InterruptStats stats() {
    return new InterruptStats(source, Distribution.of(latencies), missed, chained, late, worst);
  }
}
