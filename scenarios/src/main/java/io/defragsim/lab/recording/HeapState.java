package io.defragsim.lab.recording;

import io.defragsim.lab.result.HeapImage.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a recording keeps of the pool after an operation: its blocks by the numbers of their names,
 * and its holes in the order in which they are listed. A {@link io.defragsim.lab.result.HeapImage}
 * has more, and would differ from frame to frame by more.
 */
public final class HeapState {
  /** Where among the lists the holes are that stand in none; all of them without a walk. */
  public static final int UNLISTED = 0;

  /** Where the stretches are that a move has under way, blocks in two parts included. */
  public static final int MOVING = 1;

  /** Where the image's free list 0 is; its others follow. */
  public static final int FIRST_LIST = 2;

  final TreeMap<Integer, Placed> blocks = new TreeMap<>();
  final List<List<Span>> lists = new ArrayList<>();

  /**
   * Where a block is.
   *
   * @param offset of its payload from the pool's first byte; where it was last whole, while a move
   *     has it in two parts
   * @param bytes of its payload
   */
  public record Placed(int offset, int bytes, boolean locked, boolean pinned, boolean inTwoParts) {}

  /** The blocks by the index of their name in {@link Recording#names}. */
  public SortedMap<Integer, Placed> blocks() {
    return Collections.unmodifiableSortedMap(blocks);
  }

  /**
   * {@link #UNLISTED}, {@link #MOVING}, and from {@link #FIRST_LIST} on the image's free lists,
   * each from its head; without those at the end that are empty.
   */
  public List<List<Span>> lists() {
    return Collections.unmodifiableList(lists);
  }
}
