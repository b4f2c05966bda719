package io.defragsim.lab.bounds;

/** One change of a heap. What it picks is the block of that number among those it can be. */
sealed interface Gene {
  record Alloc(int bytes) implements Gene {}

  record AllocPinned(int bytes) implements Gene {}

  record Resize(int pick, int bytes) implements Gene {}

  record Free(int pick) implements Gene {}

  record Lock(int pick) implements Gene {}

  record Unlock(int pick) implements Gene {}

  record Step() implements Gene {}

  /** A request that hardly fits, and steps that may make room for it. */
  record Wait(int bytes, int steps) implements Gene {}

  /** Pairs of blocks, of which the first are freed again: holes with blocks in between. */
  record Comb(int pairs, int hole, int between) implements Gene {}
}
