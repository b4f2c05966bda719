package io.defragsim.lab.result;

import org.jspecify.annotations.Nullable;

/**
 * All stretches of compaction.
 *
 * @param exact false if some were whole calls that moved blocks on the side (feature 2): then the
 *     cycles are an upper bound
 * @param cycles of every pause, with what interrupts took in it
 * @param bytesMoved in all of them
 * @param longest the first of the greatest, null without pauses
 */
public record Pauses(
    boolean exact,
    Distribution cycles,
    long bytesMoved,
    @Nullable Pause longest,
    Events<Pause> events) {

  /** Why compaction ran. */
  public enum Cause {
    /** The workload asked for a step. */
    OPERATION("step operation"),
    /** A request failed as fragmented. */
    FAILURE("after a failure"),
    /** The policy runs one every N operations. */
    PERIODIC("every N operations"),
    /** The policy runs them while the program waits. */
    IDLE("while waiting"),
    /** Another call moved blocks; its cycles are an upper bound. */
    INSIDE_CALL("inside a call");

    private final String words;

    Cause(String words) {
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
    }
  }

  /**
   * One uninterrupted stretch of compaction.
   *
   * @param operation during which it ran
   * @param blocksMoved how many blocks stand elsewhere after it
   * @param bytesMoved the requested bytes of those blocks; a block that moves in parts counts whole
   *     when it has arrived
   * @param result what the call returned: for a step 1 more to do, 0 nothing to do, or an error
   */
  public record Pause(
      long operation, Cause cause, long cycles, int blocksMoved, long bytesMoved, int result) {}
}
