package io.defragsim.lab.result;

import io.defragsim.lab.result.Figure.Worse;
import io.defragsim.scenario.FigureUnit;
import io.defragsim.workload.OperationKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The registry of figures: each measured number has its one name here and nowhere else. */
public final class Figures {

  /**
   * The figures that say what was done and not how well: what the workload asks for, and how many
   * pieces compaction came in. Of all others less is better.
   */
  private static final Set<String> NEITHER_WORSE =
      Set.of(
          "alloc.count",
          "free.count",
          "lock.count",
          "unlock.count",
          "grow.count",
          "resize.count",
          "pauses.count",
          "interrupts.count",
          "live.max",
          "blocks.max",
          "operations");

  /** The beginnings of the names of figures in cycles that interrupts are part of. */
  private static final List<String> BY_THE_CLOCK =
      List.of("cycles", "pauses.", "stalls.", "interrupts.");

  /** Whether what interrupts take is in a figure in cycles; it is in none of a call's own. */
  static boolean isByTheClock(Figure figure) {
    return BY_THE_CLOCK.stream().anyMatch(figure.name()::startsWith);
  }

  /** All figures, in the order in which reports show them. */
  public static final List<Figure> ALL = all();

  private static final Map<String, Figure> BY_NAME = byName();

  private Figures() {}

  /** The figure of that name, null if there is none. */
  public static @Nullable Figure named(String name) {
    return BY_NAME.get(name);
  }

  /** All names, in order. */
  public static List<String> names() {
    return ALL.stream().map(Figure::name).toList();
  }

  /** Every name with its unit: what limits in a scenario may be set on. */
  public static Map<String, FigureUnit> units() {
    Map<String, FigureUnit> units = new LinkedHashMap<>();
    for (Figure figure : ALL) {
      units.put(figure.name(), figure.unit());
    }
    return Collections.unmodifiableMap(units);
  }

  /** Every figure of {@code result} by name, in order; null where it has none. */
  static Map<String, @Nullable Long> of(RunResult result) {
    Map<String, @Nullable Long> values = new LinkedHashMap<>();
    for (Figure figure : ALL) {
      values.put(figure.name(), figure.value().apply(result));
    }
    return Collections.unmodifiableMap(values);
  }

  private static Map<String, Figure> byName() {
    Map<String, Figure> map = new LinkedHashMap<>();
    for (Figure figure : ALL) {
      if (map.put(figure.name(), figure) != null) {
        throw new IllegalStateException("two figures of one name: " + figure.name());
      }
    }
    return map;
  }

  private static List<Figure> all() {
    List<Figure> figures = new ArrayList<>();
    operation(figures, OperationKind.ALLOC, "image_alloc");
    operation(figures, OperationKind.FREE, "image_free");
    operation(figures, OperationKind.LOCK, "image_lock");
    operation(figures, OperationKind.UNLOCK, "image_unlock");
    operation(figures, OperationKind.GROW, "all calls of a grow together");
    operation(figures, OperationKind.RESIZE, "all calls of a resize together");
    pauses(figures);
    stalls(figures);
    interrupts(figures);
    heap(figures);
    memory(figures);
    figures.add(
        plain(
            "failed",
            FigureUnit.COUNT,
            "operations of any kind that failed in the end",
            r -> r.operations().stream().mapToLong(OperationStats::failed).sum()));
    figures.add(
        plain(
            "skipped",
            FigureUnit.COUNT,
            "operations on a block that was not served",
            r -> r.operations().stream().mapToLong(OperationStats::skipped).sum()));
    figures.add(
        plain("operations", FigureUnit.COUNT, "operations carried out", RunResult::executed));
    figures.add(
        plain(
            "cycles",
            FigureUnit.CYCLES,
            "from reset to the end, waits included",
            RunResult::cycles));
    return List.copyOf(figures);
  }

