package io.defragsim.scenario.format;

import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.json.Problem;
import io.defragsim.scenario.json.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What became of a scenario file. */
public sealed interface ReadResult {

  /** The file is a scenario. */
  record Valid(Scenario scenario) implements ReadResult {}

  /**
   * The file is none.
   *
   * @param problems what is wrong with it, in the order of the file. Never empty
   * @param more how many problems there are beyond those, at later places
   */
  record Invalid(List<Problem> problems, int more) implements ReadResult {
    public Invalid {
      problems = List.copyOf(problems);
    }

    Invalid(Problem only) {
      this(List.of(only), 0);
    }

    Invalid(Problems all) {
      this(all.first(), Math.max(0, all.count() - Problems.MOST));
    }

    /** A line for each problem, and one for those beyond. */
    public List<String> lines(String file) {
      List<String> lines = new ArrayList<>();
      problems.forEach(problem -> lines.add(problem.format(file)));
      if (more > 0) {
        lines.add(
            String.format(
                Locale.ROOT,
                "%s: and %,d more %s",
                file,
                more,
                more == 1 ? "mistake" : "mistakes"));
      }
      return lines;
    }
  }
}
