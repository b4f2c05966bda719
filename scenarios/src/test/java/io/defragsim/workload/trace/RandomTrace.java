package io.defragsim.workload.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Traces that keep the rules, of all kinds of lines. */
public final class RandomTrace {
  private static final long MOST_BYTES = 1L << 32;

  private RandomTrace() {}

  /** Lines of a trace. */
  public static List<TraceLine> lines(Random random, int count) {
    List<TraceLine> lines = new ArrayList<>();
    Map<Integer, Integer> locks = new HashMap<>();
    int frames = 0;
    while (lines.size() < count) {
      int id = random.nextInt(12) * (random.nextBoolean() ? 1 : 178_956_970);
      int stack = random.nextInt(frames + 1);
      Integer held = locks.get(id);
      int kind = random.nextInt(10);
      if (kind == 0) {
        lines.add(
            new TraceLine.Frame(
                ++frames, stack, name(random), random.nextBoolean() ? "" : "f.c:" + kind));
      } else if (kind == 1) {
        lines.add(new TraceLine.Waited(1 + (random.nextLong() >>> 16)));
      } else if (kind == 2) {
        lines.add(
            random.nextBoolean()
                ? new TraceLine.Phase(name(random))
                : new TraceLine.Refused(bytes(random), stack));
      } else if (held == null) {
        lines.add(new TraceLine.Allocated(id, bytes(random), 8 << random.nextInt(3), stack));
        locks.put(id, 0);
      } else if (kind < 5) {
        lines.add(new TraceLine.Locked(id));
        locks.merge(id, 1, Integer::sum);
      } else if (held > 0) {
        lines.add(new TraceLine.Unlocked(id));
        locks.merge(id, -1, Integer::sum);
      } else if (kind < 7) {
        lines.add(new TraceLine.Resized(id, bytes(random), stack));
      } else {
        lines.add(new TraceLine.Freed(id));
        locks.remove(id);
      }
    }
    return lines;
  }

  private static long bytes(Random random) {
    return random.nextBoolean() ? random.nextInt(200) : random.nextLong() & (MOST_BYTES - 1);
  }

  private static String name(Random random) {
    return List.of(
            "main", "operator new(unsigned int)", "\u00e4 \ud83d\ude00", "#", "std::map<a, b>::f")
        .get(random.nextInt(5));
  }
}
