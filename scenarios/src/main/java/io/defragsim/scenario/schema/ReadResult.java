package io.defragsim.scenario.schema;

import io.defragsim.scenario.json.Problem;
import io.defragsim.scenario.json.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What became of a file that is to be a {@code T}. */
public sealed interface ReadResult<T> {

  /** The file is one. */
  record Valid<T>(T value) implements ReadResult<T> {}

  /**
   * The file is none.
   *
   * @param problems what is wrong with it, in the order of the file. Never empty
   * @param more how many problems there are beyond those, at later places
   */
  record Invalid<T>(List<Problem> problems, int more) implements ReadResult<T> {
    public Invalid {
      problems = List.copyOf(problems);
    }

    public Invalid(Problem only) {
      this(List.of(only), 0);
    }

    public Invalid(Problems all) {
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
