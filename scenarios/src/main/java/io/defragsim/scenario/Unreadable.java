package io.defragsim.scenario;

/** Something written, in a scenario or on a command line, that means nothing. */
public final class Unreadable extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * @param problem what is wrong with it and what was expected, for people
   */
  public Unreadable(String problem) {
    super(problem);
  }

  public String problem() {
    return String.valueOf(getMessage());
  }
}
