package io.defragsim.emulator.bound;

import io.defragsim.emulator.model.Location;
import java.util.List;

/**
 * The worst case of a function: no call takes longer, at zero wait states, if its loops keep their
 * bounds. No run needs to take so long.
 *
 * @param cycles from its first instruction until control is back at the caller, all that it calls
 *     included
 * @param stackBytes the most that it and what it calls have on the stack
 * @param path the way that takes so long, in the order in which its steps are first taken
 */
public record FunctionBound(long cycles, int stackBytes, List<Step> path) {

  public FunctionBound {
    path = List.copyOf(path);
  }

  /**
   * A straight-line piece of the path.
   *
   * @param at its first instruction
   * @param instructions how many it has
   * @param last its last instruction as assembly
   * @param cycles of one time; if it ends in a conditional branch, as taken as the path goes
   * @param count how often the path takes it
   */
  public record Step(Location at, int instructions, String last, int cycles, long count) {

    /** The cycles of all times. */
    public long total() {
      return cycles * count;
    }
  }
}
