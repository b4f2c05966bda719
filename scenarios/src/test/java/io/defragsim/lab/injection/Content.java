package io.defragsim.lab.injection;

/** What the program and its handlers write into blocks. */
final class Content {
  /**
   * The first content of a block; that of a handler; that of a block about to be freed; that of a
   * handler which interrupts a handler.
   */
  static final int FIRST = 0;

  static final int BY_HANDLER = 1;
  static final int SCRUBBED = 2;
  static final int BY_SECOND = 3;

  private static final int MOST_BYTES = 2048;
  private static final int VARIABLES = 16;
  private static final byte[][][] BYTES = new byte[VARIABLES][4][MOST_BYTES];

  static {
    for (int variable = 0; variable < VARIABLES; variable++) {
      for (int version = FIRST; version <= BY_SECOND; version++) {
        for (int i = 0; i < MOST_BYTES; i++) {
          int x = ((variable * 4 + version) * 0x9E37_79B1) + (i * 0x85EB_CA6B);
          x = (x ^ (x >>> 15)) * 0x2C1B_3C6D;
          BYTES[variable][version][i] = (byte) (x >>> 24);
        }
      }
      java.util.Arrays.fill(BYTES[variable][SCRUBBED], (byte) 0x5A);
    }
  }

  private Content() {}

  /** Not to be changed; as long as any block. */
  static byte[] of(int variable, int version) {
    return BYTES[variable][version];
  }
}
