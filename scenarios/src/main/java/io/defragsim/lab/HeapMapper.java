package io.defragsim.lab;

import io.defragsim.emulator.Snapshot;
import io.defragsim.lab.image.AllocatorImage;
import io.defragsim.lab.image.HeapWalk;
import io.defragsim.lab.image.RunStopped;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.HeapImage.PlacedBlock;
import io.defragsim.lab.result.HeapImage.Span;
import io.defragsim.lab.result.HeapImage.Use;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Draws the pool. Where the image can walk its heap, the picture is its own, with the payloads of
 * the shadow heap in it: what a block takes beyond its payload is the allocator's.
 *
 * <p>Otherwise, and after a run that ended early, the shadow heap alone is drawn. Then a gap
 * between payloads of less than {@link #LEAST_FREE} bytes can hold a header and rounding only and
 * is the allocator's own, a longer one counts as free. At the bottom of the pool as many bytes as
 * were not free before the first allocation, and no block covers, are the allocator's own.
 */
final class HeapMapper {
  /** The least gap in bytes that counts as free. */
  static final int LEAST_FREE = 12;

  private final AllocatorImage image;
  private final ShadowHeap heap;
  private final long pool;
  private final int bytes;
  private final int table;

  /**
   * @param table bytes of the pool that were not free before the first allocation
   */
  HeapMapper(AllocatorImage image, ShadowHeap heap, int table) {
    this.image = image;
    this.heap = heap;
    this.pool = image.layout().poolAddress();
    this.bytes = image.layout().pool();
    this.table = table;
  }

  /**
   * The heap at one moment, to be drawn later if at all: a walk takes the image long.
   *
   * @param blocks live ones, in the order of allocation
   */
  record Moment(long operation, Snapshot snapshot, List<PlacedBlock> blocks) {}

  Moment now(long operation) {
    return new Moment(operation, image.snapshot(), heap.placed());
  }

  /** What the image says of its heap at that moment, checked; null if it cannot walk its heap. */
  private @Nullable HeapWalk walk(Moment moment) {
    return image.contract().walks()
        ? image.untimed(
            probe -> {
              probe.restore(moment.snapshot());
              return probe.walk(moment.blocks());
            })
        : null;
  }

  /** Checks what the image says of its heap now, where it can. */
  void check() {
    if (image.contract().walks()) {
      image.untimed(probe -> probe.walk(heap.placed()));
    }
  }

  /**
   * The pool as the image sees it at that moment, else as the shadow heap does.
   *
   * @throws RunStopped if what the image says cannot be true
   */
  HeapImage image(Moment moment) {
    HeapWalk walk = walk(moment);
    if (walk == null) {
      return shadow(moment);
    }
    SortedMap<Integer, List<Span>> lists = new TreeMap<>();
    for (HeapWalk.Piece piece : walk.listed()) {
      lists
          .computeIfAbsent(piece.handle(), number -> new ArrayList<>())
          .add(new Span((int) (piece.address() - pool), piece.bytes(), Use.FREE));
    }
    List<Span> spans = walk.heap().isEmpty() ? spans(moment.blocks()) : spans(moment, walk.heap());
    return new HeapImage(moment.operation(), bytes, spans, moment.blocks(), lists);
  }

  private List<Span> spans(Moment moment, List<HeapWalk.Piece> pieces) {
    Map<Integer, PlacedBlock> blocks = new HashMap<>();
    for (PlacedBlock block : moment.blocks()) {
      blocks.put(block.handle(), block);
    }
    Strip strip = new Strip();
    for (HeapWalk.Piece piece : pieces) {
      int start = (int) (piece.address() - pool);
      int end = start + piece.bytes();
      strip.upTo(start, Use.META);
      switch (piece.kind()) {
        case FREE -> strip.upTo(end, Use.FREE);
        case USED, LOCKED -> block(strip, blocks.get(piece.handle()), start, end);
        case SPLIT, HELD -> strip.upTo(end, Use.MOVING);
        case LISTED -> throw new IllegalStateException("the heap itself has no " + piece);
      }
    }
    strip.upTo(bytes, Use.META);
    return strip.spans;
  }

  private static void block(Strip strip, @Nullable PlacedBlock block, int start, int end) {
    if (block != null && !block.inTwoParts() && block.offset() >= start) {
      strip.upTo(Math.min(end, block.offset()), Use.META);
      strip.upTo(Math.min(end, strip.at + block.bytes()), use(block));
    }
    strip.upTo(end, Use.META);
  }

  private static Use use(PlacedBlock block) {
    return block.locked() ? Use.LOCKED : Use.USED;
  }

  /** The pool as it is now, from the shadow heap alone. */
  HeapImage shadow(long operation) {
    return shadow(operation, heap.placed());
  }

  /** The pool at that moment, from the shadow heap alone. */
  HeapImage shadow(Moment moment) {
    return shadow(moment.operation(), moment.blocks());
  }

  private HeapImage shadow(long operation, List<PlacedBlock> blocks) {
    return new HeapImage(operation, bytes, spans(blocks), blocks, new TreeMap<>());
  }

  /** A block in two parts is drawn where it was last whole. */
  private List<Span> spans(List<PlacedBlock> blocks) {
    List<PlacedBlock> sorted = new ArrayList<>(blocks);
    sorted.sort(Comparator.comparingInt(PlacedBlock::offset));
    Strip strip = new Strip();
    for (PlacedBlock block : sorted) {
      gap(strip, block.offset());
      strip.upTo(block.offset() + block.bytes(), use(block));
    }
    gap(strip, bytes);
    return strip.spans;
  }

  private void gap(Strip strip, int to) {
    if (strip.at == 0) {
      strip.upTo(Math.min(table, to), Use.META);
    }
    strip.upTo(to, to - strip.at < LEAST_FREE ? Use.META : Use.FREE);
  }

  /** Spans laid one after the other, from the pool's first byte. */
  private static final class Strip {
    private final List<Span> spans = new ArrayList<>();
    private int at;

    /** The next span, up to {@code end}; nothing if that is behind. META joins META. */
    void upTo(int end, Use use) {
      if (end <= at) {
        return;
      }
      int last = spans.size() - 1;
      if (use == Use.META && last >= 0 && spans.get(last).use() == Use.META) {
        Span before = spans.get(last);
        spans.set(last, new Span(before.offset(), end - before.offset(), use));
      } else {
        spans.add(new Span(at, end - at, use));
      }
      at = end;
    }
  }
}
