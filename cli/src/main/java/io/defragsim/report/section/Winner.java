package io.defragsim.report.section;

import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.Estimates;
import io.defragsim.lab.words.Numbers;
import io.defragsim.words.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Which of several allocators served a scenario best, in a sentence. The rules, each for those that
 * the one before it leaves:
 *
 * <ol>
 *   <li>who runs to the end is before who does not
 *   <li>who refuses fewer requests is before who refuses more
 *   <li>who is not worse in any of {@link #MEASURES} and better in one is before the other
 * </ol>
 *
 * <p>Where the last rule leaves several, there is no winner, and each is named for what it is best
 * at. Of many there is no winner but one that serves alone: how many serve alike is said, and who
 * of them has least of each measure.
 */
final class Winner {

  /** A figure, of which less is better, and what it is called. */
  private record Measure(String figure, String words) {}

  private static final List<Measure> MEASURES =
      List.of(
          new Measure("alloc.max", "the longest allocation"),
          new Measure("pauses.max", "the longest pause"),
          new Measure("cycles", "the whole run"),
          new Measure("flash.bytes", "the code"));

  /** Of so many that are alike the names are said. */
  private static final int MOST_NAMED = 2;

  private final List<RunResult> all;

  private Winner(List<RunResult> all) {
    this.all = all;
  }

  /**
   * The sentence.
   *
   * @param results two or more of one scenario
   */
  static String sentence(List<RunResult> results) {
    return new Winner(results).sentence();
  }

  private String sentence() {
    return CompareReport.inRows(all.size()) ? ofMany() : ofFew();
  }

  private String ofFew() {
    List<RunResult> completed = all.stream().filter(RunResult::completed).toList();
    if (completed.isEmpty()) {
      return "No winner: none of them runs to the end.";
    }
    String broken =
        completed.size() == all.size()
            ? ""
            : names(without(completed))
                + (many(without(completed)) ? " do" : " does")
                + " not run to the end";
    if (completed.size() == 1) {
      return name(completed.get(0)) + " wins: " + broken + ".";
    }
    long fewest = completed.stream().mapToLong(Winner::failed).min().orElse(0);
    List<RunResult> best = completed.stream().filter(r -> failed(r) == fewest).toList();
    String served = served(completed, best, fewest);
    String why = broken.isEmpty() ? served : served + ", and " + broken;
    if (best.size() == 1) {
      return name(best.get(0)) + " wins: " + why + ".";
    }
    return among(best, why);
  }

  private String ofMany() {
    List<RunResult> completed = all.stream().filter(RunResult::completed).toList();
    if (completed.isEmpty()) {
      return "No winner: of " + all.size() + " allocators none runs to the end.";
    }
    long fewest = completed.stream().mapToLong(Winner::failed).min().orElse(0);
    List<RunResult> best = completed.stream().filter(r -> failed(r) == fewest).toList();
    List<RunResult> others = completed.stream().filter(result -> failed(result) > fewest).toList();
    List<RunResult> broken = without(completed);
    List<String> parts = new ArrayList<>();
    parts.add(
        (best.size() == 1 ? name(best.get(0)) + " wins: of " : "Of ")
            + all.size()
            + " allocators "
            + (best.size() == 1
                ? "it alone" + answer(fewest, false)
                : best.size()
                    + answer(fewest, true)
                    + (fewest > 0 ? ", the fewest" : "")
                    + named(best, others)));
    if (!others.isEmpty()) {
      parts.add((best.size() > others.size() ? names(others) : "the others") + refused(others));
    }
    if (!broken.isEmpty()) {
      parts.add(names(broken) + (many(broken) ? " do" : " does") + " not run to the end");
    }
    if (many(best)) {
      parts.add("of the " + best.size() + ", " + least(best));
    }
    return String.join("; ", parts) + ".";
  }

  /** Who serves, unless it is shorter to say who does not. */
  private static String named(List<RunResult> best, List<RunResult> others) {
    return best.size() > others.size() ? "" : ": " + names(best);
  }

  /** For example {@code refuse 2 to 44 requests}. */
  private static String refused(List<RunResult> others) {
    long least = others.stream().mapToLong(Winner::failed).min().orElse(0);
    long most = others.stream().mapToLong(Winner::failed).max().orElse(0);
    return least == most
        ? answer(most, many(others))
        : " refuse " + Numbers.plain(least) + " to " + Numbers.count(most, "request");
  }

  /**
   * Who of {@code best} has least of each measure that tells them apart; too many for a sentence
   * are counted.
   */
  private static String least(List<RunResult> best) {
    List<String> parts = new ArrayList<>();
    for (Measure measure : MEASURES) {
      if (best.stream().mapToLong(result -> value(measure, result)).distinct().count() == 1) {
        continue;
      }
      long least = best.stream().mapToLong(result -> value(measure, result)).min().orElse(0);
      List<RunResult> who = best.stream().filter(r -> value(measure, r) == least).toList();
      parts.add(
          measure.words()
              + (parts.isEmpty() ? " is least" : "")
              + " on "
              + (who.size() > MOST_NAMED ? who.size() + " of them" : names(who))
              + " ("
              + Numbers.withUnit(least, figure(measure).unit())
              + Estimates.last(best.stream().anyMatch(r -> r.isEstimate(figure(measure))))
              + ")");
    }
    return parts.isEmpty() ? "all are alike in " + words() : listed(parts);
  }

  private List<RunResult> without(List<RunResult> some) {
    return all.stream().filter(result -> !some.contains(result)).toList();
  }

  private static String served(List<RunResult> completed, List<RunResult> best, long fewest) {
    String others =
        completed.stream()
            .filter(result -> !best.contains(result))
            .map(result -> name(result) + answer(failed(result), false))
            .collect(Collectors.joining(", "));
    String who = many(best) ? (best.size() == completed.size() ? "all" : names(best)) : "it";
    return who + answer(fewest, many(best)) + (others.isEmpty() ? "" : ", " + others);
  }

  /** Of those that serve alike: one that no other is better than in anything, or none. */
  private static String among(List<RunResult> best, String why) {
    for (RunResult one : best) {
      if (best.stream().allMatch(other -> other.equals(one) || beats(one, other))) {
        return name(one) + " wins: " + why + ", and " + praise(one, best) + ".";
      }
    }
    List<String> strengths = new ArrayList<>();
    for (RunResult one : best) {
      String praise = praise(one, best);
      if (!praise.isEmpty()) {
        strengths.add(name(one) + ": " + praise);
      }
    }
    return strengths.isEmpty()
        ? "A tie: " + why + ", and they are alike in " + words() + "."
        : "No winner: " + why + "; " + String.join("; ", strengths) + ".";
  }

  private static boolean beats(RunResult one, RunResult other) {
    return MEASURES.stream().allMatch(m -> value(m, one) <= value(m, other))
        && MEASURES.stream().anyMatch(m -> value(m, one) < value(m, other));
  }

  /** What {@code one} alone has least of, with the figures of the others. */
  private static String praise(RunResult one, List<RunResult> all) {
    List<String> parts = new ArrayList<>();
    for (Measure measure : MEASURES) {
      List<RunResult> others = all.stream().filter(result -> !result.equals(one)).toList();
      if (others.stream().allMatch(other -> value(measure, one) < value(measure, other))) {
        long next = others.stream().mapToLong(other -> value(measure, other)).min().orElse(0);
        parts.add(
            measure.words()
                + " is "
                + shown(measure, value(measure, one), all)
                + " and not "
                + Numbers.plain(next));
      }
    }
    return String.join(", ", parts);
  }

  /** It is compared, so it is as exact as the least exact of all. */
  private static String shown(Measure measure, long value, List<RunResult> all) {
    Figure figure = figure(measure);
    return Numbers.withUnit(value, figure.unit())
        + Estimates.mark(all.stream().anyMatch(result -> result.isEstimate(figure)));
  }

  private static String words() {
    return MEASURES.stream().map(Measure::words).collect(Collectors.joining(", "));
  }

  private static Figure figure(Measure measure) {
    return Objects.requireNonNull(Figures.named(measure.figure()), measure.figure());
  }

  /** Nothing measured is nothing taken: an allocator that never compacts has no pause. */
  private static long value(Measure measure, RunResult result) {
    return Objects.requireNonNullElse(figure(measure).value().apply(result), 0L);
  }

  private static long failed(RunResult result) {
    return Objects.requireNonNullElse(result.figures().get("failed"), 0L);
  }

  private static String answer(long refused, boolean many) {
    return refused == 0
        ? (many ? " serve" : " serves") + " every request"
        : (many ? " refuse " : " refuses ")
            + Numbers.count(refused, "request")
            + (many ? " each" : "");
  }

  private static boolean many(List<RunResult> results) {
    return results.size() > 1;
  }

  private static String names(List<RunResult> results) {
    return listed(results.stream().map(Winner::name).toList());
  }

  private static String listed(List<String> words) {
    int last = words.size() - 1;
    return last < 1
        ? String.join("", words)
        : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
  }

  private static String name(RunResult result) {
    return Printable.of(result.subject().image().name());
  }
}
