package io.defragsim.scenario;

/** Something written in a scenario that means nothing. */
public final class Unreadable extends Exception {
  private static final long serialVersionUID = 1L;

  private final String problem;

  /**
   * @param problem what is wrong with it and what was expected
   */
  public Unreadable(String problem) {
    super(problem);
    this.problem = problem;
  }

  public String problem() {
    return problem;
  }
}
