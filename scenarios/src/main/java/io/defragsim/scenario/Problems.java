package io.defragsim.scenario;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Collects the first problems of a file, in the order of the file, and counts the others. */
final class Problems {
  /** More at once than anybody mends. */
  static final int MOST = 50;

  private static final Comparator<Found> ORDER =
      Comparator.comparingInt((Found found) -> found.problem().line())
          .thenComparingInt(found -> found.problem().column())
          .thenComparingInt(Found::number);

  /** The last one is on top, to be dropped. */
  private final PriorityQueue<Found> first = new PriorityQueue<>(ORDER.reversed());

  private int count;

  /** A problem and how many were found before it. */
  private record Found(Problem problem, int number) {}

  void add(Json.Location at, String message) {
    // The pointer is made for those that are kept alone.
    Found last = first.peek();
    if (first.size() == MOST && last != null && isBehind(at, last.problem())) {
      count++;
    } else {
      add(new Problem(at.line(), at.column(), at.pointer(), message));
    }
  }

  private static boolean isBehind(Json.Location at, Problem last) {
    return at.line() > last.line() || (at.line() == last.line() && at.column() >= last.column());
  }

  void add(Problem problem) {
    first.add(new Found(problem, count++));
    if (first.size() > MOST) {
      first.remove();
    }
  }

  int count() {
    return count;
  }

  /** What was found. */
  ReadResult.Invalid result() {
    List<Problem> problems = first.stream().sorted(ORDER).map(Found::problem).toList();
    return new ReadResult.Invalid(problems, count - problems.size());
  }
}
