package io.defragsim.lab;

import io.defragsim.emulator.model.Activity;
import io.defragsim.emulator.system.InterruptListener;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.lab.recording.Account;
import io.defragsim.lab.recording.Account.Outcome;
import io.defragsim.lab.recording.Call;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.RunEvent;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.Distribution;
import io.defragsim.lab.result.Events;
import io.defragsim.lab.result.Failure;
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

/** Collects what is measured of a run, in bounded memory. */
public final class Recorder implements RunListener, InterruptListener {
  private final Map<OperationKind, Tally> tallies = new EnumMap<>(OperationKind.class);

  private final TreeMap<Long, Long> pauseCycles = new TreeMap<>();
  private final Kept<Pause> pauses = new Kept<>();
  private long bytesMoved;
  private boolean exactPauses = true;
  private @Nullable Pause longestPause;

  private final TreeMap<Long, Long> stallCycles = new TreeMap<>();
  private final TreeMap<Long, Long> stallSteps = new TreeMap<>();
  private final TreeMap<Long, Long> stallBytes = new TreeMap<>();
  private final Kept<Stall> stalls = new Kept<>();
  private long unservedStalls;
  private @Nullable Stall longestStall;

  private long catastrophic;

  private final List<InterruptTally> interrupts;
  private boolean estimated;

  private final Kept<Failure> failures = new Kept<>();
  private @Nullable Failure refusedRequest;

  private final List<PhaseSpan> phases = new ArrayList<>();
  private final List<String> openPhases = new ArrayList<>();
  private final List<Long> openPhaseStarts = new ArrayList<>();

  private long operation = -1;

  /** Events of one sort, in bounded memory. */
  private static final class Kept<T> {
    private final List<T> first = new ArrayList<>();
    private long count;

    void add(T event) {
      count++;
      if (first.size() < Events.CAPACITY) {
        first.add(event);
      }
    }

    Events<T> events() {
      return new Events<>(first, count);
    }
  }

  /** Of a run in which these interrupts are to come. */
  public Recorder(List<InterruptSource> sources) {
    interrupts = sources.stream().map(InterruptTally::new).toList();
    for (OperationKind kind : OperationKind.values()) {
      tallies.put(kind, new Tally());
    }
  }

  private Tally tally(OperationKind kind) {
    Tally tally = tallies.get(kind);
    if (tally == null) {
      throw new IllegalStateException(kind.toString());
    }
    return tally;
  }

  @Override
  public void began(RunEvent.Began event, HeapView heap) {
    operation = event.account().number();
  }

  @Override
  public void called(RunEvent.Called event, HeapView heap) {
    Call call = event.call();
    cycles(call);
    if (call.cause() != null) {
      pause(call, call.cause());
    }
  }

  @Override
  public void broke(RunEvent.Broke event, HeapView heap) {
    cycles(event.call());
  }

  private void cycles(Call call) {
    OperationKind kind = call.function().kind();
    if (!kind.countsAsAWhole()) {
      tally(kind).cycles(call.cycles(), operation);
    }
  }

  @Override
  public void done(RunEvent.Done event, HeapView heap) {
    Account account = event.account();
    OperationKind kind = account.kind();
    if (kind == null) {
      return;
    }
    Failure failure = account.failure();
    boolean skipped = account.outcome() == Outcome.SKIPPED;
    if (kind.countsAsAWhole() && !skipped) {
      tally(kind).cycles(account.cycles(), operation);
    }
    if (failure != null) {
      failed(failure);
    } else if (skipped) {
      tally(kind).skipped();
    } else {
      tally(kind).served();
    }
    stall(account.stall());
  }

  @Override
  public void ended(RunEvent.Ended event, HeapView heap) {
    if (!event.account().isOver()) {
      stall(event.account().stall());
    }
    while (!openPhases.isEmpty()) { // of a run that ended early
      closePhase();
    }
  }

  private void failed(Failure failure) {
    tally(failure.kind()).failed(failure.error());
    if (refusedRequest == null && failure.kind().asksForMemory()) {
      refusedRequest = failure;
    }
    failures.add(failure);
    if (failure.catastrophic()) {
      catastrophic++;
    }
  }

  /** The first request for memory that was refused in the end, null if there was none. */
  @Nullable Failure refusedRequest() {
    return refusedRequest;
  }

  private void pause(Call call, Pauses.Cause cause) {
    Pause pause =
        new Pause(
            operation,
            cause,
            call.elapsed(),
            call.moves().size(),
            call.bytesMoved(),
            call.result());
    pauseCycles.merge(pause.cycles(), 1L, Long::sum);
    bytesMoved += pause.bytesMoved();
    if (cause == Pauses.Cause.INSIDE_CALL) {
      exactPauses = false;
    }
    if (longestPause == null || pause.cycles() > longestPause.cycles()) {
      longestPause = pause;
    }
    pauses.add(pause);
  }

  private void stall(@Nullable Stall stall) {
    if (stall == null) {
      return;
    }
    stalls.add(stall);
    if (!stall.served()) {
      unservedStalls++;
      return;
    }
    stallCycles.merge(stall.cycles(), 1L, Long::sum);
    stallSteps.merge((long) stall.steps(), 1L, Long::sum);
    stallBytes.merge(stall.bytesMoved(), 1L, Long::sum);
    if (longestStall == null || stall.cycles() > longestStall.cycles()) {
      longestStall = stall;
    }
  }

  @Override
  public void served(int irq, long latency, Activity during, boolean tailChained, boolean late) {
    interrupts.get(irq).served(latency, operation, during, tailChained, late);
    estimated |= tailChained || late;
  }

  /** Whether a handler has begun after cycles that are an estimate. */
  boolean estimated() {
    return estimated;
  }

  @Override
  public void missed(int irq) {
    interrupts.get(irq).missed();
  }

  @Override
  public void phaseStarted(RunEvent.PhaseStarted event, HeapView heap) {
    openPhases.add(event.name());
    openPhaseStarts.add(operation + 1);
  }

  @Override
  public void phaseEnded(RunEvent.PhaseEnded event, HeapView heap) {
    closePhase();
  }

  private void closePhase() {
    int last = openPhases.size() - 1;
    String name = openPhases.remove(last);
    long first = openPhaseStarts.remove(last);
    if (phases.size() < Events.CAPACITY) {
      phases.add(new PhaseSpan(name, first, operation + 1));
    }
  }

  List<PhaseSpan> phases() {
    return phases;
  }

  /** One entry a kind that occurred. */
  public List<OperationStats> operations() {
    List<OperationStats> stats = new ArrayList<>();
    tallies.forEach(
        (kind, tally) -> {
          if (!tally.isEmpty()) {
            stats.add(tally.stats(kind));
          }
        });
    return stats;
  }

  /** All compaction. */
  public Pauses pauses() {
    return new Pauses(
        exactPauses, Distribution.of(pauseCycles), bytesMoved, longestPause, pauses.events());
  }

  /** All requests that waited. */
  public Stalls stalls() {
    return new Stalls(
        Distribution.of(stallCycles),
        Distribution.of(stallSteps),
        Distribution.of(stallBytes),
        unservedStalls,
        longestStall,
        stalls.events());
  }

  List<InterruptStats> interrupts() {
    return interrupts.stream().map(InterruptTally::stats).toList();
  }

  /** Allocations that failed although free bytes would have sufficed. */
  public long catastrophic() {
    return catastrophic;
  }

  /** All that was refused in the end. */
  public Events<Failure> failures() {
    return failures.events();
  }
}
