package io.defragsim.workload;

import java.util.Iterator;
import java.util.List;

/**
 * The program that a scenario plays on the allocator.
 *
 * @param parts what runs, in order
 * @param blockNames the names of explicit blocks; block {@code i} has name {@code i}
 */
public record Workload(List<Part> parts, List<String> blockNames) {

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
  public sealed interface Content permits Explicit, Generator {}

  /** Operations as they are written in the scenario. */
  public record Explicit(List<Statement> statements) implements Content {
    public Explicit {
      statements = List.copyOf(statements);
    }
  }

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
   * The operations in order, with a mark at the start and the end of every phase. Each call of
   * {@code iterator()} begins anew and gives the same operations. They are made one by one: memory
   * grows with the blocks alive, not with the operations.
   */
  public Iterable<TraceElement> trace() {
    return this::play;
  }

  /** The same, once. */
  public Trace play() {
    return new TraceIterator(this);
  }

  /** A trace that is being played. */
  public interface Trace extends Iterator<TraceElement> {

    /**
     * What to call a block of the operation that came last, or one alive: its name in the scenario,
     * or {@code packet#17} for the generators' 17th if that is of the kind {@code packet}.
     */
    String blockName(int block);
  }

  /** How many operations the trace has, marks between phases not counted. Plays it once. */
  public long countOperations() {
    long[] count = new long[1];
    trace().forEach(element -> element.accept(operation -> count[0]++));
    return count[0];
  }

  /** A block's name in the scenario, or {@code #17} for the generators' 17th. */
  public String blockName(int block) {
    return block < blockNames.size()
        ? blockNames.get(block)
        : "#" + (block - blockNames.size() + 1);
  }
}
