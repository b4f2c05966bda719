package io.defragsim.scenario.json;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Supplier;

/** Collects the first problems of a file, in the order of the file, and counts the others. */
public final class Problems {
  /** More at once than anybody mends. */
  public static final int MOST = 50;

  /** More than any message that quotes little. */
  private static final int LONGEST = 2000;

  private static final Comparator<Found> ORDER =
      Comparator.comparingInt((Found found) -> found.problem().line())
          .thenComparingInt(found -> found.problem().column())
          .thenComparingInt(Found::number);

  /** The last one is on top, to be dropped. */
  private final PriorityQueue<Found> first = new PriorityQueue<>(ORDER.reversed());

  private int count;

  /** A problem and how many were found before it. */
  private record Found(Problem problem, int number) {}

  public void add(Json.Location at, String message) {
    add(at, () -> message);
  }

  /**
   * Adds a problem.
   *
   * @param message made for a problem that is kept, as is the pointer: of the others there may be
   *     millions
   */
  public void add(Json.Location at, Supplier<String> message) {
    Found last = first.peek();
    if (first.size() == MOST && last != null && isBehind(at, last.problem())) {
      count++;
    } else {
      add(new Problem(at.line(), at.column(), cut(at.pointer()), cut(message.get())));
    }
  }

  /** A text that may quote any length of the file, with its middle left out where it is long. */
  private static String cut(String text) {
    return text.length() <= LONGEST
        ? text
        : text.substring(0, LONGEST / 2) + " ... " + text.substring(text.length() - LONGEST / 2);
  }

  private static boolean isBehind(Json.Location at, Problem last) {
    return at.line() > last.line() || (at.line() == last.line() && at.column() >= last.column());
  }

  public void add(Problem problem) {
    first.add(new Found(problem, count++));
    if (first.size() > MOST) {
      first.remove();
    }
  }

  /** How many there are, those beyond the first included. */
  public int count() {
    return count;
  }

  /** The first ones, in the order of the file. */
  public List<Problem> first() {
    return first.stream().sorted(ORDER).map(Found::problem).toList();
  }
}
