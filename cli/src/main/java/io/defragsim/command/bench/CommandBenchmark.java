package io.defragsim.command.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.defragsim.lab.result.ExitStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/** Whole commands that must come to the same, in different ways. */
public final class CommandBenchmark {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A command with {@code --json}.
   *
   * @param result where its result is
   * @param units in the result: instructions or operations
   * @param cycles in the result
   * @param ofTheWay what of the result depends on the way on purpose
   */
  private record Command(
      String name, String result, String units, String cycles, Set<String> ofTheWay) {}

  private static final Command EXEC =
      new Command("exec", "", "/instructions", "/cycles", Set.of("profile"));
  private static final Command RUN =
      new Command("run", "/runs/0", "/executed", "/figures/cycles", Set.of("strictness", "notes"));

  private final Timed.Runner runner;
  private final Consumer<String> progress;

  /**
   * @param progress is told what runs
   */
  public CommandBenchmark(Timed.Runner runner, Consumer<String> progress) {
    this.runner = runner;
    this.progress = progress;
  }

  /**
   * A way and its time.
   *
   * @param options of the command; may be empty
   */
  public record Way(String options, double userSeconds, double wallSeconds) {}

  /**
   * What all ways came to.
   *
   * @param units instructions or operations
   * @param cycles emulated
   */
  public record Compared(String name, long units, long cycles, List<Way> ways) {

    /** Units in a second of user time. */
    public double perSecond(Way way) {
      return units / way.userSeconds();
    }

    /** How many times as fast as the first way, by user time. */
    public double times(Way way) {
      return ways.get(0).userSeconds() / way.userSeconds();
    }
  }

  /**
   * A program, by {@code exec} with each of {@code options}.
   *
   * @throws IllegalStateException if not all come to the same result and the same output
   */
  public Compared exec(String name, Path file, List<String> options) {
    return compare(EXEC, name, file, options);
  }

  /** A scenario, by {@code run}; the same otherwise. */
  public Compared run(String name, Path file, List<String> options) {
    return compare(RUN, name, file, options);
  }

  private Compared compare(Command command, String name, Path file, List<String> options) {
    List<Way> ways = new ArrayList<>();
    Came first = null;
    for (String option : options) {
      String what = (command.name + " " + name + " " + option).strip();
      progress.accept(what);
      List<String> arguments =
          new ArrayList<>(List.of(command.name, file.toString(), "--json", "-"));
      if (!option.isEmpty()) {
        arguments.addAll(List.of(option.split(" ", -1)));
      }
      Timed run = runner.run(arguments.toArray(String[]::new));
      Came came = new Came(run.status(), result(command, what, run), run.err());
      if (first == null) {
        first = came;
      } else if (!came.equals(first)) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "%s %s does not come to the same with %s as with %s: %s against %s",
                command.name,
                name,
                option.isEmpty() ? "no option" : option,
                options.get(0),
                came.words(command),
                first.words(command)));
      }
      ways.add(new Way(option, run.userSeconds(), run.wallSeconds()));
    }
    if (first == null) {
      throw new IllegalArgumentException("no ways");
    }
    return new Compared(name, first.units(command), first.cycles(command), ways);
  }

  /**
   * What must be the same.
   *
   * @param output of the program, which is on stderr, for the result takes stdout
   */
  private record Came(int status, JsonNode result, String output) {
    long units(Command command) {
      return result.at(command.units).longValue();
    }

    long cycles(Command command) {
      return result.at(command.cycles).longValue();
    }

    String words(Command command) {
      return String.format(
          Locale.ROOT,
          "%s %d, %s %d, status %d, output \"%s\"",
          command.units.substring(1),
          units(command),
          command.cycles.substring(1),
          cycles(command),
          status,
          output.strip());
    }
  }

  private static JsonNode result(Command command, String what, Timed run) {
    if (run.status() == ExitStatus.INTERNAL.code() || run.status() == ExitStatus.USAGE.code()) {
      throw new IllegalStateException(
          what + " ended with status " + run.status() + ": " + run.err().strip());
    }
    try {
      JsonNode result = JSON.readTree(run.out()).at(command.result);
      ((ObjectNode) result).remove(command.ofTheWay);
      return result;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(what + " wrote no JSON: " + run.out(), e);
    }
  }
}
