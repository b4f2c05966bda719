package io.defragsim.report;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.model.Activity;
import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.model.Registers;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Distribution;
import io.defragsim.lab.result.Distribution.ValueCount;
import io.defragsim.lab.result.Events;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.Fragmentation;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.HeapImage.Span;
import io.defragsim.lab.result.HeapImage.Use;
import io.defragsim.lab.result.InterruptStats;
import io.defragsim.lab.result.MemoryUse;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.Pauses;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Stalls;
import io.defragsim.lab.result.Subject;
import io.defragsim.scenario.Limit.Bounds;
import io.defragsim.workload.OperationKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Results made by hand, so that a report can be checked without running anything. */
public final class Results {

  private Results() {}

  private static final McuConfig MCU =
      new McuConfig("stm32f030f4", 48_000_000, 24_000_000, 1, 16 * 1024, 0x2000_0000L, 4096);

  private static final List<String> NOTES =
      List.of(
          "unaligned data accesses were not checked",
          "above 24 MHz the flash of this part has wait states, which are not modelled");

  /** Everything occurs: failures, pauses, stalls, locks, two limits violated. */
  public static RunResult eventful() {
    return with(
        new RunEnding.Completed(),
        5000,
        List.of(
            limit("pauses.max", null, 2000L),
            limit("alloc.max", null, 300L),
            limit("fragmentation.max", null, 400_000L),
            limit("alloc.count", 100L, null),
            limit("grow.max", null, 5000L),
            limit("fragmentation.catastrophic", null, 3L)));
  }

  /** The same with limits that hold. */
  public static RunResult peaceful() {
    return with(new RunEnding.Completed(), 5000, List.of(limit("pauses.max", null, 2000L)));
  }

  /** The same, judged by {@code limits}. */
  public static RunResult judgedBy(RunResult.Limit... limits) {
    return with(new RunEnding.Completed(), 5000, List.of(limits));
  }

  /** The same without limits, cut short by {@code ending}. */
  public static RunResult ended(RunEnding ending) {
    return with(ending, 1235, List.of(limit("pauses.max", null, 2000L)));
  }

  /** The same with another image. */
  public static Subject on(Subject subject, Subject.Image image) {
    return new Subject(
        subject.scenario(),
        subject.description(),
        image,
        subject.mcu(),
        subject.cycleModel(),
        subject.strictness(),
        subject.pool(),
        subject.policy(),
        subject.version(),
        subject.notes());
  }

  /** The eventful scenario on an image of that name, with another end. */
  public static RunResult as(String image, RunEnding ending) {
    RunResult other = eventful();
    Subject.Image own = other.subject().image();
    return new RunResult(
        on(other.subject(), new Subject.Image(image, own.sha256(), 1, own.features())),
        ending,
        other.executed(),
        other.workloadOperations(),
        other.cycles(),
        other.peakLiveBytes(),
        other.peakLiveBlocks(),
        other.phases(),
        other.operations(),
        other.pauses(),
        other.stalls(),
        other.interrupts(),
        other.fragmentation(),
        other.failures(),
        other.heapAtEnd(),
        other.heapAtWorst(),
        Objects.requireNonNull(other.memory()),
        other.limits());
  }

  /** The eventful scenario on an image that moves nothing, with fewer served and no pause. */
  public static RunResult rigid() {
    RunResult other = eventful();
    Subject subject = other.subject();
    return new RunResult(
        on(
            subject,
            new Subject.Image(
                "newlib-nano",
                "77ab01c2".repeat(8),
                1,
                new Subject.Features(false, false, false, false))),
        other.ending(),
        other.executed(),
        other.workloadOperations(),
        1_100_200,
        1490,
        25,
        other.phases(),
        List.of(
            new OperationStats(
                OperationKind.ALLOC,
                2100,
                2060,
                Map.of(ContractError.OUT_OF_MEMORY, 40L),
                0,
                distribution(88, 1000, 325, 1090, 1283, 10),
                77L),
            new OperationStats(
                OperationKind.FREE, 2050, 2010, Map.of(), 40, distribution(90, 2000, 912, 10), 9L)),
        new Pauses(true, Distribution.EMPTY, 0, null, new Events<>(List.of(), 0)),
        new Stalls(
            Distribution.EMPTY,
            Distribution.EMPTY,
            Distribution.EMPTY,
            0,
            null,
            new Events<>(List.of(), 0)),
        List.of(),
        new Fragmentation(other.fragmentation().samples(), other.fragmentation().worst(), 38),
        new Events<>(List.of(), 0),
        heap(4998),
        null,
        new MemoryUse(980, 40, 2048, 12, 1496, 512, 120, 4096),
        other.limits());
  }

