package io.defragsim.scenario;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects problems. */
final class Problems {
  private final List<Problem> found = new ArrayList<>();

  void add(Json.Location at, String message) {
    found.add(new Problem(at.line(), at.column(), at.pointer(), message));
  }

  int count() {
    return found.size();
  }

  /** All of them in the order of the file. */
  List<Problem> inOrder() {
    return found.stream()
        .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
        .toList();
  }
}
