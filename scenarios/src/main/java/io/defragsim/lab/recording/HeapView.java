package io.defragsim.lab.recording;

import io.defragsim.lab.result.Fragmentation;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.HeapImage.PlacedBlock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The heap at one moment of a run. Valid only until the listener that got it returns; what it gives
 * stays. The blocks cost next to nothing, whatever asks the image costs the host a while.
 */
public interface HeapView {
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
