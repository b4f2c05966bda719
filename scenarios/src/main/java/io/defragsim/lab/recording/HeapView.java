package io.defragsim.lab.recording;

import io.defragsim.lab.result.Fragmentation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The heap at one moment of a run. Valid only until the listener that got it returns; what it gives
 * stays. The blocks cost next to nothing, whatever asks the image costs the host a while.
 */
public interface HeapView {

  /**
   * A live block.
   *
   * @param name what the workload calls it
   * @param offset of its payload from the pool's first byte; while it is in two parts, when it was
   *     last whole
   * @param bytes of its requested payload
   */
  record PlacedBlock(
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

  /** All live blocks, in the order of allocation. */
  List<PlacedBlock> blocks();

  /** Free payload bytes in all. Asks the image. */
  long freeBytes();

  /**
   * The most bytes that one allocation would get now, null if there is no free handle. Asks the
   * image, several times.
   *
   * @see Fragmentation
   */
  @Nullable Long largestRequest();

  /** The whole pool. Asks the image, if it can walk its heap. */
  HeapImage image();
}
