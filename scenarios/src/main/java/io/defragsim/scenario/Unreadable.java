package io.defragsim.scenario;

import java.util.Locale;

/** Something written, in a scenario or on a command line, that means nothing. */
public final class Unreadable extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * @param problem what is wrong and what was expected, for people, with a place for each argument
   *     as in {@link String#format}; without arguments, as it stands
   */
  @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a library of its own
  public Unreadable(String problem, Object... arguments) {
    super(arguments.length == 0 ? problem : String.format(Locale.ROOT, problem, arguments));
  }

  public String problem() {
    return String.valueOf(getMessage());
  }
}
