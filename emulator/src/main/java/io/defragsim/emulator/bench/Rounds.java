package io.defragsim.emulator.bench;

import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * How long something is measured: so many rounds after one that warms up. The best of them counts,
 * for the machine may do other things too.
 *
 * @param count at least 1
 * @param nanos that a round takes at least
 */
public record Rounds(int count, long nanos) {

  /** The best rate of work that says how many units it did. */
  public Rate best(LongSupplier work) {
    one(work);
    return IntStream.range(0, count)
        .mapToObj(round -> one(work))
        .max(Comparator.comparingDouble(Rate::perSecond))
        .orElseThrow();
  }

  /** The rate in one round. */
  Rate one(LongSupplier work) {
    long units = 0;
    long cpu = cpuNanos();
    long start = System.nanoTime();
    do {
      units += work.getAsLong();
    } while (System.nanoTime() - start < nanos);
    return new Rate(units, System.nanoTime() - start, Math.max(1, cpuNanos() - cpu));
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
