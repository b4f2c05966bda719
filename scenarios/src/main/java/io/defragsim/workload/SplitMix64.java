package io.defragsim.workload;

/**
 * The random numbers of all generators, specified here and nowhere else.
 *
 * <p>The generator is SplitMix64. All arithmetic is modulo 2<sup>64</sup>:
 *
 * <pre>
 * next():  state = state + 0x9E3779B97F4A7C15;  return mix(state)
 * mix(z):  z = (z xor (z >>> 30)) * 0xBF58476D1CE4E5B9
 *          z = (z xor (z >>> 27)) * 0x94D049BB133111EB
 *          return z xor (z >>> 31)
 * below(n): r = next() >>> 1;  v = r mod n;  if r - v + (n - 1) overflows 63 bits, again; return v
 * nextInt(): state = state + 0x9E3779B97F4A7C15;  return mix32(state)
 * mix32(z): z = (z xor (z >>> 33)) * 0x62A9D9ED799705F5
 *           z = (z xor (z >>> 28)) * 0xCB24D0A5C88C35B3
 *           return the upper 32 bits of z
 * nextInt(n): r = nextInt();  if n is a power of two, return r mod n
 *             r = r >>> 1;  v = r mod n;  if r - v + (n - 1) overflows 31 bits, again; return v
 * </pre>
 *
 * <p>Where several independent generators come from one seed, the n-th of them, from 1, starts at
 * the n-th number of the generator that starts at the seed: {@link #derive}.
 */
public final class SplitMix64 {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  public SplitMix64(long seed) {
    state = seed;
  }

  /** The n-th seed from a seed, n from 1: {@code mix(seed + n * 0x9E3779B97F4A7C15)}. */
  static long derive(long seed, long n) {
    return mix(seed + n * GAMMA);
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** 64 random bits. */
  public long next() {
    state += GAMMA;
    return mix(state);
  }

  /**
   * A number from 0 to {@code bound - 1}, each equally likely.
   *
   * @param bound above 0
   */
  public long below(long bound) {
    while (true) {
      long bits = next() >>> 1;
      long value = bits % bound;
      if (bits - value + (bound - 1) >= 0) {
        return value;
      }
    }
  }

  /** 32 random bits. */
  public int nextInt() {
    state += GAMMA;
    long z = state;
    z = (z ^ (z >>> 33)) * 0x62A9D9ED799705F5L;
    z = (z ^ (z >>> 28)) * 0xCB24D0A5C88C35B3L;
    return (int) (z >>> 32);
  }

  /**
   * A number from 0 to {@code bound - 1}, each equally likely.
   *
   * @param bound above 0
   */
  public int nextInt(int bound) {
    int most = bound - 1;
    int bits = nextInt();
    if ((bound & most) == 0) {
      return bits & most;
    }
    while (true) {
      bits >>>= 1;
      int value = bits % bound;
      if (bits - value + most >= 0) {
        return value;
      }
      bits = nextInt();
    }
  }

  /** A number from {@code from} to {@code end - 1}, each equally likely. */
  public int nextInt(int from, int end) {
    return from + nextInt(end - from);
  }

  public boolean nextBoolean() {
    return nextInt() < 0;
  }
}
