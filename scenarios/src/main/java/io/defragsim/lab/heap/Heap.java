package io.defragsim.lab.heap;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What functions do that serve each other: the blocks that are alive, and of each heap that they
 * name the log. Mutable.
 */
final class Heap {
  private final Set<Family> families = new LinkedHashSet<>();

  /** By address, or handle. */
  private final TreeMap<Long, Block> live = new TreeMap<>();

  private final Map<Long, Freed> freed = new HashMap<>();
  private final Map<Long, HeapLog> logs = new LinkedHashMap<>();
  private final TreeSet<Integer> threads = new TreeSet<>();
  private long lowest = Long.MAX_VALUE;
  private long highest;

  /**
   * A block that is alive.
   *
   * @param place its address, or its handle
   * @param stack where it was asked for
   * @param heap which of the heaps that the functions name it is from
   */
  record Block(int number, long place, long bytes, int stack, long heap) {

    private boolean overlaps(long address, long size) {
      return place < address + Math.max(1, size) && address < place + Math.max(1, bytes);
    }
  }

  /** A block that was freed, at that stack. */
  record Freed(long bytes, int stack) {}

  Heap(Family family) {
    families.add(family);
  }

  Set<Family> families() {
    return families;
  }

  /** The numbers of the heaps that its functions name, in the order in which they were met. */
  Set<Long> heaps() {
    return logs.keySet();
  }

  HeapLog log(long heap) {
    return logs.computeIfAbsent(heap, number -> new HeapLog());
  }

  Set<Integer> threads() {
    return threads;
  }

  /** It got memory from one address up to another. */
  void grown(long from, long to) {
    lowest = Math.min(lowest, Math.min(from, to));
    highest = Math.max(highest, to);
  }

  /** Whether it is known how it got its memory. */
  boolean hasGrown() {
    return highest > 0;
  }

  /** The first address of the memory that it got. */
  long lowest() {
    return lowest;
  }

  /** The first address behind it, when it was the most. */
  long highest() {
    return highest;
  }

  @Nullable Block at(long place) {
    return live.get(place);
  }

  /** A block lives; it takes the place of one that was there. */
  void add(Block block) {
    live.put(block.place(), block);
    freed.remove(block.place());
  }

  /** A block is no more, for now: a call has it. Null if none is there. */
  @Nullable Block take(long place) {
    return live.remove(place);
  }

  void freed(Block block, int stack) {
    freed.put(block.place(), new Freed(block.bytes(), stack));
  }

  /** Where what was at a place was freed; null if nothing ever was. */
  @Nullable Freed freedAt(long place) {
    return freed.get(place);
  }

  /** A block of this that has memory of such a one, null if none has. */
  @Nullable Block overlapping(long address, long bytes) {
    Map.Entry<Long, Block> before = live.floorEntry(address);
    if (before != null && before.getValue().overlaps(address, bytes)) {
      return before.getValue();
    }
    Map.Entry<Long, Block> behind = live.higherEntry(address);
    return behind != null && behind.getValue().overlaps(address, bytes) ? behind.getValue() : null;
  }

  /** Makes the other one a part of this, since both are one heap. */
  void join(Heap other) {
    families.addAll(other.families);
    live.putAll(other.live);
    freed.putAll(other.freed);
    threads.addAll(other.threads);
    lowest = Math.min(lowest, other.lowest);
    highest = Math.max(highest, other.highest);
    other.logs.forEach((heap, log) -> logs.merge(heap, log, Heap::merged));
  }

  private static HeapLog merged(HeapLog a, HeapLog b) {
    List<HeapOperation> all = new ArrayList<>();
    a.replay(all::add);
    b.replay(all::add);
    all.sort((one, two) -> Long.compare(one.end(), two.end()));
    HeapLog log = new HeapLog();
    all.forEach(log::add);
    return log;
  }
}
