package io.defragsim.report.json;

import io.defragsim.emulator.model.Activity;
import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.model.Registers;
import io.defragsim.lab.result.Distribution;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.InterruptStats;
import io.defragsim.lab.result.MemoryUse;
import io.defragsim.lab.result.Pauses;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Stalls;
import io.defragsim.lab.words.EndingWords;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.LeftOut;
import io.defragsim.report.json.JsonReport.EndingKind;
import io.defragsim.report.json.JsonReport.LatestInterrupt;
import io.defragsim.report.json.JsonReport.Running;
import io.defragsim.scenario.Limit.Source;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From results to the document: the one place that knows both. */
final class JsonReports {

  private JsonReports() {}

  static JsonReport of(List<RunResult> results, int exitStatus, List<LeftOut> leftOut) {
    String producer = results.isEmpty() ? "" : results.get(0).subject().version();
    return new JsonReport(
        JsonReport.FORMAT,
        JsonReport.VERSION,
        producer,
        exitStatus,
        results.stream().map(JsonReports::run).toList(),
        leftOut(leftOut));
  }

  static List<JsonReport.LeftOut> leftOut(List<LeftOut> images) {
    return images.stream()
        .map(out -> new JsonReport.LeftOut(out.scenario(), out.image(), plain(out.why())))
        .toList();
  }

  private static JsonReport.Run run(RunResult result) {
    var subject = result.subject();
    var mcu = subject.mcu();
    var memory = result.memory();
    return new JsonReport.Run(
        subject.scenario(),
        subject.description(),
        result.exitStatus(),
        ending(result.ending()),
        new JsonReport.Image(
            subject.image().name(),
            subject.image().sha256(),
            subject.image().contract(),
            subject.image().features()),
        new JsonReport.Mcu(
            mcu.name(),
            mcu.core().key(),
            mcu.clockHz(),
            mcu.zeroWaitHz(),
            mcu.multiplierCycles(),
            mcu.flashBytes(),
            mcu.sramBase(),
            mcu.sramBytes()),
        JsonReport.CycleModel.of(result),
        subject.strictness(),
        new JsonReport.Pool(
            subject.pool().address(), subject.pool().bytes(), subject.pool().handles()),
        subject.policy() == null ? null : plain(subject.policy()),
        subject.notes().stream().map(JsonReports::plain).toList(),
        result.executed(),
        result.workloadOperations(),
        result.phases().stream()
            .map(phase -> new JsonReport.Phase(phase.name(), phase.first(), phase.end()))
            .toList(),
        result.figures(),
        limits(result),
        operations(result),
        pauses(result.pauses(), !result.clockIsEstimate()),
        stalls(result.stalls()),
        interrupts(result),
        fragmentation(result),
        failures(result),
        heap(result.heapAtEnd()),
        heap(result.heapAtWorst()),
        memory == null ? null : memory(memory),
        result.program() == null ? null : JsonProgramHeap.of(result.program()));
  }

  private static JsonReport.Memory memory(MemoryUse memory) {
    return new JsonReport.Memory(
        memory.flash(),
        memory.data(),
        memory.pool(),
        memory.table(),
        memory.unused(),
        memory.stackReserve(),
        memory.deepestStack(),
        memory.sram());
  }

  static JsonReport.Ending ending(RunEnding ending) {
    EndingWords words = EndingWords.of(ending);
    if (words == null) {
      return new JsonReport.Ending(EndingKind.COMPLETED, null, null, null, null, null, null);
    }
    Fault fault = words.fault();
    Location at = words.at();
    Long cycles =
        ending instanceof RunEnding.BudgetExhausted exhausted
                && exhausted.unit() == RunEnding.BudgetExhausted.Unit.CYCLES
            ? (Long) exhausted.budget()
            : null;
    return new JsonReport.Ending(
        fault != null
            ? EndingKind.FAULT
            : ending instanceof RunEnding.BudgetExhausted
                ? EndingKind.BUDGET_EXHAUSTED
                : ending instanceof RunEnding.Stopped
                    ? EndingKind.STOPPED
                    : EndingKind.CONTRACT_VIOLATION,
        fault != null
            ? fault.detail()
            : cycles != null ? "the cycle budget was exhausted" : plain(words.what()),
        plain(ending.during()),
        ending.operation(),
        at == null ? null : place(at),
        cycles,
        fault == null
            ? null
            : new JsonReport.FaultReport(
                fault.kind(), fault.accessAddress(), registers(fault.registers())));
  }

  static JsonReport.Registers registers(Registers registers) {
    return new JsonReport.Registers(
        registers.general().stream().map(Integer::toUnsignedLong).toList(),
        Integer.toUnsignedLong(registers.sp()),
        Integer.toUnsignedLong(registers.lr()),
        Integer.toUnsignedLong(registers.pc()),
        Integer.toUnsignedLong(registers.xpsr()));
  }

  static JsonReport.Place place(Location at) {
    return new JsonReport.Place(at.address(), at.function(), at.offset());
  }

  private static List<JsonReport.Limit> limits(RunResult result) {
    return result.verdicts().stream()
        .map(
            verdict ->
                new JsonReport.Limit(
                    verdict.figure().name(),
                    verdict.figure().unit(),
                    verdict.min(),
                    verdict.max(),
                    verdict.limit().warn().min(),
                    verdict.limit().warn().max(),
                    line(verdict.source()),
                    verdict.measured(),
                    verdict.level(),
                    verdict.holds(),
                    verdict.excess(),
                    verdict.where(),
                    verdict.estimated()))
        .toList();
  }

