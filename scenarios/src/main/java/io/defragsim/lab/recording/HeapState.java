package io.defragsim.lab.recording;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The pool after an operation: its blocks, and its holes in the order in which they are listed. */
public final class HeapState {
  final TreeMap<Integer, Placed> blocks = new TreeMap<>();
  final List<List<Hole>> lists = new ArrayList<>();

  /**
   * Where a block is.
   *
   * @param offset of its payload from the pool's first byte; where it was last whole, while a move
   *     has it in two parts
   * @param bytes of its payload
   */
  public record Placed(
      int offset, int bytes, boolean locked, boolean pinned, boolean inTwoParts) {}

  /**
   * A stretch that is free.
   *
   * @param offset from the pool's first byte
   * @param bytes the allocator's header included
   */
  public record Hole(int offset, int bytes) {}

  /** The blocks by the index of their name in {@link Recording#names}. */
  public SortedMap<Integer, Placed> blocks() {
    return Collections.unmodifiableSortedMap(blocks);
  }

  /**
   * The image's free lists, each from its head; last the holes that stand in none. Of an image
   * without a walk all holes stand in that one, by address.
   */
  public List<List<Hole>> lists() {
    return Collections.unmodifiableList(lists);
  }
}
