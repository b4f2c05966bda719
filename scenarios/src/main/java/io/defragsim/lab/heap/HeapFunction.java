package io.defragsim.lab.heap;

import io.defragsim.emulator.calls.CallListener.Memory;
import io.defragsim.emulator.calls.WatchedCall;
import org.jspecify.annotations.Nullable;

/**
 * A function of a heap: what it does, and where its arguments stand.
 *
 * @param name its symbol, or how a person named it
 * @param size of the block in bytes; null where it has none
 * @param count how many of that size; null for one
 * @param align what the block is to be aligned to in bytes; null for what the heap gives
 * @param block the address of a block, or its handle; where that goes, for {@link
 *     Answer#STORED_ADDRESS} and {@link Answer#STATUS} of a lock
 * @param heap which of several heaps; null where there is one
 */
record HeapFunction(
    String name,
    Family family,
    Action action,
    Answer answer,
    @Nullable Argument size,
    @Nullable Argument count,
    @Nullable Argument align,
    @Nullable Argument block,
    @Nullable Argument heap) {

  /** What it does. */
  enum Action {
    ALLOCATE,
    /** Of a pool whose number is the size. */
    TAKE,
    RESIZE,
    FREE,
    LOCK,
    UNLOCK,
    /** Moves the end of the heap. */
    GROW
  }

  /** What it answers. */
  enum Answer {
    /** r0 is the address of the block, 0 if it was refused. */
    ADDRESS,
    /** r0 is 0 and the address is stored where the block's argument says; else it was refused. */
    STORED_ADDRESS,
    /** r0 is the handle of the block, below 0 if it was refused. */
    HANDLE,
    /** r0 is below 0 if it was refused. */
    STATUS,
    NOTHING
  }

  private static final long MOST_ALIGN = 1 << 30;

  /** The requested bytes; 0 without any. */
  long bytes(WatchedCall call, Memory memory) {
    long each = size == null ? 0 : size.of(call, memory);
    long product = each * (count == null ? 1 : count.of(call, memory));
    return Math.min(product < 0 ? 0xFFFF_FFFFL : product, 0xFFFF_FFFFL);
  }

  /** What it asks to be aligned to, a power of two; 0 for nothing, and for what is none. */
  long align(WatchedCall call, Memory memory) {
    long bytes = align == null ? 0 : align.of(call, memory);
    return Long.bitCount(bytes) == 1 && bytes <= MOST_ALIGN ? bytes : 0;
  }

  /** The block that it is on, 0 for none. */
  long block(WatchedCall call, Memory memory) {
    return block == null ? 0 : block.of(call, memory);
  }

  /** Which of several heaps; 0 where there is one. */
  long heap(WatchedCall call, Memory memory) {
    return heap == null ? 0 : heap.of(call, memory);
  }

  /** What a block is known by: its address; its handle together with its heap's address. */
  long place(long block, long heap) {
    return hasHandles() ? heap << Integer.SIZE | block : block;
  }

  /** Whether its blocks have handles, and may move. */
  boolean hasHandles() {
    return family.equals(Family.DEFRAG);
  }
}
