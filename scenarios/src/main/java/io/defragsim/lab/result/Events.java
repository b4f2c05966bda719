package io.defragsim.lab.result;

import java.util.List;

/**
 * Events of one sort, the first of them kept in full: a long run cannot fill the memory.
 *
 * @param kept the first events, in order
 * @param count how many there were, kept or not
 */
public record Events<T>(List<T> kept, long count) {

  /** How many events of a sort are kept. */
  public static final int CAPACITY = 1000;

  public Events {
    kept = List.copyOf(kept);
    if (count < kept.size()) {
      throw new IllegalArgumentException("kept " + kept.size() + " of " + count);
    }
  }

  /** How many were counted but not kept. */
  public long dropped() {
    return count - kept.size();
  }
}
