package io.defragsim.command.option;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.Limit;
import io.defragsim.scenario.Limit.Bounds;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Scenario;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The option {@code --limit}. */
public final class LimitOption {
  private static final Pattern LIMIT =
      Pattern.compile("\\s*([^\\s<>=]+)\\s*(<=|>=|=)\\s*([^<>=]+?)\\s*");

  @Option(
      names = "--limit",
      paramLabel = "LIMIT",
      split = ",",
      preprocessor = NoGaps.class,
      description =
          "Limits in place of the scenario's on the same figures, or besides: pauses.max=800 is at"
              + " most, 'operations>=1000' at least; values as in a scenario, like 'alloc.max=20 us'"
              + " (figures: defrag-sim list figures).")
  List<String> limits = List.of();

  /** What stands on the command line. */
  private record Given(Figure figure, boolean least, String value) {}

  /** The scenario with these limits. */
  public Scenario on(Scenario scenario) {
    return limits.isEmpty()
        ? scenario
        : scenario.withLimits(
            on(
                scenario.limits(),
                scenario.mcu().clockHz(),
                Figures::isOfScenarios,
                "is a figure of a program's heap: no run of a scenario has it"));
  }

  /**
   * These limits on the heap of a program, with others on other figures.
   *
   * @param clockHz what times become cycles by
   */
  public List<Limit> on(List<Limit> others, long clockHz) {
    return on(
        others,
        clockHz,
        Figures::isOfPrograms,
        "is a figure of scenarios: no recording of a program has it");
  }

  private List<Limit> on(
      List<Limit> others, long clockHz, Predicate<Figure> measured, String otherwise) {
    Map<String, Bounds> given = new LinkedHashMap<>();
    for (Given each : limits.stream().map(LimitOption::given).toList()) {
      if (!measured.test(each.figure())) {
        throw wrong(each.figure().name() + " " + otherwise); // it would hold whatever happens
      }
      long value = value(each, clockHz);
      Bounds before = given.getOrDefault(each.figure().name(), Bounds.NONE);
      if ((each.least() ? before.min() : before.max()) != null) {
        throw wrong(
            each.figure().name()
                + " is given twice: one bound at least (>=) and one at most (<=) go together");
      }
      Bounds after =
          each.least() ? new Bounds(value, before.max()) : new Bounds(before.min(), value);
      Long min = after.min();
      Long max = after.max();
      if (min != null && max != null && min > max) {
        throw wrong(each.figure().name() + ": nothing is at least " + min + " and at most " + max);
      }
      given.put(each.figure().name(), after);
    }
    List<Limit> all = new ArrayList<>();
    for (Limit limit : others) {
      Bounds bounds = given.remove(limit.figure());
      all.add(bounds == null ? limit : new Limit(limit.figure(), bounds, Bounds.NONE, null));
    }
    given.forEach((figure, bounds) -> all.add(new Limit(figure, bounds, Bounds.NONE, null)));
    return all;
  }

  private static Given given(String text) {
    Matcher matcher = LIMIT.matcher(text);
    if (!matcher.matches()) {
      throw wrong("\"" + text + "\" is no limit: expected one like pauses.max=800");
    }
    Figure figure = Figures.named(matcher.group(1));
    if (figure == null) {
      throw wrong(
          "\""
              + matcher.group(1)
              + "\" is no figure"
              + Nearest.hint(
                  matcher.group(1), Figures.names(), "; 'defrag-sim list figures' has them all"));
    }
    return new Given(figure, matcher.group(2).equals(">="), matcher.group(3));
  }

  private static long value(Given given, long clockHz) {
    return OptionValue.of(
        "--limit: " + given.figure().name(),
        () -> given.figure().unit().parse(given.value(), clockHz));
  }

  private static CommandFailedException wrong(String message) {
    return CommandFailedException.wrongUsage("--limit: " + message);
  }
}
