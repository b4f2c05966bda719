package io.defragsim.scenario.json;

/**
 * One mistake in a file.
 *
 * @param line from 1; 0 if the file could not be read at all
 * @param column from 1, in characters; 0 with line 0
 * @param pointer JSON pointer (RFC 6901) of the value, empty for the whole file
 * @param message what is wrong, what was expected, and the nearest valid name where there is one
 */
public record Problem(int line, int column, String pointer, String message) {

  /** For example {@code sensor.json:12:17: /defrag/when: ...}. */
  public String format(String file) {
    String at = line == 0 ? file + ": " : file + ":" + line + ":" + column + ": ";
    return at + (pointer.isEmpty() ? "" : pointer + ": ") + message;
  }
}
