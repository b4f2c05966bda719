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
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The registry of figures: each measured number has its one name here and nowhere else. */
public final class Figures {

  /** The beginnings of the names of figures in cycles that interrupts are part of. */
  private static final List<String> BY_THE_CLOCK =
      List.of("cycles", "pauses.", "stalls.", "interrupts.");

  /** Whether what interrupts take is in a figure in cycles; it is in none of a call's own. */
  static boolean isByTheClock(Figure figure) {
    return BY_THE_CLOCK.stream().anyMatch(figure.name()::startsWith);
  }

  /** The names of figures that no heap of a program has: an image or a scenario has to be there. */
  private static final Pattern OF_SCENARIOS =
      Pattern.compile(
          "(grow|pauses|stalls|interrupts)\\..*|stack\\.max|(flash|data|table)\\.bytes"
              + "|(.*\\.)?skipped");

  /** The names of figures that no run of a scenario has. */
  private static final Pattern OF_PROGRAMS =
      Pattern.compile("heap\\.bytes|findings|leaks|leaked\\.bytes");

  /** Whether a run of a scenario can have a value of it. */
  public static boolean isOfScenarios(Figure figure) {
    return !OF_PROGRAMS.matcher(figure.name()).matches();
  }

  /** Whether a recording of a program's heap can have a value of it. */
  public static boolean isOfPrograms(Figure figure) {
    return !OF_SCENARIOS.matcher(figure.name()).matches();
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

  /** Every name of a figure of scenarios with its unit: what their limits may be set on. */
  public static Map<String, FigureUnit> units() {
    Map<String, FigureUnit> units = new LinkedHashMap<>();
    ALL.stream()
        .filter(Figures::isOfScenarios)
        .forEach(figure -> units.put(figure.name(), figure.unit()));
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
    List<Figure> all = new ArrayList<>();
    for (OperationKind kind : OperationKind.values()) {
      String what = timed(kind);
      if (what != null) {
        operation(all, kind, what);
      }
    }
    pauses(all);
    stalls(all);
    interrupts(all);
    heap(all);
    memory(all);
    program(all);
    count(
        all,
        "failed",
        "operations of any kind that failed in the end",
        r -> r.operations().stream().mapToLong(OperationStats::failed).sum());
    count(
        all,
        "skipped",
        "operations on a block that was not served",
        r -> r.operations().stream().mapToLong(OperationStats::skipped).sum());
    done(all, "operations", FigureUnit.COUNT, "operations carried out", RunResult::executed);
    cycles(all, "cycles", "from reset to the end, waits included", RunResult::cycles);
    return List.copyOf(all);
  }

  /** What the cycles of operations of a kind are of; null for one without figures of its own. */
  private static @Nullable String timed(OperationKind kind) {
    return switch (kind) {
      case ALLOC -> ContractFunction.ALLOC.symbol();
      case FREE -> ContractFunction.FREE.symbol();
      case LOCK -> ContractFunction.LOCK.symbol();
      case UNLOCK -> ContractFunction.UNLOCK.symbol();
      case GROW, RESIZE -> "all calls of a " + kind.key() + " together";
      case WRITE, STEP, WAIT -> null; // they are locks and unlocks, pauses, and no work
    };
  }

  private static void operation(List<Figure> all, OperationKind kind, String what) {
    String key = kind.key();
    done(
        all,
        key + ".count",
        FigureUnit.COUNT,
        key + " operations, failed and skipped ones included",
        sum(kind, OperationStats::count));
    count(
        all,
        key + ".failed",
        key + " operations that failed in the end",
        sum(kind, OperationStats::failed));
    count(
        all,
        key + ".skipped",
        key + " operations on a block that was not served",
        sum(kind, OperationStats::skipped));
    spread(
        all,
        key,
        "of " + what,
        r -> {
          OperationStats stats = r.operation(kind);
          return stats == null ? Distribution.EMPTY : stats.cycles();
        },
        r -> of(r.operation(kind), OperationStats::maxAt));
  }

  private static void pauses(List<Figure> all) {
    done(
        all,
        "pauses.count",
        FigureUnit.COUNT,
        "stretches of compaction",
        r -> r.pauses().cycles().count());
    cycles(all, "pauses.total", "all pauses together", r -> r.pauses().cycles().total());
    spread(
        all,
        "pauses",
        "of a pause",
        r -> r.pauses().cycles(),
        r -> of(r.pauses().longest(), Pauses.Pause::operation));
    bytes(all, "pauses.bytes", "payload moved by compaction", r -> r.pauses().bytesMoved());
  }

  private static void stalls(List<Figure> all) {
    count(
        all,
        "stalls.count",
        "requests that had to wait for compaction and were served",
        r -> r.stalls().cycles().count());
    count(
        all,
        "stalls.unserved",
        "requests that waited for compaction in vain",
        r -> r.stalls().unserved());
    cycles(all, "stalls.total", "all served stalls", r -> r.stalls().cycles().total());
    spread(
        all,
        "stalls",
        "of a stall that ended served",
        r -> r.stalls().cycles(),
        r -> of(r.stalls().longest(), Stalls.Stall::operation));
    most(all, "stalls.steps", FigureUnit.COUNT, "steps", r -> r.stalls().steps());
    most(all, "stalls.bytes", FigureUnit.BYTES, "payload moved", r -> r.stalls().bytes());
  }

  /** The mean and the most of something in one stall that ended served; no stall is 0 at most. */
  private static void most(
      List<Figure> all,
      String prefix,
      FigureUnit unit,
      String what,
      Function<RunResult, Distribution> values) {
    add(
        all,
        prefix + ".mean",
        unit,
        "mean of " + what + " in a stall that ended served",
        r -> values.apply(r).mean());
    add(
        all,
        prefix + ".max",
        unit,
        "most " + what + " in a stall that ended served",
        r -> Objects.requireNonNullElse(values.apply(r).max(), 0L));
  }

  private static void interrupts(List<Figure> all) {
    done(
        all,
        "interrupts.count",
        FigureUnit.COUNT,
        "interrupts that the scenario asks for, served",
        r -> latencies(r).count());
    count(
        all,
        "interrupts.missed",
        "requests that came while the one before was still pending",
        r -> r.interrupts().stream().mapToLong(InterruptStats::missed).sum());
    spread(
        all,
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

  private static void heap(List<Figure> all) {
    all.add(
        new Figure(
            "fragmentation.max",
            FigureUnit.PPM,
            Worse.HIGHER,
            "worst fragmentation of all samples",
            r -> of(r.fragmentation().worst(), Fragmentation.Sample::ppm),
            r -> of(r.fragmentation().worst(), Fragmentation.Sample::operation)));
    add(
        all,
        "fragmentation.mean",
        FigureUnit.PPM,
        "mean of the equally spaced samples",
        r -> meanPpm(r.fragmentation().samples()));
    add(
        all,
        "fragmentation.end",
        FigureUnit.PPM,
        "fragmentation in the last sample",
        r -> {
          List<Fragmentation.Sample> samples = r.fragmentation().samples();
          return samples.isEmpty() ? null : samples.get(samples.size() - 1).ppm();
        });
    count(
        all,
        "fragmentation.catastrophic",
        "allocations that failed although free bytes would have sufficed",
        r -> r.fragmentation().catastrophic());
    done(
        all,
        "live.max",
        FigureUnit.BYTES,
        "most requested bytes live at once",
        RunResult::peakLiveBytes);
    done(
        all, "blocks.max", FigureUnit.COUNT, "most blocks live at once", RunResult::peakLiveBlocks);
  }

  private static void memory(List<Figure> all) {
    bytes(all, "stack.max", "deepest stack", ofMemory(MemoryUse::deepestStack));
    bytes(all, "flash.bytes", "flash of the image", ofMemory(MemoryUse::flash));
    bytes(all, "data.bytes", "SRAM data of the image", ofMemory(MemoryUse::data));
    bytes(
        all,
        "table.bytes",
        "pool bytes that are not free before the first allocation",
        ofMemory(MemoryUse::table));
  }

  /** Of the heap of a program; a scenario has none of them. */
  private static void program(List<Figure> all) {
    bytes(
        all,
        "heap.bytes",
        "most memory that the heap of a program had",
        ofProgram(ProgramHeap::claimedBytes));
    count(
        all,
        "findings",
        "what a program and its heap did that cannot be right",
        ofProgram(heap -> heap.findings().count()));
    count(
        all,
        "leaks",
        "blocks of a program that were alive at its end",
        ofProgram(ProgramHeap::leakedBlocks));
    bytes(all, "leaked.bytes", "requested bytes of those", ofProgram(ProgramHeap::leakedBytes));
  }

  /** The figures of a distribution of cycles: min, mean, p50, p99, max. */
  private static void spread(
      List<Figure> all,
      String prefix,
      String of,
      Function<RunResult, Distribution> cycles,
      Function<RunResult, @Nullable Long> maxAt) {
    cycles(all, prefix + ".min", "fewest cycles " + of, r -> cycles.apply(r).min());
    cycles(all, prefix + ".mean", "mean cycles " + of, r -> cycles.apply(r).mean());
    cycles(all, prefix + ".p50", "median cycles " + of, r -> cycles.apply(r).p50());
    cycles(all, prefix + ".p99", "99th percentile of the cycles " + of, r -> cycles.apply(r).p99());
    // No pause is a longest pause of 0 cycles, so that a bound on it can be judged; the same for
    // stalls. The other figures have no value then.
    boolean zeroIfNone = prefix.equals("pauses") || prefix.equals("stalls");
    all.add(
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

  private static void count(
      List<Figure> all,
      String name,
      String description,
      Function<RunResult, @Nullable Long> value) {
    add(all, name, FigureUnit.COUNT, description, value);
  }

  private static void cycles(
      List<Figure> all,
      String name,
      String description,
      Function<RunResult, @Nullable Long> value) {
    add(all, name, FigureUnit.CYCLES, description, value);
  }

  private static void bytes(
      List<Figure> all,
      String name,
      String description,
      Function<RunResult, @Nullable Long> value) {
    add(all, name, FigureUnit.BYTES, description, value);
  }

  /** One without the operation at which it was reached. */
  private static void add(
      List<Figure> all,
      String name,
      FigureUnit unit,
      String description,
      Function<RunResult, @Nullable Long> value) {
    all.add(new Figure(name, unit, Worse.HIGHER, description, value, r -> null));
  }

  /** One that says what was done and not how well. */
  private static void done(
      List<Figure> all,
      String name,
      FigureUnit unit,
      String description,
      Function<RunResult, @Nullable Long> value) {
    all.add(new Figure(name, unit, Worse.NEITHER, description, value, r -> null));
  }

  private static Function<RunResult, @Nullable Long> ofMemory(ToLongFunction<MemoryUse> value) {
    return r -> of(r.memory(), value::applyAsLong);
  }

  private static Function<RunResult, @Nullable Long> ofProgram(ToLongFunction<ProgramHeap> value) {
    return r -> of(r.program(), value::applyAsLong);
  }

  /** A number of the operations of a kind; 0 without any. */
  private static Function<RunResult, Long> sum(
      OperationKind kind, ToLongFunction<OperationStats> value) {
    return r ->
        r.operations().stream().filter(stats -> stats.kind() == kind).mapToLong(value).sum();
  }

  private static <T> @Nullable Long of(@Nullable T part, Function<T, @Nullable Long> value) {
    return part == null ? null : value.apply(part);
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
