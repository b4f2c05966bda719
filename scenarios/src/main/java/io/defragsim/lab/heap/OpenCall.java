package io.defragsim.lab.heap;

import io.defragsim.emulator.calls.CallListener.Memory;
import io.defragsim.emulator.calls.WatchedCall;
import io.defragsim.lab.heap.Heap.Block;
import io.defragsim.lab.heap.HeapFunction.Action;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call of a heap's function that is under way, with what it was given. Mutable. */
final class OpenCall {
  final WatchedCall call;
  final HeapFunction function;

  /** Beyond twice what was asked for: headers, and room to align. */
  private static final long ROOM_BYTES = 32;

  /** The outermost call that this one is part of; itself for one that counts. */
  private OpenCall outermost;

  /** How many calls within the outermost one were over when this one began. */
  private final int overBefore;

  final long bytes;
  final long align;
  final long place;
  final long heap;

  /** Of which heap its block is: that of its function, unless the block is another's. */
  Family family;

  /** Of an outermost one: the block that it has taken out of those that are alive. */
  @Nullable Block taken;

  /** Of an outermost one: where it was called from. */
  int stack;

  /** Of an outermost one: whether something within it was refused. */
  boolean refusedWithin;

  /** Of an outermost one: a heap that calls within it named. */
  long heapWithin;

  /** Of an outermost one: calls within it that are over and may be operations of their own. */
  private final List<Over> within = new ArrayList<>();

  /**
   * A call that is over.
   *
   * @param answer the address or handle that it gave, 0 for a refusal
   * @param error the number of the error that it gave, how far below 0; 0 for none
   * @param end the cycle at which its caller went on
   * @param cycles its own
   * @param estimate whether these rest on an estimate
   */
  record Over(OpenCall open, long answer, int error, long end, long cycles, boolean estimate) {

    boolean isRefused() {
      return answer == 0;
    }

    /** Whether it gave out a block. */
    boolean isBirth() {
      return !isRefused() && open.asksForBlock();
    }

    /**
     * Whether it is about the block that a call is about in which it was made. Sizes tell a block
     * from memory for many that has the first of them at its beginning.
     */
    boolean isAboutThatOf(Over outer) {
      if (!open.asksForBlock()) {
        return open.place == outer.open.place;
      }
      OpenCall asked = outer.open;
      return answer == outer.answer
          && open.bytes <= 2 * asked.bytes + ROOM_BYTES + Math.max(open.align, asked.align);
    }

    /** Whether what a call of the same heap gave out is in the block that this one gave out. */
    boolean holdsThatOf(Over outer) {
      return answer == outer.answer
          || (!open.function.hasHandles()
              && answer < outer.answer
              && outer.answer < answer + open.bytes);
    }
  }

  /**
   * @param around the call in which it is made; null for none
   */
  OpenCall(WatchedCall call, HeapFunction function, @Nullable OpenCall around, Memory memory) {
    this.call = call;
    this.function = function;
    family = function.family();
    outermost = around == null ? this : around.outermost;
    overBefore = outermost.within.size();
    bytes = function.bytes(call, memory);
    align = function.align(call, memory);
    heap = function.heap(call, memory);
    place = function.place(function.block(call, memory), heap);
  }

  /** Whether it counts: no call of a heap is around it. */
  boolean isOutermost() {
    return outermost == this;
  }

  OpenCall outermost() {
    return outermost;
  }

  /** It counts, although it is made within another call. */
  void stepOut() {
    outermost = this;
  }

  /** Calls within it that are over and may be operations of their own; to be changed. */
  List<Over> within() {
    return isOutermost() ? within : outermost.within.subList(overBefore, outermost.within.size());
  }

  boolean grows() {
    return function.action() == Action.GROW;
  }

  boolean allocates() {
    return function.action() == Action.ALLOCATE || function.action() == Action.TAKE;
  }

  /** Whether it gives back or moves the block at {@link #place}. */
  boolean takesBlock() {
    return !function.hasHandles()
        && place != 0
        && (function.action() == Action.FREE || function.action() == Action.RESIZE);
  }

  /** Whether it asks for a block that was not there. */
  boolean asksForBlock() {
    return allocates() || (function.action() == Action.RESIZE && place == 0);
  }

  /** The number of the heap that it is on. */
  long heapNumber() {
    return heap == 0 ? heapWithin : heap;
  }

  /** It is over, with {@code result} in r0. */
  Over over(int result, long end, long cycles, boolean estimate, Memory memory) {
    int error = function.hasHandles() ? Math.max(0, -result) : 0;
    return new Over(this, answer(result, memory), error, end, cycles, estimate);
  }

  /** It was left, and what it asked for was refused; all cycles since its entry are its own. */
  Over refused(long cycle, boolean estimate) {
    return new Over(this, 0, 0, cycle, cycle - call.begin(), estimate);
  }

  private long answer(int result, Memory memory) {
    return switch (function.answer()) {
      case ADDRESS -> Integer.toUnsignedLong(result);
      case STORED_ADDRESS -> {
        Integer stored = result == 0 ? memory.word(place) : null;
        yield stored == null ? 0 : Integer.toUnsignedLong(stored);
      }
      case HANDLE -> result < 0 ? 0 : Integer.toUnsignedLong(result) + 1; // a handle may be 0
      case STATUS -> result < 0 ? 0 : 1;
      case NOTHING -> 1; // a free is never refused
    };
  }
}
