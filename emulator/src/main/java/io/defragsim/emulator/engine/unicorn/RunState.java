package io.defragsim.emulator.engine.unicorn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The state of a run in memory that native code shares: {@code struct run} of {@code counter.c} has
 * the same layout.
 */
final class RunState {
  private static final int BUDGET = 0;
  private static final int CYCLES = 8;
  private static final int AT_LAST_BLOCK = 16;
  private static final int AT_BLOCK_BEFORE_LAST = 24;
  private static final int PENDING_COST = 32;
  private static final int PENDING_EXTRA = 36;
  private static final int PENDING_END = 40;
  private static final int BY_FLAGS = 44;
  private static final int BROKEN = 48;
  private static final int PENDING_ODD = 52;
  private static final int BYTES = 56;

  final ByteBuffer memory = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());

  long budget() {
    return memory.getLong(BUDGET);
  }

  long cycles() {
    return memory.getLong(CYCLES);
  }

  long atLastBlock() {
    return memory.getLong(AT_LAST_BLOCK);
  }

  long atBlockBeforeLast() {
    return memory.getLong(AT_BLOCK_BEFORE_LAST);
  }

  int pendingCost() {
    return memory.getInt(PENDING_COST);
  }

  int pendingExtra() {
    return memory.getInt(PENDING_EXTRA);
  }

  int pendingOdd() {
    return memory.getInt(PENDING_ODD);
  }

  int pendingEnd() {
    return memory.getInt(PENDING_END);
  }

  /** Whether native code could not call Java, or something was thrown through the call. */
  boolean broken() {
    return memory.getInt(BROKEN) != 0;
  }

  void cycles(long budget, long cycles, long atLastBlock, long atBlockBeforeLast) {
    memory.putLong(BUDGET, budget);
    memory.putLong(CYCLES, cycles);
    memory.putLong(AT_LAST_BLOCK, atLastBlock);
    memory.putLong(AT_BLOCK_BEFORE_LAST, atBlockBeforeLast);
  }

  /**
   * What the block that is running costs.
   *
   * @param byFlags whether only the flags tell if its branch was taken: then the next event is
   *     Java's
   */
  void pending(int cost, int extra, int odd, int end, boolean byFlags) {
    memory.putInt(PENDING_COST, cost);
    memory.putInt(PENDING_EXTRA, extra);
    memory.putInt(PENDING_ODD, odd);
    memory.putInt(PENDING_END, end);
    memory.putInt(BY_FLAGS, byFlags ? 1 : 0);
  }
}
