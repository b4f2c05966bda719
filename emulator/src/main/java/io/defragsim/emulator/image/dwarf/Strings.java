package io.defragsim.emulator.image.dwarf;

/**
 * The texts that a line table names, in the three sections where they can be. A text is a number
 * until somebody asks: what many entries share is not read many times.
 *
 * @param line {@code .debug_line}
 * @param lineStrings {@code .debug_line_str}
 * @param strings {@code .debug_str}
 */
record Strings(Cursor line, Cursor lineStrings, Cursor strings) {
  static final long NONE = -1;

  /** No name of a file is longer, in bytes. */
  private static final int LONGEST = 1024;

  private static final long LINE_STRINGS = 1L << 32;
  private static final long STRINGS = 2L << 32;

  static long inLine(int offset) {
    return offset;
  }

  static long inLineStrings(long offset) {
    return offset >>> 32 == 0 ? LINE_STRINGS | offset : NONE;
  }

  static long inStrings(long offset) {
    return offset >>> 32 == 0 ? STRINGS | offset : NONE;
  }

  /** Empty if there is none. */
  String text(long reference) {
    if (reference == NONE) {
      return "";
    }
    Cursor section =
        reference >= STRINGS ? strings : reference >= LINE_STRINGS ? lineStrings : line;
    return section.text(reference & 0xFFFF_FFFFL, LONGEST);
  }
}