  private static void operation(List<Figure> figures, OperationKind kind, String what) {
    String key = kind.key();
    figures.add(
        plain(
            key + ".count",
            FigureUnit.COUNT,
            key + " operations, failed and skipped ones included",
            r -> {
              OperationStats stats = r.operation(kind);
              return stats == null ? 0L : stats.count();
            }));
    figures.add(
        plain(
            key + ".failed",
            FigureUnit.COUNT,
            key + " operations that failed in the end",
            r -> {
              OperationStats stats = r.operation(kind);
              return stats == null ? 0L : stats.failed();
            }));
    figures.add(
        plain(
            key + ".skipped",
            FigureUnit.COUNT,
            key + " operations on a block that was not served",
            r -> {
              OperationStats stats = r.operation(kind);
              return stats == null ? 0L : stats.skipped();
            }));
    Function<RunResult, Distribution> cycles =
        r -> {
          OperationStats stats = r.operation(kind);
          return stats == null ? Distribution.EMPTY : stats.cycles();
        };
    spread(
        figures,
        key,
        "of " + what,
        cycles,
        r -> {
          OperationStats stats = r.operation(kind);
          return stats == null ? null : stats.maxAt();
        });
  }

  private static void pauses(List<Figure> figures) {
    figures.add(
        plain(
            "pauses.count",
            FigureUnit.COUNT,
            "stretches of compaction",
            r -> r.pauses().cycles().count()));
    figures.add(
        plain(
            "pauses.total",
            FigureUnit.CYCLES,
            "all pauses together",
            r -> r.pauses().cycles().total()));
    spread(
        figures,
        "pauses",
        "of a pause",
        r -> r.pauses().cycles(),
        r -> {
          Pauses.Pause longest = r.pauses().longest();
          return longest == null ? null : longest.operation();
        });
    figures.add(
        plain(
            "pauses.bytes",
            FigureUnit.BYTES,
            "payload moved by compaction",
            r -> r.pauses().bytesMoved()));
  }

  private static void stalls(List<Figure> figures) {
    figures.add(
        plain(
            "stalls.count",
            FigureUnit.COUNT,
            "requests that had to wait for compaction and were served",
            r -> r.stalls().cycles().count()));
    figures.add(
        plain(
            "stalls.unserved",
            FigureUnit.COUNT,
            "requests that waited for compaction in vain",
            r -> r.stalls().unserved()));
    figures.add(
        plain(
            "stalls.total",
            FigureUnit.CYCLES,
            "all served stalls",
            r -> r.stalls().cycles().total()));
    spread(
        figures,
        "stalls",
        "of a stall that ended served",
        r -> r.stalls().cycles(),
        r -> {
          Stalls.Stall longest = r.stalls().longest();
          return longest == null ? null : longest.operation();
        });
    most(figures, "stalls.steps", FigureUnit.COUNT, "steps", r -> r.stalls().steps());
    most(figures, "stalls.bytes", FigureUnit.BYTES, "payload moved", r -> r.stalls().bytes());
  }

  /** The mean and the most of something in one stall that ended served; no stall is 0 at most. */
  private static void most(
      List<Figure> figures,
      String prefix,
      FigureUnit unit,
      String what,
      Function<RunResult, Distribution> values) {
    figures.add(
        plain(
            prefix + ".mean",
            unit,
            "mean of " + what + " in a stall that ended served",
            r -> values.apply(r).mean()));
    figures.add(
        plain(
            prefix + ".max",
            unit,
            "most " + what + " in a stall that ended served",
            r -> {
              Long max = values.apply(r).max();
              return max == null ? Long.valueOf(0) : max;
            }));
  }

  private static void interrupts(List<Figure> figures) {
    figures.add(
        plain(
            "interrupts.count",
            FigureUnit.COUNT,
            "interrupts that the scenario asks for, served",
            r -> latencies(r).count()));
    figures.add(
        plain(
            "interrupts.missed",
            FigureUnit.COUNT,
            "requests that came while the one before was still pending",
            r -> r.interrupts().stream().mapToLong(InterruptStats::missed).sum()));
    spread(
        figures,
        "interrupts.latency",
        "from a request to the first instruction of its handler",
        Figures::latencies,
        r ->
            r.interrupts().stream()
                .map(InterruptStats::worst)
                .filter(Objects::nonNull)
                .max(Comparator.comparingLong(InterruptStats.Worst::latency))
                .map(InterruptStats.Worst::operation)
                .orElse(null));
  }

  /** Those of all interrupts together. */
  private static Distribution latencies(RunResult result) {
    TreeMap<Long, Long> counts = new TreeMap<>();
    for (InterruptStats stats : result.interrupts()) {
      stats.latency().values().forEach(v -> counts.merge(v.value(), v.count(), Long::sum));
    }
    return Distribution.of(counts);
  }

