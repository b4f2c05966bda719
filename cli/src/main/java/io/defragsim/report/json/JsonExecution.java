package io.defragsim.report.json;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.defragsim.emulator.board.UnexplainedPoll;
import io.defragsim.emulator.exec.Ending;
import io.defragsim.emulator.exec.ExecutionResult;
import io.defragsim.emulator.exec.Intervals;
import io.defragsim.emulator.exec.Profile;
import io.defragsim.emulator.image.FirmwareFile;
import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Location;
import io.defragsim.report.Executed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The document that {@code exec} writes. */
public record JsonExecution(
    @JsonPropertyDescription("Always defrag-sim-execution.") String format,
    @JsonPropertyDescription("The version of this format; it changes when a reader must.")
        int version,
    @JsonPropertyDescription("The version of defrag-sim that wrote the document.") String producer,
    @JsonPropertyDescription(
            "0 the program or its script ended, 3 what its script expects did not come, 4 it faulted"
                + " and did not recover, 5 it did not end.")
        int exitStatus,
    Image image,
    Part part,
    @JsonPropertyDescription("What was checked, for people.") String mode,
    CycleModel cycleModel,
    Ended ending,
    @JsonPropertyDescription("Instructions executed, semihosting calls included.")
        long instructions,
    @JsonPropertyDescription("From reset to the end.") long cycles,
    @JsonPropertyDescription("How many of the cycles the core slept.") long asleep,
    @JsonPropertyDescription("How often the program reset the part.") long resets,
    @JsonPropertyDescription("Faults that the program's HardFault handler took.") long faultCount,
    @JsonPropertyDescription("The first of them.") List<Taken> faults,
    @JsonPropertyDescription("Semihosting calls that were refused, for people, the first 16 kinds.")
        List<String> refused,
    @JsonPropertyDescription("How many calls were refused that are not among those.")
        long refusedMore,
    @JsonPropertyDescription("What else a reader must know, for people.") List<String> notes,
    @JsonPropertyDescription("Null where --from and --to were not given.")
        @Nullable Measured intervals,
    @JsonPropertyDescription("Null where no profile was asked for.") @Nullable Profiled profile,
    @JsonPropertyDescription("Null where the program ran on a bare core.")
        @Nullable JsonBoard board) {

  /** What stands in {@code format}. */
  public static final String FORMAT = "defrag-sim-execution";

  /** What stands in {@code version}. */
  public static final int VERSION = 2;

  /** The file. */
  public record Image(String name, String sha256, FirmwareFile.Format format) {}

  /** The modelled part; sizes in bytes. */
  public record Part(
      long clockHz,
      int multiplierCycles,
      @JsonPropertyDescription("Flash at 0x08000000 is seen at 0 as well.") long flashBase,
      int flashBytes,
      long sramBase,
      int sramBytes,
      @JsonPropertyDescription("A second RAM, and what is programmed beside flash.")
          List<Memory> otherMemories,
      @JsonPropertyDescription("Where the vector table is that the core started with.")
          long vectors) {}

  /** A memory; its size in bytes. */
  public record Memory(long base, int bytes, boolean writable) {}

  /** How a program ended. */
  public enum EndingKind {
    EXITED,
    PARKED,
    FAULT,
    LOOPS_FOREVER,
    BUDGET_EXHAUSTED,
    PRINTED_TOO_MUCH,
    KEEPS_RESETTING,
    UNEXPLAINED_POLL,
    SCRIPT_DONE,
    NOT_EXPECTED,
    INPUT_ENDED
  }

  /** How cycles were counted. */
  public record CycleModel(
      @JsonPropertyDescription("For people.") String description,
      Exact exact,
      @JsonPropertyDescription("Wait states of flash that were counted, with prefetch on.")
          int waitStates,
      @JsonPropertyDescription(
              "How many handlers returned to what they interrupted; the cycles of a return are an"
                  + " estimate.")
          long exceptionReturns,
      @JsonPropertyDescription(
              "How many handlers followed one another; the cycles of a tail-chain are an estimate.")
          long tailChains,
      @JsonPropertyDescription(
              "How many handlers took the place of a less urgent one that was about to begin; when"
                  + " they can is an estimate.")
          long lateArrivals) {}

  /** Which cycles are sums of what Arm publishes; the others are an estimate. */
  public record Exact(
      @JsonPropertyDescription("Those of instructions and of entries into handlers.") boolean calls,
      @JsonPropertyDescription(
              "Those from reset, and so those of the profile: not after an exception has returned.")
          boolean clock,
      @JsonPropertyDescription(
              "Those of the intervals: not where an exception returned in one; null where none were"
                  + " measured.")
          @Nullable Boolean intervals) {}

  /** How the program ended. */
  public record Ended(
      EndingKind kind,
      @JsonPropertyDescription("The program's exit code; null unless it exited.")
          @Nullable Integer exitCode,
      @JsonPropertyDescription("The number of the BKPT it parked on; null unless it parked.")
          @Nullable Integer bkpt,
      @JsonPropertyDescription("Whether it ended in its HardFault handler; null if it exited.")
          @Nullable Boolean inHardFault,
      @JsonPropertyDescription("Where; null if it exited.") JsonReport.@Nullable Place at,
      @JsonPropertyDescription("The fault that no handler took; null without one.")
          @Nullable FaultDetail fault,
      @JsonPropertyDescription("The register that was read for ever; null without one.")
          @Nullable Poll poll,
      @JsonPropertyDescription("What a script waited for in vain; null without one.")
          @Nullable NotExpected notExpected) {}

  /** A poll that nothing explains. */
  public record Poll(
      @JsonPropertyDescription("Its name, and its address.") String register,
      long address,
      @JsonPropertyDescription("What it gave each time.") long value,
      @JsonPropertyDescription("How often it was read.") long reads,
      @JsonPropertyDescription("Whether some rule has to do with it.") boolean known) {}

  /** What a script waited for. */
  public record NotExpected(
      @JsonPropertyDescription("The step, from 1.") int step,
      String expected,
      @JsonPropertyDescription("What came since the step before, the last of it.") String came,
      @JsonPropertyDescription("Cycles that it waited.") long cycles) {}

  /** A fault. */
  public record FaultDetail(
      Fault.Kind kind,
      @JsonPropertyDescription("What happened, for people.") String detail,
      @JsonPropertyDescription("The address accessed, where there is one.")
          @Nullable Long accessAddress,
      @JsonPropertyDescription("Before the instruction at fault.")
          JsonReport.Registers registers) {}

  /** A fault that the program's handler took. */
  public record Taken(
      @JsonPropertyDescription("When.") long cycle, JsonReport.Place at, FaultDetail fault) {}

  /** What {@code --from} and {@code --to} measured. */
  public record Measured(
      String from,
      long fromAddress,
      String to,
      long toAddress,
      long count,
      @JsonPropertyDescription("Of the shortest, in cycles; null without any.") @Nullable Long min,
      @JsonPropertyDescription("Of the longest, in cycles; null without any.") @Nullable Long max,
      @JsonPropertyDescription("Cycles of all.") long total,
      @JsonPropertyDescription("Those of them in polls of registers of the board.") long waiting,
      @JsonPropertyDescription("Those of them in which the core slept.") long asleep,
      @JsonPropertyDescription("The latencies and rules of the board that were in any.")
          List<String> rests,
      @JsonPropertyDescription("The cycle at which one began that did not end; null without one.")
          @Nullable Long open,
      @JsonPropertyDescription("The first 1000, in order.") List<Interval> first) {}

  /** One interval. */
  public record Interval(
      @JsonPropertyDescription("The cycle at which it began.") long begin,
      @JsonPropertyDescription("How long it took.") long length,
      @JsonPropertyDescription("Cycles of it in polls of registers of the board.") long waiting,
      @JsonPropertyDescription("Cycles of it in which the core slept.") long asleep) {}

  /** Where the cycles went. */
  public record Profiled(
      @JsonPropertyDescription("Whether calls were too deep, or in too many ways, to follow all.")
          boolean cut,
      @JsonPropertyDescription("The one with the most exclusive cycles first.")
          List<Function> functions) {}

  /** A function. */
  public record Function(
      String name,
      @JsonPropertyDescription("Where it begins; 0 for what is no function.") long address,
      @JsonPropertyDescription("How often it was entered.") long calls,
      @JsonPropertyDescription("Cycles of its own instructions.") long exclusive,
      @JsonPropertyDescription("The same and those of what it called.") long inclusive) {}

  static JsonExecution of(Executed executed) {
    var program = executed.program();
    var part = program.part();
    var map = program.layout().map();
    ExecutionResult result = executed.result();
    return new JsonExecution(
        FORMAT,
        VERSION,
        executed.producer(),
        executed.exitStatus(),
        new Image(program.image().name(), program.image().sha256(), executed.format()),
        new Part(
            part.clockHz(),
            part.multiplierCycles(),
            map.flash().base(),
            part.flashBytes(),
            part.sramBase(),
            part.sramBytes(),
            map.areas().stream()
                .map(area -> new Memory(area.base(), area.bytes(), area.writable()))
                .toList(),
            program.layout().vectors()),
        executed.mode(),
        new CycleModel(
            executed.cycleModel(),
            new Exact(
                !part.isEstimate(),
                !executed.clockIsEstimate(),
                executed.measured() == null ? null : !executed.intervalsAreEstimates()),
            part.waitStates(),
            result.returns(),
            result.tailChains(),
            result.lateArrivals()),
        ended(result.ending()),
        result.instructions(),
        result.cycles(),
        result.asleep(),
        result.resets(),
        result.faultCount(),
        result.faults().stream()
            .map(t -> new Taken(t.cycle(), JsonReports.place(t.fault().at()), detail(t.fault())))
            .toList(),
        result.refused(),
        result.refusedMore(),
        executed.notes(),
        measured(executed.measured()),
        profiled(executed.profile()),
        JsonBoard.of(executed));
  }

  private static Ended ended(Ending ending) {
    Location at = ending.at();
    return new Ended(
        kind(ending),
        ending instanceof Ending.Exited exited ? (Integer) exited.code() : null,
        ending instanceof Ending.Parked parked ? (Integer) parked.immediate() : null,
        at == null ? null : (Boolean) ending.inHardFault(),
        at == null ? null : JsonReports.place(at),
        ending instanceof Ending.Faulted faulted ? detail(faulted.fault()) : null,
        ending instanceof Ending.Unexplained unexplained ? poll(unexplained.poll()) : null,
        ending instanceof Ending.NotExpected failed
            ? new NotExpected(failed.step() + 1, failed.expected(), failed.came(), failed.cycles())
            : null);
  }

  private static Poll poll(UnexplainedPoll poll) {
    return new Poll(
        poll.register(),
        poll.address(),
        Integer.toUnsignedLong(poll.value()),
        poll.reads(),
        poll.known());
  }

  private static EndingKind kind(Ending ending) {
    if (ending instanceof Ending.Exited) {
      return EndingKind.EXITED;
    } else if (ending instanceof Ending.Parked) {
      return EndingKind.PARKED;
    } else if (ending instanceof Ending.LoopsForever) {
      return EndingKind.LOOPS_FOREVER;
    } else if (ending instanceof Ending.BudgetExhausted) {
      return EndingKind.BUDGET_EXHAUSTED;
    } else if (ending instanceof Ending.KeepsResetting) {
      return EndingKind.KEEPS_RESETTING;
    } else if (ending instanceof Ending.Unexplained) {
      return EndingKind.UNEXPLAINED_POLL;
    } else if (ending instanceof Ending.ScriptDone) {
      return EndingKind.SCRIPT_DONE;
    } else if (ending instanceof Ending.NotExpected) {
      return EndingKind.NOT_EXPECTED;
    } else if (ending instanceof Ending.InputEnded) {
      return EndingKind.INPUT_ENDED;
    }
    return ending instanceof Ending.PrintedTooMuch ? EndingKind.PRINTED_TOO_MUCH : EndingKind.FAULT;
  }

  private static FaultDetail detail(Fault fault) {
    return new FaultDetail(
        fault.kind(),
        fault.detail(),
        fault.accessAddress(),
        JsonReports.registers(fault.registers()));
  }

  private static @Nullable Measured measured(Executed.@Nullable Measured measured) {
    if (measured == null) {
      return null;
    }
    Intervals intervals = measured.intervals();
    Intervals.Interval shortest = intervals.shortest();
    Intervals.Interval longest = intervals.longest();
    return new Measured(
        measured.from(),
        measured.fromAddress(),
        measured.to(),
        measured.toAddress(),
        intervals.count(),
        shortest == null ? null : shortest.cycles(),
        longest == null ? null : longest.cycles(),
        intervals.total(),
        intervals.waiting(),
        intervals.asleep(),
        intervals.rests(),
        intervals.open(),
        intervals.first().stream()
            .map(i -> new Interval(i.begin(), i.cycles(), i.waiting(), i.asleep()))
            .toList());
  }

  private static @Nullable Profiled profiled(@Nullable Profile profile) {
    return profile == null
        ? null
        : new Profiled(
            profile.cut(),
            profile.functions().stream()
                .map(
                    f ->
                        new Function(
                            f.function(), f.address(), f.calls(), f.exclusive(), f.inclusive()))
                .toList());
  }
}
