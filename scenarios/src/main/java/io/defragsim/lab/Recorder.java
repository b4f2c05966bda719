package io.defragsim.lab;

import io.defragsim.emulator.model.Activity;
import io.defragsim.emulator.system.InterruptListener;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Distribution;
import io.defragsim.lab.result.Events;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Fragmentation;
import io.defragsim.lab.result.InterruptStats;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.Pauses;
import io.defragsim.lab.result.Pauses.Pause;
import io.defragsim.lab.result.RunResult.PhaseSpan;
import io.defragsim.lab.result.Stalls;
import io.defragsim.lab.result.Stalls.Stall;
import io.defragsim.workload.OperationKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Collects what happens in a run, in bounded memory. Knows which operation is under way. */
final class Recorder implements InterruptListener {
  private final Map<OperationKind, Tally> tallies = new EnumMap<>(OperationKind.class);

  private final TreeMap<Long, Long> pauseCycles = new TreeMap<>();
  private final List<Pause> pauses = new ArrayList<>();
  private long pauseCount;
  private long bytesMoved;
  private boolean exactPauses = true;
  private @Nullable Pause longestPause;

  private final TreeMap<Long, Long> stallCycles = new TreeMap<>();
  private final TreeMap<Long, Long> stallSteps = new TreeMap<>();
  private final TreeMap<Long, Long> stallBytes = new TreeMap<>();
  private final List<Stall> stalls = new ArrayList<>();
  private long stallCount;
  private long unservedStalls;
  private @Nullable Stall longestStall;

  private final List<Fragmentation.Sample> samples = new ArrayList<>();
  private Fragmentation.@Nullable Sample worst;
  private long catastrophic;
  private long reclassified;

  private final List<InterruptTally> interrupts;

  private final List<Failure> failures = new ArrayList<>();
  private long failureCount;
  private @Nullable Failure refusedRequest;

  private final List<PhaseSpan> phases = new ArrayList<>();
  private final List<String> openPhases = new ArrayList<>();
  private final List<Long> openPhaseStarts = new ArrayList<>();

  private long operation = -1;

  Recorder(List<InterruptSource> sources) {
    interrupts = sources.stream().map(InterruptTally::new).toList();
    for (OperationKind kind : OperationKind.values()) {
      tallies.put(kind, new Tally());
    }
  }

  /** The operation under way or done last, -1 before the first. */
  long operation() {
    return operation;
  }

  void nextOperation() {
    operation++;
  }

  private Tally tally(OperationKind kind) {
    Tally tally = tallies.get(kind);
    if (tally == null) {
      throw new IllegalStateException(kind.toString());
    }
    return tally;
  }

  void served(OperationKind kind) {
    tally(kind).served();
  }

  void skipped(OperationKind kind) {
    tally(kind).skipped();
  }

  void failed(Failure failure) {
    tally(failure.kind()).failed(failure.error());
    failureCount++;
    if (refusedRequest == null && failure.kind().asksForMemory()) {
      refusedRequest = failure;
    }
    if (failures.size() < Events.CAPACITY) {
      failures.add(failure);
    }
    if (failure.catastrophic()) {
      catastrophic++;
    }
  }

  /** The first request for memory that was refused in the end, null if there was none. */
  @Nullable Failure refusedRequest() {
    return refusedRequest;
  }

  /** A call of the kind's function took that many cycles. */
  void cycles(OperationKind kind, long taken) {
    tally(kind).cycles(taken, operation);
  }

  void pause(Pauses.Cause cause, long cycles, ShadowHeap.Moved moved, int result) {
    Pause pause = new Pause(operation, cause, cycles, moved.blocks(), moved.bytes(), result);
    pauseCount++;
    pauseCycles.merge(cycles, 1L, Long::sum);
    bytesMoved += moved.bytes();
    if (cause == Pauses.Cause.INSIDE_CALL) {
      exactPauses = false;
    }
    if (longestPause == null || cycles > longestPause.cycles()) {
      longestPause = pause;
    }
    if (pauses.size() < Events.CAPACITY) {
      pauses.add(pause);
    }
  }

  void stall(
      long requestedBytes, int steps, long moved, long cycles, @Nullable ContractError error) {
    Stall stall = new Stall(operation, requestedBytes, steps, moved, cycles, error);
    stallCount++;
    if (stalls.size() < Events.CAPACITY) {
      stalls.add(stall);
    }
    if (!stall.served()) {
      unservedStalls++;
      return;
    }
    stallCycles.merge(cycles, 1L, Long::sum);
    stallSteps.merge((long) steps, 1L, Long::sum);
    stallBytes.merge(moved, 1L, Long::sum);
    if (longestStall == null || cycles > longestStall.cycles()) {
      longestStall = stall;
    }
  }

  @Override
  public void served(int irq, long latency, Activity during, boolean tailChained) {
    interrupts.get(irq).served(latency, operation, during, tailChained);
  }

  @Override
  public void missed(int irq) {
    interrupts.get(irq).missed();
  }

  /** An image that compacts answered out of memory where enough was free. */
  void reclassified() {
    reclassified++;
  }

  /** How often {@link #reclassified}. */
  long reclassifiedCount() {
    return reclassified;
  }

  /** Whether {@code sample} is worse than all before. */
  boolean sample(Fragmentation.Sample sample) {
    samples.add(sample);
    Long ppm = sample.ppm();
    Long worstPpm = worst == null ? null : worst.ppm();
    if (ppm != null && (worstPpm == null || ppm > worstPpm)) {
      worst = sample;
      return true;
    }
    return false;
  }

  void phaseStart(String name) {
    openPhases.add(name);
    openPhaseStarts.add(operation + 1);
  }

  void phaseEnd() {
    if (!openPhases.isEmpty()) {
      int last = openPhases.size() - 1;
      String name = openPhases.remove(last);
      long first = openPhaseStarts.remove(last);
      if (phases.size() < Events.CAPACITY) {
        phases.add(new PhaseSpan(name, first, operation + 1));
      }
    }
  }

  /** Closes the phases that a run which ended early left open. */
  List<PhaseSpan> phases() {
    while (!openPhases.isEmpty()) {
      phaseEnd();
    }
    return phases;
  }

  List<OperationStats> operations() {
    List<OperationStats> stats = new ArrayList<>();
    tallies.forEach(
        (kind, tally) -> {
          if (!tally.isEmpty()) {
            stats.add(tally.stats(kind));
          }
        });
    return stats;
  }

  Pauses pauses() {
    return new Pauses(
        exactPauses,
        Distribution.of(pauseCycles),
        bytesMoved,
        longestPause,
        new Events<>(pauses, pauseCount));
  }

  Stalls stalls() {
    return new Stalls(
        Distribution.of(stallCycles),
        Distribution.of(stallSteps),
        Distribution.of(stallBytes),
        unservedStalls,
        longestStall,
        new Events<>(stalls, stallCount));
  }

  List<InterruptStats> interrupts() {
    return interrupts.stream().map(InterruptTally::stats).toList();
  }

  Fragmentation fragmentation() {
    return new Fragmentation(samples, worst, catastrophic);
  }

  Events<Failure> failures() {
    return new Events<>(failures, failureCount);
  }
}
