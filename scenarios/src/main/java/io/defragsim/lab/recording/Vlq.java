package io.defragsim.lab.recording;

/**
 * Integers as text, the small ones short: base 64, five bits a character from the lowest on, the
 * sixth says that more follow, the first bit of all is the sign. It is how source maps write them.
 */
final class Vlq {
  private static final String DIGITS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  private static final int[] VALUES = values();
  private static final int BITS = 5;
  private static final int MORE = 1 << BITS;

  private Vlq() {}

  private static int[] values() {
    int[] values = new int[128];
    for (int i = 0; i < DIGITS.length(); i++) {
      values[DIGITS.charAt(i)] = i;
    }
    return values;
  }

  /**
   * Appends {@code value}.
   *
   * @param value less than 2^53 away from 0, so that a script reads it exactly
   */
  static void append(StringBuilder out, long value) {
    long rest = value < 0 ? (-value << 1) | 1 : value << 1;
    do {
      int digit = (int) (rest & (MORE - 1));
      rest >>>= BITS;
      out.append(DIGITS.charAt(rest == 0 ? digit : digit | MORE));
    } while (rest != 0);
  }

  /** Reads what was appended, in order. */
  static final class Reader {
    private final CharSequence text;
    private int at;

    Reader(CharSequence text) {
      this.text = text;
    }

    boolean hasNext() {
      return at < text.length();
    }

    long next() {
      long rest = 0;
      int shift = 0;
      int digit;
      do {
        digit = VALUES[text.charAt(at++)];
        rest |= (long) (digit & (MORE - 1)) << shift;
        shift += BITS;
      } while (digit >= MORE);
      return (rest & 1) == 0 ? rest >>> 1 : -(rest >>> 1);
    }

    int nextInt() {
      return Math.toIntExact(next());
    }
  }
}
