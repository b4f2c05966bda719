package io.defragsim.workload;

/** A logarithm without floating point, so that it is the same on every machine. */
final class FixedPoint {
  /** ln 2 in units of 2^-24. */
  private static final long LN_2 = 11_629_080;

  private static final int FRACTION_BITS = 24;

  private FixedPoint() {}

  /**
   * -ln(u / 2^64) in units of 2^-24, for an unsigned {@code u}; 0 counts as 1.
   *
   * <p>With {@code z} leading zeros, {@code u / 2^64 = 2^-(z+1) * m}, 1 <= m < 2. The 24 fraction
   * bits of log2(m) come from squaring: the upper 32 bits of u shifted up by z are m in units of
   * 2^-31; 24 times m becomes m * m, and the bit is whether that is 2 or more, when m is halved.
   * The result is {@code ((z+1) 2^24 - log2(m)) * 11629080 >> 24}.
   */
  static long negativeLog(long u) {
    long bits = u == 0 ? 1 : u;
    int zeros = Long.numberOfLeadingZeros(bits);
    long m = (bits << zeros) >>> 32;
    long log = 0;
    for (int i = 0; i < FRACTION_BITS; i++) {
      m = (m * m) >>> 31;
      log <<= 1;
      if (m >= 1L << 32) {
        m >>>= 1;
        log |= 1;
      }
    }
    return ((((zeros + 1L) << FRACTION_BITS) - log) * LN_2) >>> FRACTION_BITS;
  }
}
