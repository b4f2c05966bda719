package io.defragsim.lab;

/**
 * The content that the host writes into blocks: the same for the same block and write, for ever.
 */
final class Pattern {
  private Pattern() {}

  /**
   * {@code length} bytes for write number {@code write} of block {@code block}, both from 0. No two
   * pairs share a sequence, so that bytes of another block or of an earlier write are noticed.
   */
  static byte[] of(int block, int write, int length) {
    byte[] bytes = new byte[length];
    long state = ((long) block << 32) | Integer.toUnsignedLong(write);
    long word = 0;
    for (int i = 0; i < length; i++) {
      if (i % 8 == 0) {
        // SplitMix64 (Steele, Lea and Flood, 2014)
        state += 0x9E3779B97F4A7C15L;
        word = state;
        word = (word ^ (word >>> 30)) * 0xBF58476D1CE4E5B9L;
        word = (word ^ (word >>> 27)) * 0x94D049BB133111EBL;
        word ^= word >>> 31;
      }
      bytes[i] = (byte) (word >>> (8 * (i % 8)));
    }
    return bytes;
  }
}
