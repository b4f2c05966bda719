package io.defragsim.scenario;

import java.util.List;

/** What became of a scenario file. */
public sealed interface ReadResult {

  /** The file is a scenario. */
  record Valid(Scenario scenario) implements ReadResult {}

  /** The file is none; all that is wrong with it, in the order of the file. Never empty. */
  record Invalid(List<Problem> problems) implements ReadResult {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }
}
