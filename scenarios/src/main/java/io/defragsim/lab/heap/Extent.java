package io.defragsim.lab.heap;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.heap.HeapOperation.Kind;
import io.defragsim.words.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Where a heap is.
 *
 * @param base its first address
 * @param bytes the most that it had
 * @param grows whether it got its memory while the program ran
 * @param how that is known, for people
 */
record Extent(long base, long bytes, boolean grows, String how) {
  /** What is larger is no heap of a part: blocks are in memories that lie apart. */
  private static final long MOST_BYTES = 1L << 26;

  /** That of a heap in one piece, whose blocks have addresses; null of another. */
  static @Nullable Extent of(Heap heap, HeapLog log, FirmwareImage image) {
    if (heap.families().stream().anyMatch(Family::isPool)) {
      return null;
    }
    long[] seen = {Long.MAX_VALUE, 0};
    log.replay(
        operation -> {
          if (operation.address() != 0
              && (operation.kind() == Kind.ALLOCATED || operation.kind() == Kind.RESIZED)) {
            seen[0] = Math.min(seen[0], operation.address());
            seen[1] = Math.max(seen[1], operation.address() + operation.bytes());
          }
        });
    if (seen[1] == 0 || seen[1] - seen[0] > MOST_BYTES) {
      return null;
    }
    FirmwareImage.Symbol object = image.objectAround(seen[0]);
    long end = object == null ? 0 : object.address() + object.bytes();
    boolean inside = seen[1] <= end;
    int front = heap.families().stream().mapToInt(Family::front).max().orElse(0);
    if (object != null && inside && seen[0] - object.address() <= front) {
      return new Extent(
          object.address(), object.bytes(), false, "the array " + Printable.of(object.name()));
    }
    if (heap.hasGrown() && heap.lowest() <= seen[0] && seen[1] <= heap.highest()) {
      return new Extent(heap.lowest(), heap.highest() - heap.lowest(), true, "what _sbrk gave it");
    }
    if (object != null && inside) {
      return new Extent(
          seen[0],
          end - seen[0],
          false,
          "inside the object " + Printable.of(object.name()) + ", from its lowest block on");
    }
    return new Extent(
        seen[0], seen[1] - seen[0], true, "from the lowest to the highest block that was seen");
  }
}
