package io.defragsim.lab.summary;

import io.defragsim.workload.Generator;
import io.defragsim.workload.Variate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A part of a recording that one generator is made of: a stretch up to where its heap is nearly as
 * full as it gets, or what follows. The two are told apart because a program that starts up keeps
 * what it allocates, and one that works frees most of it.
 */
final class Segment {
  /** The most numbers of a distribution. */
  static final int MOST_NUMBERS = 200;

  private static final long MILLION = 1_000_000;

  /** Weights in so many parts, so that a kind without a new block may have next to none. */
  private static final long WEIGHT_PARTS = 1000;

  private static final long MOST_BIRTHS_IN_PARTS = 1_000_000;

  /** What is known of a kind of blocks. */
  static final class Kind {
    final CountTable sizes = new CountTable(MOST_NUMBERS);
    final CountTable lifetimes = new CountTable(MOST_NUMBERS);
    final CountTable holds = new CountTable(MOST_NUMBERS);
    final CountTable growths = new CountTable(MOST_NUMBERS);
    long locks;

    private boolean isThinned() {
      return sizes.isThinned() || lifetimes.isThinned() || holds.isThinned() || growths.isThinned();
    }
  }

  final Survey.Stretch stretch;
  final boolean filling;
  private final Map<String, Kind> kinds = new TreeMap<>();
  private long operations;
  private long waits;
  private long waitedCycles;
  private long ended = Long.MAX_VALUE;
  private long planned;

  Segment(Survey.Stretch stretch, boolean filling) {
    this.stretch = stretch;
    this.filling = filling;
  }

  Kind kind(String name) {
    return kinds.computeIfAbsent(name, any -> new Kind());
  }

  void operation() {
    operations++;
  }

  long operations() {
    return operations;
  }

  void waited(long cycles) {
    waits++;
    waitedCycles += cycles;
  }

  long allocations() {
    return kinds.values().stream().mapToLong(kind -> kind.sizes.count()).sum();
  }

  /** Whether numbers of its tables were rounded. */
  boolean isThinned() {
    return kinds.values().stream().anyMatch(Kind::isThinned);
  }

  /**
   * The heap is nearly as full as it gets. From here to the peak the generator goes on as before,
   * and a little further: which sizes it draws is chance, and the fill bounds what it draws too
   * many.
   */
  void end(long now, long bytes, long blocks) {
    ended = now;
    long root = Math.max(1, (long) Math.sqrt((double) blocks));
    planned = operations * stretch.peakBytes / Math.max(1, bytes) * (root + 2) / root;
  }

  /** How many operations the generator takes to fill the heap. */
  long planned() {
    return planned;
  }

  /**
   * How long a block lives that was allocated in it. One that is there when the heap is filled
   * lives as much longer than that as it did, whenever it was allocated: else too few would be
   * left.
   */
  long lifetime(long born, long died) {
    return died > ended ? planned + died - ended : died - born;
  }

  /**
   * The generator.
   *
   * @param earlier the kinds as they were in segments before, for those that have no new block in
   *     this one; those of this one are put there
   */
  Generator generator(long seed, int length, Map<String, Kind> earlier) {
    long allocations = allocations();
    long locks = kinds.values().stream().mapToLong(kind -> kind.locks).sum();
    long growths = kinds.values().stream().mapToLong(kind -> kind.growths.count()).sum();
    long drawn = allocations + locks + growths;
    long parts = allocations <= MOST_BIRTHS_IN_PARTS ? WEIGHT_PARTS : 1;
    List<Generator.Kind> made = new ArrayList<>();
    long fill = stretch.peakBytes;
    for (Map.Entry<String, Kind> entry : kinds.entrySet()) {
      Kind kind = entry.getValue();
      Kind blocks = kind.sizes.count() > 0 ? kind : earlier.get(entry.getKey());
      if (blocks == null) {
        continue; // it grows or is locked, and was allocated in a phase that has no generator
      }
      earlier.put(entry.getKey(), blocks);
      Variate sizes = blocks.sizes.variate();
      fill = Math.max(fill, sizes.max());
      made.add(
          new Generator.Kind(
              entry.getKey(),
              (int) Math.max(1, Math.min(Integer.MAX_VALUE, parts * kind.sizes.count())),
              sizes,
              blocks.lifetimes.variate(),
              locks(kind, drawn),
              0,
              grow(kind, drawn)));
    }
    return new Generator(
        length,
        seed,
        made,
        fill,
        (int) Math.min(Integer.MAX_VALUE, stretch.peakBlocks),
        null,
        waits(length));
  }

  private static Generator.@Nullable Locks locks(Kind kind, long drawn) {
    int rate = (int) (kind.locks * MILLION / drawn);
    return rate == 0 ? null : new Generator.Locks(rate, kind.holds.variate());
  }

  private static Generator.@Nullable Grow grow(Kind kind, long drawn) {
    int rate = (int) (kind.growths.count() * MILLION / drawn);
    return rate == 0 ? null : new Generator.Grow(rate, kind.growths.variate());
  }

  /** As many waits for its operations as were recorded, all of the same length. */
  private Generator.@Nullable Waits waits(int length) {
    if (waits == 0 || operations == 0) {
      return null;
    }
    long every = Math.max(1, operations / waits);
    long cycles = waitedCycles / Math.max(1, operations / every);
    return every > length || cycles == 0 ? null : new Generator.Waits((int) every, cycles);
  }
}
