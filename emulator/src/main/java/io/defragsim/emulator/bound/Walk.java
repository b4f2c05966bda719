package io.defragsim.emulator.bound;

import io.defragsim.emulator.bound.Expansion.Edge;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A way through the graph, with its cycles. Immutable; parts are shared. */
final class Walk {
  static final Walk EMPTY = new Walk(0, null, null, 1, null);

  private final long cycles;
  private final @Nullable Walk before;
  private final @Nullable Walk behind;
  private final long times; // of what is behind
  private final @Nullable Edge edge; // in place of what is behind

  private Walk(
      long cycles, @Nullable Walk before, @Nullable Walk behind, long times, @Nullable Edge edge) {
    this.cycles = cycles;
    this.before = before;
    this.behind = behind;
    this.times = times;
    this.edge = edge;
  }

  long cycles() {
    return cycles;
  }

  /** This, then one more edge. */
  Walk then(Edge next) {
    return new Walk(Math.addExact(cycles, next.cycles()), this, null, 1, next);
  }

  /**
   * This, then another walk, several times.
   *
   * @throws ArithmeticException if the cycles are more than a long holds
   */
  Walk then(Walk next, long howOften) {
    if (howOften == 0 || next == EMPTY) {
      return this;
    }
    long more = Math.multiplyExact(next.cycles, howOften);
    return new Walk(Math.addExact(cycles, more), this, next, howOften, null);
  }

  static Walk longer(@Nullable Walk a, Walk b) {
    return a != null && a.cycles >= b.cycles ? a : b;
  }

  /** How often each edge is taken, in the order of the first time. */
  Map<Edge, Long> edges() {
    record Part(Walk walk, long times) {}

    Map<Edge, Long> edges = new LinkedHashMap<>();
    Deque<Part> open = new ArrayDeque<>();
    open.push(new Part(this, 1));
    while (!open.isEmpty()) {
      Part part = open.pop();
      Walk walk = part.walk();
      if (walk.edge != null && walk.before == null) {
        edges.merge(walk.edge, part.times(), Math::addExact);
        continue;
      }
      if (walk.behind != null) {
        open.push(new Part(walk.behind, Math.multiplyExact(part.times(), walk.times)));
      } else if (walk.edge != null) {
        open.push(new Part(new Walk(walk.edge.cycles(), null, null, 1, walk.edge), part.times()));
      }
      if (walk.before != null) {
        open.push(new Part(walk.before, part.times()));
      }
    }
    return edges;
  }
}
