package io.defragsim.lab.result;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The pool at one moment of a run.
 *
 * @param operation after which it was taken
 * @param spans the pool without gaps, from its first byte to its last
 * @param blocks that live, in the order of allocation
 * @param freeLists those that are not empty, by the allocator's own numbers, each from its head;
 *     none at all if the image cannot walk its heap
 */
public record HeapImage(
    long operation,
    int poolBytes,
    List<Span> spans,
    List<PlacedBlock> blocks,
    SortedMap<Integer, List<Span>> freeLists) {

  public HeapImage {
    spans = List.copyOf(spans);
    blocks = List.copyOf(blocks);
    freeLists = Collections.unmodifiableSortedMap(new TreeMap<>(freeLists));
  }

  /** The same after a later operation that has changed nothing. */
  public HeapImage at(long later) {
    return new HeapImage(later, poolBytes, spans, blocks, freeLists);
  }

  /** What a stretch of the pool holds. */
  public enum Use {
    USED,
    LOCKED,
    /** A block in two parts and the hole between them, or the hole that a block is copied to. */
    MOVING,
    FREE,
    /** The allocator's own: handle table, headers, rounding. */
    META
  }

  /**
   * A stretch of the pool.
   *
   * @param offset from the pool's first byte
   */
  public record Span(int offset, int bytes, Use use) {}

  /**
   * A live block.
   *
   * @param name what the workload calls it
   * @param offset of its payload from the pool's first byte; while it is in two parts, when it was
   *     last whole
   * @param bytes of its requested payload
   */
  public record PlacedBlock(
      String name,
      int handle,
      int offset,
      int bytes,
      int locks,
      boolean pinned,
      boolean inTwoParts) {

    public boolean locked() {
      return locks > 0;
    }
  }

  /** The stretches of that use, in address order. */
  public List<Span> spans(Use use) {
    return spans.stream().filter(span -> span.use() == use).toList();
  }

  /** Whether a block is on its way. */
  public boolean isMoving() {
    return !spans(Use.MOVING).isEmpty();
  }

  /** Bytes of all holes, the room for headers in them included. */
  public long holeBytes() {
    return spans(Use.FREE).stream().mapToLong(Span::bytes).sum();
  }
}
