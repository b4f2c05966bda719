package io.defragsim.lab.guarantee.check;

import io.defragsim.lab.guarantee.check.PromisedHeap.Held;
import io.defragsim.lab.image.HeapWalk.Kind;
import io.defragsim.lab.image.HeapWalk.Piece;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a walk shows to a driver.
 *
 * @param blocks by address
 * @param moving the one on its way; null if none is
 * @param next number in {@code blocks} of the first above the hole that has changed last
 * @param gathered bytes of that hole, headers included; 0 if none has changed
 * @param ends of all holes
 */
record SeenHeap(List<Held> blocks, @Nullable Held moving, int next, int gathered, Set<Long> ends) {

  static final SeenHeap NONE = new SeenHeap(List.of(), null, 0, 0, Set.of());

  /** After {@code before}. Of an image that cannot be walked: the blocks as they came. */
  static SeenHeap of(PromisedHeap heap, SeenHeap before) {
    if (!heap.walks()) {
      return new SeenHeap(List.copyOf(heap.held()), null, 0, 0, Set.of());
    }
    Map<Integer, Held> byHandle = new HashMap<>();
    heap.held().forEach(block -> byHandle.put(block.handle(), block));
    List<Held> blocks = new ArrayList<>();
    Set<Long> ends = new HashSet<>();
    Held moving = null;
    boolean copied = false;
    int next = 0;
    int gathered = 0;
    for (Piece piece : heap.walk()) {
      if (piece.kind() == Kind.FREE) {
        ends.add(piece.end());
        if (!before.ends().contains(piece.end())) {
          next = blocks.size();
          gathered = piece.bytes();
        }
      }
      Held block = byHandle.get(piece.handle());
      if (block != null) {
        if (copied || piece.kind() == Kind.SPLIT) {
          moving = block;
          next = blocks.size();
        }
        blocks.add(block);
      }
      copied = piece.kind() == Kind.HELD;
    }
    return new SeenHeap(blocks, moving, next, gathered, ends);
  }
}