  /** A store to flash in the middle of {@code image_alloc}. */
  public static RunEnding fault() {
    return new RunEnding.Faulted(
        new Fault(
            Fault.Kind.WRITE_PROTECTED,
            new Location(0x0800_011cL, "image_alloc", 0x1c),
            "str r1, [r0] stores to flash",
            0x0800_0040L,
            new Registers(
                IntStream.range(0, 13).mapToObj(i -> i * 0x1111_1111).toList(),
                0x2000_0fe8,
                0xf000_0001,
                0x0800_011c,
                0x6100_0000)),
        "alloc #301 (24\u00a0bytes), in image_alloc",
        1234);
  }

  /** Nothing happened: the image never parked. */
  public static RunResult neverParked() {
    return new RunResult(
        subject(),
        new RunEnding.BudgetExhausted(
            50_000_000, new Location(0x0800_00c4L, "Reset_Handler", 4), "reset", -1),
        0,
        5000,
        50_000_000,
        0,
        0,
        List.of(),
        List.of(),
        new Pauses(true, Distribution.EMPTY, 0, null, new Events<>(List.of(), 0)),
        new Stalls(
            Distribution.EMPTY,
            Distribution.EMPTY,
            Distribution.EMPTY,
            0,
            null,
            new Events<>(List.of(), 0)),
        List.of(),
        new Fragmentation(List.of(), null, 0),
        new Events<>(List.of(), 0),
        null,
        null,
        new MemoryUse(1876, 12, 2048, 0, 1524, 512, 0, 4096),
        List.of(limit("alloc.max", null, 300L)));
  }

  private static RunResult with(RunEnding ending, long executed, List<RunResult.Limit> limits) {
    var longest = new Pauses.Pause(4321, Pauses.Cause.FAILURE, 1804, 2, 128, 1);
    var stall = new Stalls.Stall(4321, 296, 7, 640, 9876, null);
    var vain = new Stalls.Stall(4400, 700, 3, 96, 2210, ContractError.BLOCKED_BY_LOCKS);
    var refused =
        new Failure(
            4400,
            OperationKind.ALLOC,
            "#812",
            700,
            ContractError.BLOCKED_BY_LOCKS,
            1024,
            true,
            "calibration");
    List<Fragmentation.Sample> samples = samples(executed);
    return new RunResult(
        subject(),
        ending,
        executed,
        5000,
        1_234_567,
        1602,
        27,
        List.of(
            new RunResult.PhaseSpan("fill", 0, 1500), new RunResult.PhaseSpan("churn", 1500, 5000)),
        List.of(
            new OperationStats(
                OperationKind.ALLOC,
                2100,
                2094,
                Map.of(ContractError.BLOCKED_BY_LOCKS, 4L, ContractError.OUT_OF_MEMORY, 2L),
                0,
                distribution(102, 1900, 215, 180, 301, 23, 398, 1),
                4321L),
            new OperationStats(
                OperationKind.FREE, 2050, 2044, Map.of(), 6, distribution(96, 2000, 188, 44), 17L),
            new OperationStats(
                OperationKind.LOCK, 400, 400, Map.of(), 0, distribution(39, 400), 3L),
            new OperationStats(
                OperationKind.UNLOCK, 400, 400, Map.of(), 0, distribution(41, 400), 4L),
            new OperationStats(OperationKind.WRITE, 50, 50, Map.of(), 0, Distribution.EMPTY, null)),
        new Pauses(
            true,
            distribution(212, 30, 640, 11, 1804, 1),
            5120,
            longest,
            new Events<>(List.of(longest), 42)),
        new Stalls(
            distribution(3310, 5, 9876, 1),
            distribution(4, 5, 18, 1),
            distribution(96, 5, 700, 1),
            4,
            stall,
            new Events<>(List.of(stall, vain), 6)),
        interrupts(),
        new Fragmentation(samples, worst(samples), 4),
        new Events<>(List.of(refused), 6),
        heap(4999),
        heap(4321),
        new MemoryUse(1876, 12, 2048, 140, 1524, 512, 96, 4096),
        limits);
  }