  private static @Nullable Integer line(@Nullable Source source) {
    return source == null ? null : source.line();
  }

  private static List<JsonReport.Operations> operations(RunResult result) {
    return result.operations().stream()
        .map(
            stats ->
                new JsonReport.Operations(
                    stats.kind(),
                    stats.count(),
                    stats.served(),
                    stats.failed(),
                    stats.failedBy().entrySet().stream()
                        .map(
                            e ->
                                new JsonReport.ErrorCount(
                                    e.getKey(), e.getKey().code(), e.getValue()))
                        .toList(),
                    stats.skipped(),
                    stats.maxAt(),
                    pairs(stats.cycles())))
        .toList();
  }

  private static JsonReport.PauseReport pauses(Pauses pauses, boolean exactClock) {
    return new JsonReport.PauseReport(
        pauses.exact() && exactClock,
        pauses.bytesMoved(),
        pause(pauses.longest()),
        pairs(pauses.cycles()),
        pauses.events().count(),
        pauses.events().kept().stream().map(JsonReports::existing).toList());
  }

  private static JsonReport.@Nullable Pause pause(Pauses.@Nullable Pause pause) {
    return pause == null ? null : existing(pause);
  }

  private static JsonReport.Pause existing(Pauses.Pause pause) {
    return new JsonReport.Pause(
        pause.operation(),
        pause.cause(),
        pause.cycles(),
        pause.blocksMoved(),
        pause.bytesMoved(),
        pause.result());
  }

  private static JsonReport.StallReport stalls(Stalls stalls) {
    Stalls.Stall longest = stalls.longest();
    return new JsonReport.StallReport(
        stalls.unserved(),
        longest == null ? null : stall(longest),
        pairs(stalls.cycles()),
        stalls.events().count(),
        stalls.events().kept().stream().map(JsonReports::stall).toList());
  }

  private static JsonReport.Stall stall(Stalls.Stall stall) {
    return new JsonReport.Stall(
        stall.operation(),
        stall.requestedBytes(),
        stall.steps(),
        stall.bytesMoved(),
        stall.cycles(),
        stall.error());
  }

  private static List<JsonReport.Interrupt> interrupts(RunResult result) {
    List<JsonReport.Interrupt> interrupts = new ArrayList<>();
    for (InterruptStats stats : result.interrupts()) {
      var source = stats.source();
      InterruptStats.Worst worst = stats.worst();
      interrupts.add(
          new JsonReport.Interrupt(
              source.name(),
              interrupts.size(),
              source.at(),
              source.every(),
              source.cycles(),
              source.priority(),
              stats.latency().count(),
              stats.missed(),
              worst == null ? null : latest(worst),
              pairs(stats.latency())));
    }
    return interrupts;
  }

  private static LatestInterrupt latest(InterruptStats.Worst worst) {
    if (worst.during() instanceof Activity.Program program) {
      return new LatestInterrupt(
          worst.latency(), worst.operation(), Running.PROGRAM, place(program.at()), null);
    }
    if (worst.during() instanceof Activity.Handler handler) {
      return new LatestInterrupt(
          worst.latency(), worst.operation(), Running.HANDLER, null, handler.irq());
    }
    return new LatestInterrupt(worst.latency(), worst.operation(), Running.ASLEEP, null, null);
  }

  /** Words for a program, which breaks no lines. */
  static String plain(String words) {
    return Numbers.unglued(words);
  }

  private static JsonReport.Fragmentation fragmentation(RunResult result) {
    var fragmentation = result.fragmentation();
    var worst = fragmentation.worst();
    return new JsonReport.Fragmentation(
        fragmentation.catastrophic(),
        worst == null ? null : sample(worst),
        fragmentation.samples().stream().map(JsonReports::sample).toList());
  }

  private static JsonReport.Sample sample(io.defragsim.lab.result.Fragmentation.Sample sample) {
    return new JsonReport.Sample(
        sample.operation(),
        sample.cycle(),
        sample.freeBytes(),
        sample.largestRequest(),
        sample.ppm(),
        sample.liveBytes(),
        sample.atFailure());
  }

  private static JsonReport.FailureReport failures(RunResult result) {
    return new JsonReport.FailureReport(
        result.failures().count(),
        result.failures().kept().stream()
            .map(
                failure ->
                    new JsonReport.Failure(
                        failure.operation(),
                        failure.kind(),
                        failure.block(),
                        failure.requestedBytes(),
                        failure.error(),
                        failure.freeBytes(),
                        failure.catastrophic(),
                        failure.blocker()))
            .toList());
  }

  private static JsonReport.@Nullable Heap heap(@Nullable HeapImage map) {
    return map == null
        ? null
        : new JsonReport.Heap(
            map.operation(),
            map.spans().stream()
                .map(span -> new JsonReport.Span(span.offset(), span.bytes(), span.use()))
                .toList());
  }

  private static List<List<Long>> pairs(Distribution distribution) {
    return distribution.values().stream()
        .map(entry -> List.of(entry.value(), entry.count()))
        .toList();
  }
}