  private static void heap(List<Figure> figures) {
    figures.add(
        new Figure(
            "fragmentation.max",
            FigureUnit.PPM,
            Worse.HIGHER,
            "worst fragmentation of all samples",
            r -> {
              Fragmentation.Sample worst = r.fragmentation().worst();
              return worst == null ? null : worst.ppm();
            },
            r -> {
              Fragmentation.Sample worst = r.fragmentation().worst();
              return worst == null ? null : worst.operation();
            }));
    figures.add(
        plain(
            "fragmentation.mean",
            FigureUnit.PPM,
            "mean of the equally spaced samples",
            r -> meanPpm(r.fragmentation().samples())));
    figures.add(
        plain(
            "fragmentation.end",
            FigureUnit.PPM,
            "fragmentation in the last sample",
            r -> {
              List<Fragmentation.Sample> samples = r.fragmentation().samples();
              return samples.isEmpty() ? null : samples.get(samples.size() - 1).ppm();
            }));
    figures.add(
        plain(
            "fragmentation.catastrophic",
            FigureUnit.COUNT,
            "allocations that failed although free bytes would have sufficed",
            r -> r.fragmentation().catastrophic()));
    figures.add(
        plain(
            "live.max",
            FigureUnit.BYTES,
            "most requested bytes live at once",
            RunResult::peakLiveBytes));
    figures.add(
        plain(
            "blocks.max", FigureUnit.COUNT, "most blocks live at once", RunResult::peakLiveBlocks));
  }

  private static void memory(List<Figure> figures) {
    figures.add(
        plain(
            "stack.max", FigureUnit.BYTES, "deepest stack", r -> (long) r.memory().deepestStack()));
    figures.add(
        plain(
            "flash.bytes", FigureUnit.BYTES, "flash of the image", r -> (long) r.memory().flash()));
    figures.add(
        plain(
            "data.bytes",
            FigureUnit.BYTES,
            "SRAM data of the image",
            r -> (long) r.memory().data()));
    figures.add(
        plain(
            "table.bytes",
            FigureUnit.BYTES,
            "pool bytes that are not free before the first allocation",
            r -> (long) r.memory().table()));
  }

  /** The figures of a distribution of cycles: min, mean, p50, p99, max. */
  private static void spread(
      List<Figure> figures,
      String prefix,
      String of,
      Function<RunResult, Distribution> cycles,
      Function<RunResult, @Nullable Long> maxAt) {
    figures.add(cycles(prefix + ".min", "fewest cycles " + of, cycles, Distribution::min));
    figures.add(cycles(prefix + ".mean", "mean cycles " + of, cycles, Distribution::mean));
    figures.add(cycles(prefix + ".p50", "median cycles " + of, cycles, Distribution::p50));
    figures.add(
        cycles(prefix + ".p99", "99th percentile of the cycles " + of, cycles, Distribution::p99));
    // No pause is a longest pause of 0 cycles, so that a bound on it can be judged; the same for
    // stalls. The other figures have no value then.
    boolean zeroIfNone = prefix.equals("pauses") || prefix.equals("stalls");
    figures.add(
        new Figure(
            prefix + ".max",
            FigureUnit.CYCLES,
            Worse.HIGHER,
            "most cycles " + of,
            r -> {
              Long max = cycles.apply(r).max();
              return max == null && zeroIfNone ? Long.valueOf(0) : max;
            },
            maxAt));
  }

  private static Figure cycles(
      String name,
      String description,
      Function<RunResult, Distribution> cycles,
      Function<Distribution, @Nullable Long> take) {
    return plain(name, FigureUnit.CYCLES, description, r -> take.apply(cycles.apply(r)));
  }

  private static Figure plain(
      String name, FigureUnit unit, String description, Function<RunResult, @Nullable Long> value) {
    Worse worse = NEITHER_WORSE.contains(name) ? Worse.NEITHER : Worse.HIGHER;
    return new Figure(name, unit, worse, description, value, r -> null);
  }

  private static @Nullable Long meanPpm(List<Fragmentation.Sample> samples) {
    long total = 0;
    long count = 0;
    for (Fragmentation.Sample sample : samples) {
      Long ppm = sample.ppm();
      if (ppm != null && !sample.atFailure()) {
        total += ppm;
        count++;
      }
    }
    return count == 0 ? null : Math.floorDiv(2 * total + count, 2 * count);
  }
}
