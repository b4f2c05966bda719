package io.defragsim.lab;

import io.defragsim.workload.SplitMix64;

/**
 * The content that the host writes into blocks: the same for the same block and write, for ever.
 */
final class FillPattern {
  private FillPattern() {}

  /**
   * {@code length} bytes for write number {@code write} of block {@code block}, both from 0. Each
   * pair has a sequence of its own, so that bytes of another block or of an earlier write are
   * noticed.
   */
  static byte[] of(int block, int write, int length) {
    SplitMix64 random = new SplitMix64(((long) block << 32) | Integer.toUnsignedLong(write));
    byte[] bytes = new byte[length];
    long word = 0;
    for (int i = 0; i < length; i++) {
      if (i % 8 == 0) {
        word = random.next();
      }
      bytes[i] = (byte) (word >>> (8 * (i % 8)));
    }
    return bytes;
  }
}
