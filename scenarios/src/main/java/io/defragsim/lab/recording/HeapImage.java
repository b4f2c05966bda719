package io.defragsim.lab.recording;

import io.defragsim.lab.recording.HeapView.PlacedBlock;
import io.defragsim.lab.result.HeapMap;
import io.defragsim.lab.result.HeapMap.Span;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The pool at one moment of a run.
 *
 * @param map all of it
 * @param blocks that live, in the order of allocation
 * @param freeLists those that are not empty, by the allocator's own numbers, each from its head;
 *     none at all if the image cannot walk its heap
 */
public record HeapImage(
    HeapMap map, List<PlacedBlock> blocks, SortedMap<Integer, List<Span>> freeLists) {

  public HeapImage {
    blocks = List.copyOf(blocks);
    freeLists = Collections.unmodifiableSortedMap(new TreeMap<>(freeLists));
  }
}
