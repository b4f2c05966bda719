package io.defragsim.lab.guarantee;

import java.util.BitSet;

/**
 * The game between a program and an allocator that never moves a block, solved: whether some
 * allocator serves every program in so much memory. The program asks for blocks of 1, 2, 4, ..
 * cells and frees them as it likes, with so many cells alive at most.
 *
 * <p>A position is safe if every free leads to a safe one, and for every request the allocator has
 * a place that does. All positions are taken for safe, and those that are not are struck out until
 * none is left to strike.
 */
final class PlacementGame {

  /** Of each cell: nothing begins there, or a block of 1, 2 or 4 cells does. */
  private static final int BITS = 2;

  private final int alive;
  private final int largest;
  private final int memory;
  private final BitSet safe;

  private PlacementGame(int alive, int largest, int memory) {
    this.alive = alive;
    this.largest = largest;
    this.memory = memory;
    this.safe = new BitSet(1 << (BITS * memory));
  }

  /** The least memory in which some allocator serves every program, in cells. */
  static int leastMemory(int alive, int largest) {
    int memory = alive;
    while (!new PlacementGame(alive, largest, memory).isWon()) {
      memory++;
    }
    return memory;
  }

  private boolean isWon() {
    place(0, 0, 0);
    boolean struck = true;
    while (struck) {
      struck = false;
      for (int p = safe.nextSetBit(0); p >= 0; p = safe.nextSetBit(p + 1)) {
        if (!isStillSafe(p)) {
          safe.clear(p);
          struck = true;
        }
      }
    }
    return safe.get(0);
  }

  /** Every position whose blocks from {@code cell} on are still to be placed. */
  private void place(int cell, int position, int placed) {
    if (cell == memory) {
      safe.set(position);
      return;
    }
    place(cell + 1, position, placed);
    int kind = 1;
    for (int size = 1; size <= largest; size *= 2) {
      if (cell + size <= memory && placed + size <= alive) {
        place(cell + size, position | (kind << (BITS * cell)), placed + size);
      }
      kind++;
    }
  }

  private boolean isStillSafe(int position) {
    int used = 0;
    int placed = 0;
    for (int cell = 0; cell < memory; cell++) {
      int kind = (position >> (BITS * cell)) & 3;
      if (kind != 0) {
        if (!safe.get(position & ~(3 << (BITS * cell)))) {
          return false;
        }
        int size = 1 << (kind - 1);
        used |= ((1 << size) - 1) << cell;
        placed += size;
      }
    }
    int kind = 1;
    for (int size = 1; size <= largest && placed + size <= alive; size *= 2) {
      if (!isServed(position, used, size, kind)) {
        return false;
      }
      kind++;
    }
    return true;
  }

  private boolean isServed(int position, int used, int size, int kind) {
    int cells = (1 << size) - 1;
    for (int cell = 0; cell + size <= memory; cell++) {
      if ((used & (cells << cell)) == 0 && safe.get(position | (kind << (BITS * cell)))) {
        return true;
      }
    }
    return false;
  }
}
