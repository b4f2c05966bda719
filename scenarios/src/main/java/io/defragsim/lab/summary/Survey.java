package io.defragsim.lab.summary;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The first pass over a recording: its figures, its phases and its sites. */
final class Survey extends RecordedHeap {
  /** The most phases that a summary has; the last one sums up what follows. */
  static final int MOST_PHASES = 100;

  /** The most kinds with a name of their own. */
  private static final int MOST_NAMED = 15;

  /** One or more phases of the trace that are summed up together. */
  static final class Stretch {
    String name;
    long operations;
    long allocations;
    long peakBytes;
    long peakBlocks;
    long blocksAtEnd;

    Stretch(String name) {
      this.name = name;
    }

    /** Adds a phase that follows; one that allocates gives its name to those before that do not. */
    private void add(Stretch next) {
      name = allocations == 0 && next.allocations > 0 ? next.name : name;
      operations += next.operations;
      allocations += next.allocations;
      peakBytes = Math.max(peakBytes, next.peakBytes);
      peakBlocks = Math.max(peakBlocks, next.peakBlocks);
      blocksAtEnd = next.blocksAtEnd;
    }
  }

  private final Segment none = new Segment(new Stretch(""), false);
  private final List<Stretch> phases = new ArrayList<>();
  private final Map<String, Long> births = new HashMap<>();
  private Stretch current;
  private long shrinks;

  /**
   * @param name what the lines before the first phase are called
   */
  Survey(boolean bySite, String name) {
    super(bySite);
    current = new Stretch(name);
    phases.add(current);
  }

  @Override
  Segment segment() {
    return none;
  }

  @Override
  void allocated(Life life) {
    current.allocations++;
    births.merge(life.key, 1L, Long::sum);
  }

  @Override
  void resized(Life life, long before) {
    shrinks += life.bytes < before ? 1 : 0;
  }

  @Override
  void freed(Life life) {}

  @Override
  void locked(Life life) {}

  @Override
  void unlocked(Life life) {}

  @Override
  void waited(long cycles) {}

  @Override
  void phase(String name) {
    current = new Stretch(name);
    phases.add(current);
    note();
  }

  @Override
  void operation() {
    current.operations++;
    note();
  }

  private void note() {
    current.peakBytes = Math.max(current.peakBytes, meter.bytes());
    current.peakBlocks = Math.max(current.peakBlocks, meter.blocks());
    current.blocksAtEnd = meter.blocks();
  }

  /** New sizes below the old one. */
  long shrinks() {
    return shrinks;
  }

  /** How many phases of the trace have operations. */
  long phasesOfTrace() {
    return phases.stream().filter(phase -> phase.operations > 0).count();
  }

  /** For each phase of the trace, and first for what comes before, what it is summed up in. */
  List<Stretch> stretches() {
    List<Stretch> stretches = new ArrayList<>();
    Stretch latest = new Stretch("");
    int count = 0;
    for (Stretch phase : phases) {
      if (count == 0 || (phase.allocations > 0 && latest.allocations > 0 && count < MOST_PHASES)) {
        latest = new Stretch(phase.name);
        count++;
      }
      latest.add(phase);
      stretches.add(latest);
    }
    return stretches;
  }

  /** The kinds that have names of their own: those with most blocks. */
  Set<String> named() {
    return births.size() <= MOST_NAMED + 1
        ? births.keySet()
        : new HashSet<>(
            births.entrySet().stream()
                .sorted(
                    Map.Entry.<String, Long>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
                .limit(MOST_NAMED)
                .map(Map.Entry::getKey)
                .toList());
  }

  /** How many sites or classes of sizes there are. */
  int keys() {
    return births.size();
  }
}
