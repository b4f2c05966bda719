package io.defragsim.emulator.bench;

/**
 * How much was done in what time.
 *
 * @param units what was done, cycles or calls
 * @param wallNanos elapsed
 * @param cpuNanos of this thread
 */
public record Rate(long units, long wallNanos, long cpuNanos) {
  /** Units per second of wall time. */
  public double perSecond() {
    return units * 1e9 / wallNanos;
  }

  /** Units per second of processor time. */
  public double perCpuSecond() {
    return units * 1e9 / cpuNanos;
  }
}
