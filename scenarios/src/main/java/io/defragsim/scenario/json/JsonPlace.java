package io.defragsim.scenario.json;

/**
 * A place in a text.
 *
 * @param line from 1
 * @param column from 1, in characters
 */
record JsonPlace(int line, int column) {

  /** The place of the character at {@code index}, or of the end. */
  static JsonPlace of(String text, int index) {
    int line = 1;
    int start = 0;
    for (int i = 0; i < index; i++) {
      char c = text.charAt(i);
      if (c == '\n' || (c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n'))) {
        line++;
        start = i + 1;
      }
    }
    return new JsonPlace(line, index - start + 1);
  }

  /** For example {@code line 2, column 5}. */
  String words() {
    return "line " + line + ", column " + column;
  }
}
