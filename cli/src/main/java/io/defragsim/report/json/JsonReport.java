package io.defragsim.report.json;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.model.Fault;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.Pauses;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Subject;
import io.defragsim.scenario.FigureUnit;
import io.defragsim.workload.OperationKind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The whole document. */
public record JsonReport(
    @JsonPropertyDescription("Always defrag-sim-report.") String format,
    @JsonPropertyDescription("The version of this format; it changes when a reader must.")
        int version,
    @JsonPropertyDescription("The version of defrag-sim that wrote the report.") String producer,
    @JsonPropertyDescription(
            "The exit status of the command: the worst of all runs; 3 also if a figure is worse than"
                + " its baseline.")
        int exitStatus,
    @JsonPropertyDescription("In the order in which they ran.") List<Run> runs,
    @JsonPropertyDescription(
            "Shipped images that all asked for and that cannot run a scenario; empty of a command"
                + " that takes no allocators.")
        List<LeftOut> leftOut) {

  /** What stands in {@code format}. */
  public static final String FORMAT = "defrag-sim-report";

  /** What stands in {@code version}. */
  public static final int VERSION = 2;

  /** An image that ran with no others, since it cannot. */
  public record LeftOut(
      String scenario, String image, @JsonPropertyDescription("For people.") String why) {}

  /** One execution of a scenario, or of a program whose heap was recorded. */
  public record Run(
      @JsonPropertyDescription("The scenario's name, or the program's.") String scenario,
      @JsonPropertyDescription("The scenario's description; may be empty.") String description,
      @JsonPropertyDescription(
              "What this run by itself means: 0 all limits hold, 3 a limit is violated, 4 the"
                  + " firmware faulted or broke the contract, 5 a cycle budget was exhausted.")
          int exitStatus,
      Ending ending,
      Image image,
      Mcu mcu,
      CycleModel cycleModel,
      @JsonPropertyDescription(
              "normal: data accesses that a Cortex-M0 faults on because they are not aligned were"
                  + " performed; strict: every access was checked.")
          Strictness strictness,
      Pool pool,
      @JsonPropertyDescription("When compaction ran, for people; null of a program.")
          @Nullable String policy,
      @JsonPropertyDescription("What a reader must know to judge the figures, for people.")
          List<String> notes,
      @JsonPropertyDescription(
              "Operations begun; those of the whole workload unless the run ended early.")
          long executed,
      @JsonPropertyDescription("Operations of the whole workload.") long workloadOperations,
      @JsonPropertyDescription("Phases of the workload as far as begun, the first 1000.")
          List<Phase> phases,
      @JsonPropertyDescription(
              "Every figure of the registry by the name that limits use; null where the run gives"
                  + " none.")
          Map<String, @Nullable Long> figures,
      @JsonPropertyDescription("The limits of the scenario in its order, judged.")
          List<Limit> limits,
      @JsonPropertyDescription("One entry a kind that occurred.") List<Operations> operations,
      PauseReport pauses,
      StallReport stalls,
      @JsonPropertyDescription("Those that the scenario asks for, in its order.")
          List<Interrupt> interrupts,
      Fragmentation fragmentation,
      FailureReport failures,
      @JsonPropertyDescription("The pool at the end; null if the run ended before it was there.")
          @Nullable Heap heapAtEnd,
      @JsonPropertyDescription("The pool when fragmentation was worst; null if it had no value.")
          @Nullable Heap heapAtWorst,
      @JsonPropertyDescription("Null of a program.") @Nullable Memory memory,
      @JsonPropertyDescription(
              "What is known of the heap of a program besides; null of a scenario.")
          @Nullable JsonProgramHeap program) {}

  /** What cycles were counted by. */
  public record CycleModel(
      @JsonPropertyDescription("For people.") String description,
      Exact exact,
      @JsonPropertyDescription("Wait states of flash that were counted, with prefetch on.")
          int waitStates) {

    static CycleModel of(RunResult result) {
      McuConfig mcu = result.subject().mcu();
      return new CycleModel(
          result.subject().cycleModel(),
          new Exact(!result.callsAreEstimates(), !result.clockIsEstimate()),
          mcu.waitStates());
    }
  }

  /**
   * Which cycles are exact for flash that keeps up with the core; the others, and what is judged by
   * them, are an estimate.
   */
  public record Exact(
      @JsonPropertyDescription("Those of calls of the image, without interrupts.") boolean calls,
      @JsonPropertyDescription(
              "Those from reset, of pauses, stalls and latencies: not where one handler followed"
                  + " another.")
          boolean clock) {}

  /** How a run ended. */
  public enum EndingKind {
    COMPLETED,
    FAULT,
    CONTRACT_VIOLATION,
    BUDGET_EXHAUSTED,
    STOPPED
  }

  /** How a run ended; all but the kind is null for a run that was completed. */
  public record Ending(
      EndingKind kind,
      @JsonPropertyDescription("What happened, for people.") @Nullable String detail,
      @JsonPropertyDescription("What ran, for example: alloc a (24 bytes), in image_alloc.")
          @Nullable String during,
      @JsonPropertyDescription("The operation; -1 before the first.") @Nullable Long operation,
      @JsonPropertyDescription("Where the core stood; null for a contract violation.")
          @Nullable Place at,
      @JsonPropertyDescription(
              "The budget that was exhausted, in cycles; null for another, which what names.")
          @Nullable Long budgetCycles,
      @JsonPropertyDescription("Null unless the firmware faulted.") @Nullable FaultReport fault) {}

  /** A place in the program. */
  public record Place(
      long address,
      @JsonPropertyDescription("The enclosing function; null if unknown.")
          @Nullable String function,
      @JsonPropertyDescription("Bytes from the function's start.") long offset) {}

  /** A fault of the core. */
  public record FaultReport(
      Fault.Kind kind,
      @JsonPropertyDescription("The data or fetch address at fault.") @Nullable Long accessAddress,
      @JsonPropertyDescription("Before the faulting instruction.") Registers registers) {}

  /** The core registers, unsigned. */
  public record Registers(
      @JsonPropertyDescription("R0 to R12.") List<Long> general,
      long sp,
      long lr,
      long pc,
      long xpsr) {}

  /** The image of an allocator, or of a program. */
  public record Image(
      String name,
      @JsonPropertyDescription("SHA-256 of the ELF file, lower-case hex.") String sha256,
      @JsonPropertyDescription("The version of the image contract; null of a program.")
          @Nullable Integer contract,
      @JsonPropertyDescription("Null of a program.") Subject.@Nullable Features features) {}

  /** The modelled part. */
  public record Mcu(
      String name,
      @JsonPropertyDescription("cortex-m0 or cortex-m0plus.") String core,
      long clockHz,
      @JsonPropertyDescription("The highest clock without flash wait states, in Hz.")
          long zeroWaitHz,
      @JsonPropertyDescription("What MULS costs, in cycles.") int multiplierCycles,
      int flashBytes,
      @JsonPropertyDescription("The first address of SRAM.") long sramBase,
      int sramBytes) {}

  /** The managed memory. */
  public record Pool(
      @JsonPropertyDescription("Of its first byte.") long address,
      @JsonPropertyDescription(
              "In bytes, the handle table included; of a program's heap the most that it had.")
          int bytes,
      @JsonPropertyDescription("Null of a program.") @Nullable Integer handles) {}

  /** A phase of the workload. */
  public record Phase(
      String name,
      @JsonPropertyDescription("Its first operation.") long first,
      @JsonPropertyDescription("The first operation after it.") long end) {}

  /** A limit and its verdict. */
  public record Limit(
      @JsonPropertyDescription("The figure's name in the registry.") String figure,
      FigureUnit unit,
      @JsonPropertyDescription("The least value that holds; null for none.") @Nullable Long min,
      @JsonPropertyDescription("The greatest value that holds; null for none.") @Nullable Long max,
      @JsonPropertyDescription("The least value without a warning; null for none.")
          @Nullable Long warnMin,
      @JsonPropertyDescription("The greatest value without a warning; null for none.")
          @Nullable Long warnMax,
      @JsonPropertyDescription("Of the scenario's file, from 1; null if it is in none.")
          @Nullable Integer line,
      @JsonPropertyDescription("Null if the figure has no value, which violates nothing.")
          @Nullable Long measured,
      LimitVerdict.Level level,
      @JsonPropertyDescription("False for the level fail only.") boolean holds,
      @JsonPropertyDescription(
              "By how much the figure is beyond min or max, or at the level warn beyond warnMin or"
                  + " warnMax; 0 at the level ok.")
          long excess,
      @JsonPropertyDescription("Where the figure occurred; null where that is not known.")
          @Nullable Long operation,
      @JsonPropertyDescription(
              "Whether the figure is in cycles and those are an estimate: so is the verdict then.")
          boolean estimated) {}

  /** One kind of operation. */
  public record Operations(
      OperationKind kind,
      @JsonPropertyDescription("served + failed + skipped") long count,
      long served,
      @JsonPropertyDescription("Operations that failed in the end.") long failed,
      @JsonPropertyDescription("Only errors that occurred.") List<ErrorCount> failedBy,
      @JsonPropertyDescription("Operations on a block that was not served.") long skipped,
      @JsonPropertyDescription("The first operation with the most cycles; null without calls.")
          @Nullable Long maxAt,
      @JsonPropertyDescription(
              "Cycles of its calls, retries included, interrupts not: the exact distribution as pairs of a value"
                  + " and how often it occurred, ascending.")
          List<List<Long>> cycles) {}

  /** How often an error of the contract occurred. */
  public record ErrorCount(
      ContractError error,
      @JsonPropertyDescription("What the image returned: -1 to -12.") int code,
      long count) {}

  /** Compaction. */
  public record PauseReport(
      @JsonPropertyDescription(
              "False if their cycles are upper bounds, because some were whole calls that moved blocks,"
                  + " or an estimate, as cycleModel says.")
          boolean exact,
      @JsonPropertyDescription("Payload moved in all, in bytes.") long bytesMoved,
      @JsonPropertyDescription("The first of the greatest; null without pauses.")
          @Nullable Pause longest,
      @JsonPropertyDescription("The exact distribution as pairs of cycles and count, ascending.")
          List<List<Long>> cycles,
      @JsonPropertyDescription("How many there were.") long count,
      @JsonPropertyDescription("The first 1000 of them, in order.") List<Pause> events) {}

  /** One uninterrupted stretch of compaction. */
  public record Pause(
      long operation,
      Pauses.Cause cause,
      @JsonPropertyDescription("With what interrupts took in it.") long cycles,
      int blocksMoved,
      @JsonPropertyDescription("Requested bytes of the blocks moved.") long bytesMoved,
      @JsonPropertyDescription(
              "What the call returned; of a step 1 more to do, 0 nothing to do, or an error.")
          int result) {}

  /** Requests that had to wait for compaction. */
  public record StallReport(
      @JsonPropertyDescription("Stalls that were never served.") long unserved,
      @JsonPropertyDescription("The first of the greatest among those served.")
          @Nullable Stall longest,
      @JsonPropertyDescription(
              "Of those served: the exact distribution as pairs of cycles and count, ascending.")
          List<List<Long>> cycles,
      @JsonPropertyDescription("How many there were, served or not.") long count,
      @JsonPropertyDescription("The first 1000 of them, in order.") List<Stall> events) {}

  /** From a request refused as fragmented to the same one served. */
  public record Stall(
      long operation,
      long requestedBytes,
      int steps,
      @JsonPropertyDescription("Requested bytes of the blocks moved.") long bytesMoved,
      @JsonPropertyDescription("The failed call, the steps, the retries, and interrupts.")
          long cycles,
      @JsonPropertyDescription("Why it was never served; null if it was.")
          @Nullable ContractError error) {}

  /** An interrupt that the scenario asks for. */
  public record Interrupt(
      String name,
      @JsonPropertyDescription("Its number, from 0.") int irq,
      @JsonPropertyDescription("Cycles from the park to the first request.") long at,
      @JsonPropertyDescription("Cycles from one request to the next.") long every,
      @JsonPropertyDescription("What one takes by itself in cycles, entry and return included.")
          long cycles,
      @JsonPropertyDescription("0 to 3; a lower one is more urgent.") int priority,
      @JsonPropertyDescription("How many handlers began.") long count,
      @JsonPropertyDescription("Requests that came while the one before was still pending.")
          long missed,
      @JsonPropertyDescription("The first with the greatest latency; null if none was served.")
          @Nullable LatestInterrupt latest,
      @JsonPropertyDescription(
              "Cycles from a request to the handler's first instruction: the exact distribution as"
                  + " pairs of cycles and count, ascending.")
          List<List<Long>> latency) {}

  /** What the core was doing. */
  public enum Running {
    PROGRAM,
    HANDLER,
    ASLEEP
  }

  /** The interrupt that waited longest. */
  public record LatestInterrupt(
      @JsonPropertyDescription("In cycles.") long latency,
      @JsonPropertyDescription("During which its handler began; -1 before the first.")
          long operation,
      @JsonPropertyDescription("What the core was doing at the request.") Running during,
      @JsonPropertyDescription("The instruction under way; null unless during is program.")
          @Nullable Place at,
      @JsonPropertyDescription("The number of the interrupt; null unless during is handler.")
          @Nullable Integer irq) {}

  /** External fragmentation: 1 - largest satisfiable request / free bytes. */
  public record Fragmentation(
      @JsonPropertyDescription("Allocations that failed although free bytes sufficed.")
          long catastrophic,
      @JsonPropertyDescription("The first sample with the highest ppm.") @Nullable Sample worst,
      @JsonPropertyDescription("At most 1000 equally spaced ones, and one at each early failure.")
          List<Sample> samples) {}

  /** The heap at one moment. */
  public record Sample(
      @JsonPropertyDescription("After which it was taken, or the one that failed.") long operation,
      @JsonPropertyDescription("Emulated cycles since reset.") long cycle,
      long freeBytes,
      @JsonPropertyDescription("The most bytes one allocation would get.")
          @Nullable Long largestRequest,
      @JsonPropertyDescription("Fragmentation in parts per million; null without a free handle.")
          @Nullable Long ppm,
      @JsonPropertyDescription("Requested bytes of all live blocks.") long liveBytes,
      @JsonPropertyDescription("Taken because an allocation failed.") boolean atFailure) {}

  /** Operations refused in the end. */
  public record FailureReport(
      @JsonPropertyDescription("How many there were.") long count,
      @JsonPropertyDescription("The first 1000 of them, in order.") List<Failure> events) {}

  /** An operation refused in the end. */
  public record Failure(
      long operation,
      OperationKind kind,
      @JsonPropertyDescription("The block's name in the workload.") String block,
      @JsonPropertyDescription("Of an alloc or grow; 0 for the others.") long requestedBytes,
      ContractError error,
      @JsonPropertyDescription("Free payload bytes at that moment.") long freeBytes,
      @JsonPropertyDescription("Failed although the free bytes would have sufficed.")
          boolean catastrophic,
      @JsonPropertyDescription("A locked block in the way, where the image names one.")
          @Nullable String blocker) {}

  /** The pool at one moment. */
  public record Heap(
      @JsonPropertyDescription("After which it was taken.") long operation,
      @JsonPropertyDescription("Without gaps, in address order.") List<Span> spans) {}

  /** A stretch of the pool. */
  public record Span(
      @JsonPropertyDescription("Bytes from the pool's start.") int offset,
      int bytes,
      HeapImage.Use use) {}

  /** Memory taken, in bytes. */
  public record Memory(
      @JsonPropertyDescription("Of the image: code and constants.") int flash,
      @JsonPropertyDescription("The image's own SRAM.") int data,
      @JsonPropertyDescription("The handle table included.") int pool,
      @JsonPropertyDescription("Bytes of the pool not free before the first allocation.") int table,
      @JsonPropertyDescription("Between pool and stack reserve.") int unused,
      int stackReserve,
      @JsonPropertyDescription("The most of the reserve that was used.") int deepestStack,
      @JsonPropertyDescription("All of the part's.") int sram) {}
}
