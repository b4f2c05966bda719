package io.defragsim.words;

/**
 * What the text of others becomes before it goes out: names in scenarios, symbols of images, paths,
 * arguments, messages of libraries. It is the same in every output.
 *
 * <p>White space becomes a space, so that a text is one line. A character that steers a terminal,
 * hides, turns other text round or cannot be encoded becomes {@link #REPLACEMENT}: control
 * characters, surrogates without their other half, noncharacters, private use, and the format
 * characters of Unicode. Those that scripts and emoji are written with stay: ZERO WIDTH JOINER and
 * NON-JOINER, and the selectors between text and emoji. So does all that later versions of Unicode
 * assign, because the answer must not depend on the machine's Java.
 *
 * <p>A {@code [} after {@code ##} or {@code ##word} is replaced as well: runners of jobs take such
 * words for commands wherever they stand in a line of a log.
 */
public final class Printable {

  /** Stands for what cannot be shown. */
  public static final char REPLACEMENT = '\ufffd';

  /**
   * First and last of each range: Unicode's default ignorable characters, but for those that the
   * class describes, and all others that only format or that order text.
   */
  private static final int[] UNSEEN = {
    0x00ad, 0x00ad, // soft hyphen
    0x034f, 0x034f, // combining grapheme joiner
    0x061c, 0x061c, // Arabic letter mark
    0x115f, 0x1160, // Hangul fillers
    0x17b4, 0x17b5, // Khmer inherent vowels
    0x180b, 0x180f, // Mongolian selectors and vowel separator
    0x200b, 0x200b, // zero width space
    0x200e, 0x200f, // marks of direction
    0x2028, 0x202e, // separators of lines and paragraphs, embeddings and overrides of direction
    0x2060, 0x206f, // word joiner, invisible operators, isolates of direction
    0x3164, 0x3164, // Hangul filler
    0xe000, 0xf8ff, // private use
    0xfdd0, 0xfdef, // noncharacters
    0xfe00, 0xfe0d, // selectors of variants
    0xfeff, 0xfeff, // byte order mark
    0xffa0, 0xffa0, // half-width Hangul filler
    0xfff0, 0xfffb, // unassigned ignorable ones, anchors of annotations
    0x13430, 0x1343f, // Egyptian format controls
    0x1bca0, 0x1bca3, // shorthand format controls
    0x1d173, 0x1d17a, // musical format controls
    0xe0000, 0xe0fff, // tags and selectors of variants
    0xf0000, 0x10ffff // private use
  };

  private Printable() {}

  /** Whether {@code codePoint} can stand in an output as it is. */
  public static boolean is(int codePoint) {
    if (codePoint < 0x7f) {
      return codePoint >= ' ';
    }
    if (codePoint < 0xa0
        || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE)
        || (codePoint & 0xfffe) == 0xfffe) {
      return false;
    }
    for (int i = 0; i < UNSEEN.length && UNSEEN[i] <= codePoint; i += 2) {
      if (codePoint <= UNSEEN[i + 1]) {
        return false;
      }
    }
    return true;
  }

  /** {@code codePoint}, or what stands for it. */
  static int of(int codePoint) {
    if (codePoint == ' ' || (is(codePoint) && !Character.isWhitespace(codePoint))) {
      return codePoint;
    }
    return Character.isWhitespace(codePoint) ? ' ' : REPLACEMENT;
  }

  /** {@code text} in one line. */
  public static String of(String text) {
    return of(text, false);
  }

  /** The same of a text of several lines, whose ends stay. */
  public static String lines(String text) {
    return of(text, true);
  }

  private static String of(String text, boolean lines) {
    StringBuilder printable = new StringBuilder(text.length());
    Line line = new Line();
    text.codePoints()
        .forEach(c -> printable.appendCodePoint(line.next(lines || c != '\n' ? c : ' ')));
    return printable.toString();
  }

  /**
   * A line as it is written, one code point after the other. A line's end begins the next one.
   *
   * <p>Besides what {@link Printable} says, it knows whether the line could begin a command of a
   * job's runner, which is {@code ::} behind nothing but white space.
   */
  public static final class Line {
    private static final int NO_HASH = 0;
    private static final int HASHES = 2;

    private boolean blank = true;
    private boolean colon;
    private int hashes;

    /** What stands for {@code codePoint}, which is next in this line. */
    public int next(int codePoint) {
      if (codePoint == '\n') {
        restart();
        return codePoint;
      }
      int shown = of(codePoint);
      if (shown == '[' && hashes == HASHES) {
        shown = REPLACEMENT;
      }
      follow(shown);
      return shown;
    }

    /** The same where a text of others could be the first in a line. */
    public int nextOfLog(int codePoint) {
      if (codePoint == ':' && colon) {
        follow(REPLACEMENT);
        return REPLACEMENT;
      }
      return next(codePoint);
    }

    private void follow(int shown) {
      colon = blank && shown == ':';
      blank &= Character.isSpaceChar(shown);
      boolean word =
          (shown >= 'a' && shown <= 'z')
              || (shown >= 'A' && shown <= 'Z')
              || shown == '-'
              || shown == '_';
      if (shown == '#') {
        hashes = Math.min(HASHES, hashes + 1);
      } else if (!(word && hashes == HASHES)) {
        hashes = NO_HASH;
      }
    }

    private void restart() {
      blank = true;
      colon = false;
      hashes = NO_HASH;
    }
  }
}
