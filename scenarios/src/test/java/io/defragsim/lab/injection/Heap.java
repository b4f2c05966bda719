package io.defragsim.lab.injection;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A heap between two calls, and what the program knows of it.
 *
 * @param memory the image's data and the pool; not to be changed
 * @param blocks by variable, null where a variable holds none; not to be changed
 * @param stale a handle whose block was freed, 0 if none was yet
 * @param wanted what the steps may work for
 * @param parent the heap before {@code last}, null for the empty one
 */
@SuppressWarnings("ArrayRecordComponent") // equal by memory, which all else follows from
record Heap(
    byte[] memory,
    @Nullable Block[] blocks,
    int stale,
    Wanted wanted,
    @Nullable Heap parent,
    @Nullable Operation last) {

  /**
   * A request that failed as fragmented.
   *
   * @param bytes 0 for none
   */
  record Request(int bytes, boolean pinned) {
    static final Request NONE = new Request(0, false);

    boolean isPending() {
      return bytes > 0;
    }
  }

  /**
   * The requests of which steps may speak: they work for the last one that failed, or for a larger
   * one before it.
   *
   * @param last none once it was served, or a step has answered 0 or that it never can be
   * @param largest the same, of the largest of those that failed
   */
  record Wanted(Request last, Request largest) {
    static final Wanted NOTHING = new Wanted(Request.NONE, Request.NONE);

    boolean isPending() {
      return last.isPending() || largest.isPending();
    }

    /** Whether one of them can never be served by so many bytes. */
    boolean exceeds(int bytes) {
      return last.bytes > bytes || largest.bytes > bytes;
    }
  }

  /**
   * A block that is alive.
   *
   * @param bytes as requested
   * @param address where it is between the two calls, 0 in two parts
   */
  record Block(int handle, int bytes, int locks, boolean pinned, int address) {
    boolean mayNotMove() {
      return locks > 0 || pinned;
    }

    Block withLocks(int count) {
      return new Block(handle, bytes, count, pinned, address);
    }

    Block at(int newAddress) {
      return new Block(handle, bytes, locks, pinned, newAddress);
    }

    Block withBytes(int newBytes) {
      return new Block(handle, newBytes, locks, pinned, address);
    }
  }

  static Heap empty(byte[] memory, int variables) {
    return new Heap(memory, new Block[variables], 0, Wanted.NOTHING, null, null);
  }

  Block block(int variable) {
    Block block = blocks[variable];
    if (block == null) {
      throw new IllegalArgumentException("no block in variable " + variable);
    }
    return block;
  }

  int freeVariable() {
    for (int variable = 0; variable < blocks.length; variable++) {
      if (blocks[variable] == null) {
        return variable;
      }
    }
    return -1;
  }

  /** The operations that made it, from the empty pool on. */
  String history() {
    if (parent == null) {
      return "";
    }
    String before = parent.history();
    return before.isEmpty() ? String.valueOf(last) : before + " " + last;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Heap heap && Arrays.equals(memory, heap.memory);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(memory);
  }
}
