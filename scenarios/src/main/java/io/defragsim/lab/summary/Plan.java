package io.defragsim.lab.summary;

import io.defragsim.workload.Generator;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import io.defragsim.workload.TraceElement;
import io.defragsim.workload.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which segments of a recording have a generator, and how many operations each of those has. */
final class Plan {
  /** A generator to be made. */
  private static final class Length {
    final Segment segment;
    final String name;
    long operations;
    boolean drains;

    Length(Segment segment, String name, long operations) {
      this.segment = segment;
      this.name = name;
      this.operations = operations;
    }
  }

  private final List<Length> lengths = new ArrayList<>();

  /**
   * @param segments at least one of them allocates
   * @param most how many operations all have together at most
   * @param seed by which it is found how much the ends of phases add
   */
  Plan(List<Segment> segments, long most, long seed) {
    List<Segment> stretch = new ArrayList<>();
    for (Segment segment : segments) {
      if (!stretch.isEmpty() && stretch.get(0).stretch != segment.stretch) {
        add(stretch);
        stretch.clear();
      }
      stretch.add(segment);
    }
    add(stretch);
    long sum = lengths.stream().mapToLong(length -> length.operations).sum();
    if (sum > most) {
      lengths.forEach(
          length ->
              length.operations = Math.max(1, (long) ((double) length.operations * most / sum)));
    }
    shorten(seed);
  }

  /** Segments that allocate nothing have no generator: what they free goes in that before. */
  private void add(List<Segment> stretch) {
    List<Segment> used = stretch.stream().filter(each -> each.allocations() > 0).toList();
    if (used.isEmpty()) {
      return;
    }
    Survey.Stretch recorded = used.get(0).stretch;
    long left = recorded.operations;
    if (used.size() > 1) {
      Segment filling = used.get(0);
      long operations = Math.min(filling.planned(), (filling.operations() + left) / 2);
      lengths.add(new Length(filling, recorded.name + ", filling", operations));
      left -= operations;
    }
    Segment last = used.get(used.size() - 1);
    lengths.add(
        new Length(
            last, recorded.name, last.planned() > 0 ? Math.min(last.planned(), left) : left));
    lengths.get(lengths.size() - 1).drains = recorded.blocksAtEnd == 0;
  }

  /** What a phase does at its end is in the operations that were recorded. */
  private void shorten(long seed) {
    if (lengths.stream().noneMatch(length -> length.drains)) {
      return;
    }
    long[] counts = new long[lengths.size()];
    int[] phase = {-1};
    TraceElement.Visitor counter =
        new TraceElement.Visitor() {
          @Override
          public void phaseStart(String name) {
            phase[0]++;
          }

          @Override
          public void operation(Operation operation) {
            counts[phase[0]] += operation.kind() == OperationKind.WAIT ? 0 : 1;
          }
        };
    workload(seed).trace().forEach(element -> element.accept(counter));
    for (int i = 0; i < counts.length; i++) {
      Length length = lengths.get(i);
      length.operations = Math.max(1, 2 * length.operations - counts[i]);
    }
  }

  /** The generators, one behind the other. */
  Workload workload(long seed) {
    Map<String, Segment.Kind> earlier = new HashMap<>();
    List<Workload.Part> parts = new ArrayList<>();
    for (Length length : lengths) {
      Segment segment = length.segment;
      Generator generator =
          segment.generator(
              Generator.seedOfPhase(seed, parts.size() + 1), (int) length.operations, earlier);
      parts.add(new Workload.Phase(length.name, generator, length.drains));
    }
    return new Workload(parts, List.of());
  }
}
