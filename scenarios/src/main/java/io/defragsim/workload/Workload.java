package io.defragsim.workload;

import io.defragsim.workload.trace.TraceChangedException;
import io.defragsim.workload.trace.TraceFile;
import java.util.List;
import java.util.stream.Stream;

/**
 * The program that a scenario plays on the allocator.
 *
 * @param parts what runs, in order
 * @param blockNames the names of explicit blocks; block {@code i} has name {@code i}
 */
public record Workload(List<Part> parts, List<String> blockNames) {
  /** How many operations it may have beside its traces, repetitions counted in full. */
  public static final int MOST_OPERATIONS = 10_000_000;

  public Workload {
    parts = List.copyOf(parts);
    blockNames = List.copyOf(blockNames);
  }

  /** A phase, or phases repeated. */
  public sealed interface Part permits Phase, Repeat {}

  /**
   * A named stretch of work.
   *
   * @param drain whether at its end every block alive, of whatever phase, is unlocked and freed, in
   *     the order of allocation; without it nothing is freed that the phase does not free
   */
  public record Phase(String name, Content content, boolean drain) implements Part {}

  /**
   * Parts that run several times.
   *
   * @param times above 0
   */
  public record Repeat(int times, List<Part> parts) implements Part {
    public Repeat {
      parts = List.copyOf(parts);
    }
  }

  /** Where the operations of a phase come from. */
  public sealed interface Content permits Explicit, Generator, Recorded {}

  /** Operations as they are written in the scenario. */
  public record Explicit(List<Statement> statements) implements Content {
    public Explicit {
      statements = List.copyOf(statements);
    }
  }

  /**
   * Operations as a trace file has them. A phase that the trace begins ends the one before; each
   * run has blocks of its own.
   */
  public record Recorded(TraceFile file) implements Content {}

  /** One operation, or statements repeated. */
  public sealed interface Statement permits Single, Loop {}

  /** One operation. */
  public record Single(Operation operation) implements Statement {}

  /**
   * Statements that run several times.
   *
   * @param times above 0
   */
  public record Loop(int times, List<Statement> statements) implements Statement {
    public Loop {
      statements = List.copyOf(statements);
    }
  }

  /**
   * The operations in order, with a mark at the start and the end of every phase. Each call begins
   * anew and gives the same operations. They are made one by one: memory grows with the blocks
   * alive, not with the operations.
   *
   * <p>Playing throws a {@link TraceChangedException} where a trace file is no longer what it was.
   */
  public TraceIterator play() {
    return new TraceIterator(this);
  }

  /** The same for those that play it to the end. */
  public Iterable<TraceElement> trace() {
    return this::play;
  }

  /** How many operations the trace has, marks between phases not counted. Plays it once. */
  public long countOperations() {
    long[] count = new long[1];
    trace().forEach(element -> element.accept(operation -> count[0]++));
    return count[0];
  }

  /** The traces that it plays, each once for each phase that names it. */
  public List<TraceFile> traces() {
    return traces(parts).toList();
  }

  private static Stream<TraceFile> traces(List<Part> parts) {
    return parts.stream()
        .flatMap(
            part -> {
              if (part instanceof Repeat repeat) {
                return traces(repeat.parts());
              }
              return ((Phase) part).content() instanceof Recorded recorded
                  ? Stream.of(recorded.file())
                  : Stream.empty();
            });
  }

  /**
   * What to call a block that is no trace's: its name in the scenario, or {@code #17} for the
   * generators' 17th.
   */
  public String blockName(int block) {
    return block < blockNames.size()
        ? blockNames.get(block)
        : "#" + (block - blockNames.size() + 1);
  }
}
