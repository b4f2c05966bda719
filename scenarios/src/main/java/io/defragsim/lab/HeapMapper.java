package io.defragsim.lab;

import io.defragsim.lab.result.HeapMap;
import io.defragsim.lab.result.HeapMap.Span;
import io.defragsim.lab.result.HeapMap.Use;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Draws the pool from the shadow heap. Blocks are exact; one that is in two parts is drawn where it
 * was when it last was whole. Between blocks the contract does not say what is free: a gap of less
 * than {@link #LEAST_FREE} bytes can hold a header and rounding only and is the allocator's own, a
 * longer one counts as free. At the bottom of the pool as many bytes as were not free before the
 * first allocation, and no block covers, are the allocator's own.
 */
final class HeapMapper {
  /** The least gap in bytes that counts as free. */
  static final int LEAST_FREE = 12;

  private final SramLayout layout;
  private final ShadowHeap heap;
  private final int table;

  HeapMapper(SramLayout layout, ShadowHeap heap, int table) {
    this.layout = layout;
    this.heap = heap;
    this.table = table;
  }

  HeapMap map(long operation) {
    List<Span> spans = new ArrayList<>();
    int at = 0;
    List<Block> blocks = new ArrayList<>(heap.blocks());
    blocks.sort(Comparator.comparingLong(Block::lastAddress));
    for (Block block : blocks) {
      int start = (int) (block.lastAddress() - layout.poolAddress());
      int end = start + block.size();
      // one that is in two parts may be overlapped by others where it was
      int from = Math.max(at, start);
      if (end > from) {
        gap(spans, at, from);
        add(spans, from, end - from, block.locks() > 0 ? Use.LOCKED : Use.USED);
        at = end;
      }
    }
    gap(spans, at, layout.pool());
    return new HeapMap(operation, layout.pool(), spans);
  }

  private void gap(List<Span> spans, int from, int to) {
    int start = from;
    if (from == 0) {
      start = Math.min(table, to);
      add(spans, 0, start, Use.META);
    }
    add(spans, start, to - start, to - start < LEAST_FREE ? Use.META : Use.FREE);
  }

  private static void add(List<Span> spans, int offset, int bytes, Use use) {
    if (bytes > 0) {
      spans.add(new Span(offset, bytes, use));
    }
  }
}
