package io.defragsim.scenario.json;

/** A file is no JSON: the place of the first mistake, and in words for people what it is. */
public final class NotJsonException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  NotJsonException(int line, int column, String message) {
    super(message);
    this.line = line;
    this.column = column;
  }

  /** From 1; 0 if it is of the whole file. */
  public int line() {
    return line;
  }

  /** From 1, in characters; 0 with line 0. */
  public int column() {
    return column;
  }

  /** For example {@code my.json:2:14: not JSON: a comma is missing after line 2}. */
  public String format(String file) {
    return problem().format(file);
  }

  /** The same as a problem of the file. */
  public Problem problem() {
    return new Problem(line, column, "", String.valueOf(getMessage()));
  }
}
