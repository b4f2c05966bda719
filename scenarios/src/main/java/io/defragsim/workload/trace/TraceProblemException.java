package io.defragsim.workload.trace;

import java.util.Locale;

/** A line of a trace is wrong: where, and in words for people what is expected there. */
public final class TraceProblemException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final int line;
  private final int column;

  TraceProblemException(String file, int line, int column, String message) {
    super(message, null, false, false); // a trace may have a million mistakes: no stack of Java
    this.file = file;
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

  /** For example {@code app.trace:7:3: id 12 is not alive}. */
  public String format() {
    return line == 0
        ? file + ": " + getMessage()
        : String.format(Locale.ROOT, "%s:%d:%d: %s", file, line, column, getMessage());
  }
}