  private static List<InterruptStats> interrupts() {
    return List.of(
        new InterruptStats(
            new InterruptSource("tick", 48_000, 48_000, 120, 1),
            distribution(16, 20, 17, 3, 106, 1),
            0,
            0,
            0,
            new InterruptStats.Worst(106, 4321, new Activity.Handler(1))),
        new InterruptStats(
            new InterruptSource("uart", 0, 8000, 90, 0),
            distribution(16, 100, 18, 44, 51, 2),
            3,
            0,
            0,
            new InterruptStats.Worst(
                51, 17, new Activity.Program(new Location(0x0800_0200L, "defrag_step", 0x2a)))),
        new InterruptStats(
            new InterruptSource("IRQ 2", 5, 90_000, 64, 3),
            distribution(16, 13),
            0,
            0,
            0,
            new InterruptStats.Worst(16, 3, new Activity.Asleep())),
        new InterruptStats(
            new InterruptSource("watchdog", 1L << 40, 1L << 40, 64, 3),
            Distribution.EMPTY,
            0,
            0,
            0,
            null));
  }

  private static Subject subject() {
    return new Subject(
        "sensor-node",
        "A node that samples, buffers and sends: short-lived packets among a few blocks that stay,"
            + " in a pool that is just large enough.",
        new Subject.Image(
            "defrag",
            "1f3a9c27d04e5b68".repeat(4),
            1,
            new Subject.Features(true, false, true, true)),
        MCU,
        "Cortex-M0 instruction timing, zero wait states",
        Strictness.NORMAL,
        new Subject.Pool(0x2000_0010L, 2048, 32),
        "on failure, 64 bytes a step",
        "0.1.0",
        NOTES);
  }

  private static RunResult.Limit limit(String figure, @Nullable Long min, @Nullable Long max) {
    return new RunResult.Limit(
        Objects.requireNonNull(Figures.named(figure)), new Bounds(min, max), Bounds.NONE, null);
  }

  /** {@code value, count, value, count, ...} */
  private static Distribution distribution(long... pairs) {
    List<ValueCount> values = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      values.add(new ValueCount(pairs[i], pairs[i + 1]));
    }
    return new Distribution(values);
  }

  private static List<Fragmentation.Sample> samples(long executed) {
    List<Fragmentation.Sample> samples = new ArrayList<>();
    for (long at = 0; at < executed; at += 25) {
      long ppm = at * 130 + (at / 25 * 7919 % 97) * 2000;
      long free = 2048 - at / 5;
      boolean none = at >= 2000 && at < 2200;
      samples.add(
          new Fragmentation.Sample(
              at,
              at * 246,
              free,
              none ? null : free - free * ppm / 1_000_000,
              none ? null : ppm,
              at / 4,
              false));
      if (at == 4400) {
        samples.add(new Fragmentation.Sample(at, at * 246, 1024, 200L, 804_688L, at / 4, true));
      }
    }
    return samples;
  }

  private static Fragmentation.Sample worst(List<Fragmentation.Sample> samples) {
    Fragmentation.Sample worst = samples.get(0);
    for (Fragmentation.Sample sample : samples) {
      if (Objects.requireNonNullElse(sample.ppm(), 0L)
          > Objects.requireNonNullElse(worst.ppm(), 0L)) {
        worst = sample;
      }
    }
    return worst;
  }

  private static HeapImage heap(long operation) {
    List<Span> spans = new ArrayList<>();
    spans.add(new Span(0, 140, Use.META));
    int at = 140;
    for (int i = 0; at < 2048 - 300; i++) {
      int bytes = 24 + i * 37 % 90 / 8 * 8;
      spans.add(new Span(at, 4, Use.META));
      Use use = i % 7 == 3 ? Use.LOCKED : (i + operation) % 3 == 0 ? Use.FREE : Use.USED;
      spans.add(new Span(at + 4, bytes - 4, use));
      at += bytes;
    }
    spans.add(new Span(at, 2048 - at, Use.FREE));
    return new HeapImage(operation, 2048, spans, List.of(), new TreeMap<>());
  }
}
