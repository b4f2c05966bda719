package io.defragsim.report.text;

import io.defragsim.lab.recording.HeapImage;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.HeapView.PlacedBlock;
import io.defragsim.lab.result.Fragmentation;
import io.defragsim.lab.result.HeapMap;
import io.defragsim.lab.result.HeapMap.Span;
import io.defragsim.lab.result.HeapMap.Use;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The heap at one moment of a run, as it was.
 *
 * @param freeBytes as the image counts them
 * @param largestRequest the most bytes that one request would get, null without a free handle
 */
record HeapMoment(
    HeapMap map, List<PlacedBlock> blocks, long freeBytes, @Nullable Long largestRequest) {

  /** What {@code heap} is now; null if the image goes wrong when it is asked. */
  static @Nullable HeapMoment of(HeapView heap) {
    try {
      HeapImage image = heap.image();
      return new HeapMoment(image.map(), image.blocks(), heap.freeBytes(), heap.largestRequest());
    } catch (RuntimeException e) {
      // An image that is wrong may break down under a question. The run itself goes on, and finds
      // what is to be found.
      return null;
    }
  }

  long holes() {
    return map.spans().stream().filter(span -> span.use() == Use.FREE).count();
  }

  boolean somethingIsMoving() {
    return map.spans().stream().map(Span::use).anyMatch(Use.MOVING::equals);
  }

  /** The blocks that cannot move, in address order. */
  List<PlacedBlock> held() {
    return blocks.stream()
        .filter(block -> block.locks() > 0 || block.pinned())
        .sorted(java.util.Comparator.comparingInt(PlacedBlock::offset))
        .toList();
  }

  /** As fragmentation is sampled; null where it has no value. */
  @Nullable Long fragmentationPpm() {
    return Fragmentation.ppm(freeBytes, largestRequest);
  }
}
