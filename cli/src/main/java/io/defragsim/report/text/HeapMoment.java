package io.defragsim.report.text;

import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.result.Fragmentation;
import io.defragsim.lab.result.HeapImage;
import org.jspecify.annotations.Nullable;

/**
 * The heap at one moment of a run, and what the image says of its memory.
 *
 * @param freeBytes as the image counts them
 * @param largestRequest the most bytes that one request would get, null without a free handle
 */
record HeapMoment(HeapImage heap, long freeBytes, @Nullable Long largestRequest) {

  /** What {@code heap} is now. */
  static HeapMoment of(HeapView heap) {
    return new HeapMoment(heap.image(), heap.freeBytes(), heap.largestRequest());
  }

  /** As fragmentation is sampled; null where it has no value. */
  @Nullable Long fragmentationPpm() {
    return Fragmentation.ppm(freeBytes, largestRequest);
  }
}
