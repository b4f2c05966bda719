package io.defragsim.workload;

/**
 * One element of a trace: a request of the program to its allocator, or a mark between phases.
 *
 * <p>Blocks are numbers from 0 that are never used for a second allocation by generators; a block
 * that a scenario names keeps its number when it is allocated anew. {@link Workload#blockName} says
 * what to call it. A trace never operates on a block that it has not allocated or has freed, never
 * frees, grows or resizes a locked block, never grows or resizes a pinned one, and unlocks as often
 * as it locks; whether an allocator served the block is another matter.
 */
public sealed interface Operation {

  /**
   * Allocate a block.
   *
   * @param bytes requested payload in bytes, 0 to 0xFFFFFFFF
   * @param pinned whether it must never move
   */
  record Alloc(int block, long bytes, boolean pinned) implements Operation {

    /** One that may move. */
    public Alloc(int block, long bytes) {
      this(block, bytes, false);
    }
  }

  /** Free a block. */
  record Free(int block) implements Operation {}

  /** Lock a block; locks are counted. */
  record Lock(int block) implements Operation {}

  /** Take back one lock of a block. */
  record Unlock(int block) implements Operation {}

  /** Write the whole payload of a block with fresh content. */
  record Write(int block) implements Operation {}

  /**
   * Give a block a new size, as C programs without a realloc do: allocate, copy, free the old one.
   * The block keeps its number. Served or not is the allocation's answer; if it is refused, the
   * block stays as it was.
   *
   * @param bytes the new requested payload in bytes, 0 to 0xFFFFFFFF
   */
  record Grow(int block, long bytes) implements Operation {}

  /**
   * Give a block a new size in place where that is possible; else it moves. On an allocator that
   * cannot do that it is done as {@link Grow}. The block keeps its number, and if it is refused, it
   * stays as it was.
   *
   * @param bytes the new requested payload in bytes, 0 to 0xFFFFFFFF
   */
  record Resize(int block, long bytes) implements Operation {}

  /**
   * Compact, whatever the policy says.
   *
   * @param count how many steps, above 0; fewer if the allocator has nothing left to do
   */
  record Step(int count) implements Operation {}

  /**
   * Let time pass.
   *
   * @param cycles core cycles, above 0
   */
  record Wait(long cycles) implements Operation {}

  /** A phase begins. Not counted as an operation. */
  record PhaseStart(String name) implements Operation {}

  /** The phase that began last is over. Not counted as an operation. */
  record PhaseEnd(String name) implements Operation {}

  /** Whether this is a mark between phases rather than an operation. */
  default boolean isMark() {
    return this instanceof PhaseStart || this instanceof PhaseEnd;
  }
}
