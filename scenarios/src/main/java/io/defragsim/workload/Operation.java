package io.defragsim.workload;

/**
 * A request of the program to its allocator, or what it does besides.
 *
 * <p>Blocks are numbers from 0 that are never used for a second allocation by generators; a block
 * that a scenario names keeps its number when it is allocated anew, and that of a recorded block
 * comes back once it is free. {@link TraceIterator#blockName} says what to call it. A trace never
 * operates on a block that it has not allocated or has freed, never frees, grows or resizes a
 * locked block, never grows or resizes a pinned one, and unlocks as often as it locks; whether an
 * allocator served the block is another matter.
 */
public sealed interface Operation extends TraceElement {

  /** The block of an operation that is on none. */
  int NO_BLOCK = -1;

  OperationKind kind();

  /** The number of the block that it is on, {@link #NO_BLOCK} for none. */
  default int block() {
    return NO_BLOCK;
  }

  /**
   * How much it asks for: bytes of payload where {@link OperationKind#asksForMemory}, the steps of
   * a {@link Step}, the cycles of a {@link Wait}; else 0.
   */
  default long amount() {
    return 0;
  }

  /** Whether it is the allocation of a block that must never move. */
  default boolean pinned() {
    return false;
  }

  @Override
  default void accept(Visitor visitor) {
    visitor.operation(this);
  }

  /** For example {@code alloc 3 64} and, of a pinned one, {@code pin 3 64}. */
  @Override
  default String line() {
    String word = pinned() ? "pin" : kind().key();
    String of = block() == NO_BLOCK ? "" : " " + block();
    return word + of + (block() == NO_BLOCK || kind().asksForMemory() ? " " + amount() : "");
  }

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

    @Override
    public OperationKind kind() {
      return OperationKind.ALLOC;
    }

    @Override
    public long amount() {
      return bytes;
    }
  }

  /** Free a block. */
  record Free(int block) implements Operation {
    @Override
    public OperationKind kind() {
      return OperationKind.FREE;
    }
  }

  /** Lock a block; locks are counted. */
  record Lock(int block) implements Operation {
    @Override
    public OperationKind kind() {
      return OperationKind.LOCK;
    }
  }

  /** Take back one lock of a block. */
  record Unlock(int block) implements Operation {
    @Override
    public OperationKind kind() {
      return OperationKind.UNLOCK;
    }
  }

  /** Write the whole payload of a block with fresh content. */
  record Write(int block) implements Operation {
    @Override
    public OperationKind kind() {
      return OperationKind.WRITE;
    }
  }

  /**
   * Give a block a new size, as C programs without a realloc do: allocate, copy, free the old one.
   * The block keeps its number. Served or not is the allocation's answer; if it is refused, the
   * block stays as it was.
   *
   * @param bytes the new requested payload in bytes, 0 to 0xFFFFFFFF
   */
  record Grow(int block, long bytes) implements Operation {
    @Override
    public OperationKind kind() {
      return OperationKind.GROW;
    }

    @Override
    public long amount() {
      return bytes;
    }
  }

  /**
   * Give a block a new size in place where that is possible; else it moves. On an allocator that
   * cannot do that it is done as {@link Grow}. The block keeps its number, and if it is refused, it
   * stays as it was.
   *
   * @param bytes the new requested payload in bytes, 0 to 0xFFFFFFFF
   */
  record Resize(int block, long bytes) implements Operation {
    @Override
    public OperationKind kind() {
      return OperationKind.RESIZE;
    }

    @Override
    public long amount() {
      return bytes;
    }
  }

  /**
   * Compact, whatever the policy says.
   *
   * @param count how many steps, above 0; fewer if the allocator has nothing left to do
   */
  record Step(int count) implements Operation {
    @Override
    public OperationKind kind() {
      return OperationKind.STEP;
    }

    @Override
    public long amount() {
      return count;
    }
  }

  /**
   * Let time pass.
   *
   * @param cycles core cycles, above 0
   */
  record Wait(long cycles) implements Operation {
    @Override
    public OperationKind kind() {
      return OperationKind.WAIT;
    }

    @Override
    public long amount() {
      return cycles;
    }
  }
}
