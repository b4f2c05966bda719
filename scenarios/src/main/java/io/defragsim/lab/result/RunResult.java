package io.defragsim.lab.result;

import io.defragsim.scenario.FigureUnit;
import io.defragsim.scenario.Limit.Bounds;
import io.defragsim.scenario.Limit.Source;
import io.defragsim.workload.OperationKind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a scenario, or of a program whose heap was recorded. The same scenario, or
 * program, image and version give an equal result.
 *
 * @param phases as far as they were begun, at most {@link Events#CAPACITY}
 * @param operations one entry a kind that occurred, in the order of {@link OperationKind}
 * @param executed operations begun; the workload's length unless the run ended early
 * @param workloadOperations operations of the whole workload
 * @param cycles emulated cycles from reset to the end, waits included
 * @param peakLiveBytes the most requested bytes that were live at once
 * @param peakLiveBlocks the most blocks that were live at once
 * @param interrupts one entry for each that the scenario asks for, in its order
 * @param failures operations refused in the end
 * @param heapAtEnd null if the run ended before the pool was there
 * @param heapAtWorst the heap when fragmentation was worst, null if it never had a value
 * @param memory null of a program
 * @param program null of a scenario
 */
public record RunResult(
    Subject subject,
    RunEnding ending,
    long executed,
    long workloadOperations,
    long cycles,
    long peakLiveBytes,
    long peakLiveBlocks,
    List<PhaseSpan> phases,
    List<OperationStats> operations,
    Pauses pauses,
    Stalls stalls,
    List<InterruptStats> interrupts,
    Fragmentation fragmentation,
    Events<Failure> failures,
    @Nullable HeapImage heapAtEnd,
    @Nullable HeapImage heapAtWorst,
    @Nullable MemoryUse memory,
    List<Limit> limits,
    @Nullable ProgramHeap program) {

  /**
   * A limit of the scenario.
   *
   * @param fail what the figure must keep to
   * @param warn what it should keep to
   * @param source where the limit stands; null if in no file
   */
  public record Limit(Figure figure, Bounds fail, Bounds warn, @Nullable Source source) {

    /** The same of each, in their order. */
    public static List<Limit> of(List<io.defragsim.scenario.Limit> limits) {
      return limits.stream().map(Limit::of).toList();
    }

    private static Limit of(io.defragsim.scenario.Limit limit) {
      Figure figure = Figures.named(limit.figure());
      if (figure == null) {
        throw new IllegalArgumentException("no figure of that name: " + limit.figure());
      }
      return new Limit(figure, limit.fail(), limit.warn(), limit.source());
    }
  }

  /**
   * A phase of the workload.
   *
   * @param first its first operation
   * @param end the first operation after it
   */
  public record PhaseSpan(String name, long first, long end) {}

  public RunResult {
    phases = List.copyOf(phases);
    operations = List.copyOf(operations);
    interrupts = List.copyOf(interrupts);
    limits = List.copyOf(limits);
  }

  /** Of a scenario. */
  public RunResult(
      Subject subject,
      RunEnding ending,
      long executed,
      long workloadOperations,
      long cycles,
      long peakLiveBytes,
      long peakLiveBlocks,
      List<PhaseSpan> phases,
      List<OperationStats> operations,
      Pauses pauses,
      Stalls stalls,
      List<InterruptStats> interrupts,
      Fragmentation fragmentation,
      Events<Failure> failures,
      @Nullable HeapImage heapAtEnd,
      @Nullable HeapImage heapAtWorst,
      MemoryUse memory,
      List<Limit> limits) {
    this(
        subject,
        ending,
        executed,
        workloadOperations,
        cycles,
        peakLiveBytes,
        peakLiveBlocks,
        phases,
        operations,
        pauses,
        stalls,
        interrupts,
        fragmentation,
        failures,
        heapAtEnd,
        heapAtWorst,
        memory,
        limits,
        null);
  }

  /** Whether all operations were carried out. */
  public boolean completed() {
    return ending instanceof RunEnding.Completed;
  }

  /** The statistics of one kind, null if no such operation or call occurred. */
  public @Nullable OperationStats operation(OperationKind kind) {
    for (OperationStats stats : operations) {
      if (stats.kind() == kind) {
        return stats;
      }
    }
    return null;
  }

  /** Every figure of the registry by name, in its order; null where this run gives none. */
  public Map<String, @Nullable Long> figures() {
    return Figures.of(this);
  }

  /** The limits of the scenario in its order, judged. */
  public List<LimitVerdict> verdicts() {
    return limits.stream()
        .map(
            limit ->
                new LimitVerdict(
                    limit,
                    limit.figure().value().apply(this),
                    limit.figure().where().apply(this),
                    isEstimate(limit.figure())))
        .toList();
  }

  /**
   * Whether the clock is an estimate, and with it pauses, stalls and latencies: with wait states,
   * or where a handler followed another by a tail-chain or took its place by a late arrival. The
   * cycles of calls are only with the first.
   */
  public boolean clockIsEstimate() {
    return callsAreEstimates()
        || (program != null && program.clockEstimated())
        || interrupts.stream().anyMatch(InterruptStats::isEstimate);
  }

  /**
   * Whether the cycles of calls are an estimate: with wait states, or where a call of a program met
   * what has no exact time.
   */
  public boolean callsAreEstimates() {
    return subject.mcu().isEstimate() || (program != null && program.callsEstimated());
  }

  /** Whether that figure of this run is one in cycles that are an estimate. */
  public boolean isEstimate(Figure figure) {
    return figure.unit() == FigureUnit.CYCLES
        && (Figures.isByTheClock(figure) ? clockIsEstimate() : callsAreEstimates());
  }

  /**
   * The code of the {@link ExitStatus} that the run means: that of its ending or, if it was
   * completed, that of its limits.
   */
  public int exitStatus() {
    return ExitStatus.orLimit(
        ending.exitStatus().code(), !verdicts().stream().allMatch(LimitVerdict::holds));
  }
}
