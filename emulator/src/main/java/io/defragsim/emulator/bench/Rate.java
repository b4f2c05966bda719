package io.defragsim.emulator.bench;

/**
 * How much was done in what time.
 *
 * @param units what was done, cycles or calls
 * @param wallNanos elapsed
 * @param cpuNanos of the processor, by this thread
 */
public record Rate(long units, long wallNanos, long cpuNanos) {

  /** Units per second of the processor, which other work on the machine disturbs least. */
  public double perSecond() {
    return units * 1e9 / cpuNanos;
  }

  /** Units per second elapsed. */
  double perWallSecond() {
    return units * 1e9 / wallNanos;
  }
}
