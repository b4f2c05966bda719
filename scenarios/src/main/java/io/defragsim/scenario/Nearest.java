package io.defragsim.scenario;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the name that a misspelt one was probably meant to be. */
public final class Nearest {
  /** A longer text was meant to be no name; comparing takes memory by the product of lengths. */
  private static final int LONGEST = 256;

  private Nearest() {}

  /**
   * The candidate that takes the fewest edits to reach (a letter more, less, other, or two
   * swapped), upper and lower case being the same, if those are at most a third of the name's
   * length, or two for short names; or the shortest one that begins with {@code name}, that the
   * name begins with, or that the name abbreviates, as {@code img} does {@code image}.
   */
  public static Optional<String> of(String name, Collection<String> candidates) {
    if (name.length() > LONGEST) {
      return Optional.empty();
    }
    String wanted = name.toLowerCase(Locale.ROOT);
    String best = null;
    int fewest = Math.max(wanted.length() <= 3 ? 1 : 2, wanted.length() / 3) + 1;
    for (String candidate : candidates) {
      int edits = edits(wanted, candidate.toLowerCase(Locale.ROOT));
      if (edits < fewest) {
        fewest = edits;
        best = candidate;
      }
    }
    if (best == null && wanted.length() >= 3) {
      for (String candidate : candidates) {
        String lower = candidate.toLowerCase(Locale.ROOT);
        boolean related =
            lower.startsWith(wanted)
                || (candidate.length() >= 3 && wanted.startsWith(lower))
                || abbreviates(wanted, lower);
        if (related && (best == null || candidate.length() < best.length())) {
          best = candidate;
        }
      }
    }
    return Optional.ofNullable(best);
  }

  /** Whether the letters of {@code name} are in {@code full} in their order, from the first on. */
  private static boolean abbreviates(String name, String full) {
    if (full.isEmpty() || name.charAt(0) != full.charAt(0)) {
      return false;
    }
    int next = 0;
    for (int i = 0; i < full.length() && next < name.length(); i++) {
      next += full.charAt(i) == name.charAt(next) ? 1 : 0;
    }
    return next == name.length();
  }

  /** {@code ; did you mean "x"? (x, y)}, or {@code ; expected one of: x, y}. */
  public static String hint(String name, Collection<String> candidates) {
    String all = candidates.stream().distinct().collect(Collectors.joining(", "));
    return hint(name, candidates, " (" + all + ")", "; expected one of: " + all);
  }

  /** {@code ; did you mean "x"?}, or {@code otherwise} where none is near. */
  public static String hint(String name, Collection<String> candidates, String otherwise) {
    return hint(name, candidates, "", otherwise);
  }

  static String hint(String name, Collection<String> candidates, String more, String otherwise) {
    return of(name, candidates)
        .map(near -> "; did you mean \"" + near + "\"?" + more)
        .orElse(otherwise);
  }

  /** Optimal string alignment distance. */
  static int edits(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      cost[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      cost[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int other = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least =
            Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + other);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          least = Math.min(least, cost[i - 2][j - 2] + 1);
        }
        cost[i][j] = least;
      }
    }
    return cost[a.length()][b.length()];
  }
}
