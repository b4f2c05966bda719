package io.defragsim.workload;

import io.defragsim.workload.trace.CallStack;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of traces that are alive: their numbers, names, and where they were asked for. Numbers
 * fall from the largest, so that they meet those of no other blocks, and come back once they are
 * free: a trace may have more blocks than there are numbers.
 */
final class RecordedBlocks {
  /** Above the number of any block that a scenario writes out or generates. */
  private static final int LOWEST = Integer.MAX_VALUE / 2;

  /** A name is in many lines, and names of C++ functions are long. */
  private static final int LONGEST_SITE = 64;

  /**
   * A block.
   *
   * @param where the site or, where none is known, the phase
   * @param what its id in the trace, and what tells it from one of an earlier run
   * @param refused whether the program was refused it; then there is no id
   */
  private record Origin(String where, String what, boolean refused, @Nullable CallStack stack) {}

  private final Map<Integer, Origin> alive = new HashMap<>();
  private final Deque<Integer> free = new ArrayDeque<>();
  private int lowest = Integer.MAX_VALUE;
  private int generation;

  /** Whether that is the number of a block of a trace. */
  static boolean has(int block) {
    return block >= LOWEST;
  }

  /** What is put behind the names of a run, so that they are not those of blocks still alive. */
  String nextSuffix() {
    generation = alive.isEmpty() ? 1 : generation + 1;
    return generation == 1 ? "" : " (" + generation + ")";
  }

  /** Gives a new block its number. */
  int add(String phase, String what, @Nullable CallStack stack) {
    return add(phase, what, false, stack);
  }

  /** The same for one that the program was refused. */
  int addRefused(String phase, String suffix, @Nullable CallStack stack) {
    return add(phase, suffix, true, stack);
  }

  private int add(String phase, String what, boolean refused, @Nullable CallStack stack) {
    Integer back = free.poll();
    int block = back == null ? lowest-- : back;
    if (block < LOWEST) {
      throw new IllegalStateException("more blocks are alive than there are numbers");
    }
    String where = stack == null ? phase : stack.innermost().function();
    alive.put(block, new Origin(where, what, refused, stack));
    return block;
  }

  /** Forgets a block, if it is one of a trace. */
  void remove(int block) {
    if (alive.remove(block) != null) {
      free.push(block);
    }
  }

  /** For example {@code parse_value#17}, or {@code a refused request in parse_value}. */
  String name(int block) {
    Origin origin = of(block);
    String where = origin.where();
    if (where.length() > LONGEST_SITE) {
      int half = LONGEST_SITE / 2;
      where = where.substring(0, half) + "..." + where.substring(where.length() - half);
    }
    return origin.refused()
        ? "a refused request in " + where + origin.what()
        : where + "#" + origin.what();
  }

  /** The stack that it was asked for in; null if it is not known. */
  @Nullable CallStack askedFor(int block) {
    return of(block).stack();
  }

  private Origin of(int block) {
    Origin origin = alive.get(block);
    if (origin == null) {
      throw new IllegalArgumentException("no block of a trace is alive by that number: " + block);
    }
    return origin;
  }
}
