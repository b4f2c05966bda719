package io.defragsim.lab.result;

import java.util.List;

/**
 * The pool at one moment, without gaps from its first byte to its last.
 *
 * @param operation after which it was taken
 * @param spans in address order
 */
public record HeapMap(long operation, int poolBytes, List<Span> spans) {

  public HeapMap {
    spans = List.copyOf(spans);
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
}
