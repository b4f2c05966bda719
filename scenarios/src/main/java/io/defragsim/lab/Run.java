package io.defragsim.lab;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.Attempt;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Ending;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.HeapMap;
import io.defragsim.lab.result.InterruptStats;
import io.defragsim.lab.result.Memory;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Subject;
import io.defragsim.scenario.Scenario;
import io.defragsim.workload.Operation;
import io.defragsim.workload.TraceElement;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One execution of a scenario, from reset to its result. */
final class Run {
  /** After so many operations all contents, and the image's own view of its heap, are checked. */
  static final int CHECK_EVERY = 1000;

  private final Scenario scenario;
  private final FirmwareImage firmware;
  private final AllocatorImage image;
  private final Lab.Options options;
  private final Recorder recorder;
  private final ShadowHeap heap;
  private final Promises promises;
  private final Narrator narrator;
  private final Compactor compactor;
  private @Nullable ContractError poolRefused;
  private int table;
  private @Nullable HeapMapper mapper;
  private @Nullable Sampler sampler;

  Run(
      Scenario scenario,
      FirmwareImage firmware,
      AllocatorImage image,
      Lab.Options options,
      RunListener listener) {
    this.scenario = scenario;
    this.firmware = firmware;
    this.image = image;
    this.options = options;
    this.recorder = new Recorder(scenario.interrupts());
    image.setInterruptListener(recorder);
    this.heap = new ShadowHeap(image.layout(), image);
    this.promises = new Promises(image, heap);
    this.narrator = new Narrator(listener, image, heap);
    this.compactor =
        new Compactor(image, heap, recorder, narrator, scenario.defrag(), scenario.callBudget());
  }

  /** Plays the workload until the first request for memory is refused, and samples nothing. */
  Attempt attempt() {
    Ending ending = play(0, () -> recorder.refusedRequest() != null);
    Failure refused = recorder.refusedRequest();
    if (poolRefused != null) {
      return new Attempt.PoolRefused(poolRefused);
    }
    if (ending instanceof Ending.Completed && refused == null) {
      try {
        verify();
        settle();
      } catch (RunStopped stopped) {
        ending = stopped.ending("the check at the end", recorder.operation());
      }
    }
    if (!(ending instanceof Ending.Completed)) {
      return new Attempt.Broken(ending);
    }
    if (refused != null) {
      return new Attempt.Refused(refused);
    }
    return new Attempt.Served(
        recorder.stalls().events().count(),
        recorder.pauses().events().count(),
        recorder.pauses().bytesMoved(),
        recorder.failures().count());
  }

  RunResult result() {
    long operations = scenario.workload().countOperations();
    Ending ending = play(operations, () -> false);
    HeapMap heapAtEnd = null;
    HeapMap heapAtWorst = null;
    if (mapper != null) {
      HeapMapper.Moment worst = sampler == null ? null : sampler.worst();
      heapAtEnd = mapper.shadow(recorder.operation());
      heapAtWorst = worst == null ? null : mapper.shadow(worst);
      if (ending instanceof Ending.Completed) {
        try {
          verify();
          heapAtEnd = mapper.map(mapper.now(recorder.operation()));
          heapAtWorst = worst == null ? null : mapper.map(worst);
          settle();
        } catch (RunStopped stopped) {
          ending = stopped.ending("the check at the end", recorder.operation());
        }
      }
    }
    return new RunResult(
        subject(),
        ending,
        recorder.operation() + 1,
        operations,
        image.cycles(),
        heap.peakBytes(),
        heap.peakBlocks(),
        recorder.phases(),
        recorder.operations(),
        recorder.pauses(),
        recorder.stalls(),
        recorder.interrupts(),
        recorder.fragmentation(),
        recorder.failures(),
        heapAtEnd,
        heapAtWorst,
        memory(),
        limits());
  }

  /**
   * Plays the workload to its end.
   *
   * @param operations of the workload, for sampling
   * @param enough whether the run may end after the operation that was just carried out
   */
  private Ending play(long operations, BooleanSupplier enough) {
    try {
      image.reset();
    } catch (RunStopped stopped) {
      return stopped.ending("reset", Ending.BEFORE_FIRST);
    }
    long free;
    try {
      poolRefused = image.init();
      if (poolRefused != null) {
        throw image.badInit(poolRefused);
      }
      ContractError readyRefused = image.keepReady();
      if (readyRefused != null) {
        poolRefused = readyRefused;
        throw image.badReady(readyRefused);
      }
      free = heap.checkFree(image.untimed(image::freeBytes));
    } catch (RunStopped stopped) {
      return stopped.ending("", Ending.BEFORE_FIRST);
    }
    table = (int) (scenario.pool().bytes() - free);
    try {
      checkPointers();
    } catch (RunStopped stopped) {
      return stopped.ending("", Ending.BEFORE_FIRST);
    }
    HeapMapper heapMapper = new HeapMapper(image, heap, table);
    mapper = heapMapper;
    if (options.sampling()) {
      sampler = new Sampler(image, heap, recorder, heapMapper, operations);
    }
    narrator.started(subject(), table, heapMapper);
    Program program =
        new Program(image, heap, recorder, narrator, compactor, sampler, scenario.workload());
    Steps steps = new Steps(program, enough);
    for (TraceElement element : scenario.workload().trace()) {
      try {
        element.accept(steps);
        if (enough.getAsBoolean()) {
          break;
        }
      } catch (RunStopped stopped) {
        return stopped.ending(element.words(scenario.workload()::blockName), recorder.operation());
      }
    }
    return new Ending.Completed();
  }

  /** What the run does with each element of the trace. */
  private final class Steps implements TraceElement.Visitor {
    private final Program program;
    private final BooleanSupplier enough;

    Steps(Program program, BooleanSupplier enough) {
      this.program = program;
      this.enough = enough;
    }

    @Override
    public void phaseStart(String name) {
      recorder.phaseStart(name);
      narrator.phaseStarted(name);
    }

    @Override
    public void phaseEnd(String name) {
      recorder.phaseEnd();
      compactor.betweenPhases();
      narrator.phaseEnded(name);
    }

    @Override
    public void operation(Operation operation) {
      recorder.nextOperation();
      narrator.began(
          recorder.operation(), operation, operation.words(scenario.workload()::blockName));
      program.carryOut(operation);
      if (enough.getAsBoolean()) {
        return;
      }
      compactor.afterOperation(recorder.operation());
      if (sampler != null) {
        sampler.afterOperation();
      }
      everySoOften();
    }
  }

  /** The glue's table is part of what was not free from the beginning. */
  private void checkPointers() {
    if (gluePool() > table) {
      throw ContractRule.POINTERS.broken(
          String.format(
              Locale.ROOT,
              "image_pointers is %d, and of the pool %d bytes are taken for %d handles",
              Integer.toUnsignedLong(image.pointers()),
              table,
              scenario.pool().handles()));
    }
  }

  /** Bytes of the pool that only the glue needs. */
  private long gluePool() {
    return Integer.toUnsignedLong(image.pointers()) * scenario.pool().handles();
  }

  private void everySoOften() {
    long done = recorder.operation() + 1;
    if (done % CHECK_EVERY == 0) {
      verify();
      options.progress().accept(done);
    }
  }

  /** All that can be held against the image between two operations. */
  private void verify() {
    heap.verifyAll();
    image.checkUnused();
    image.check();
    Program.checkBlocker(image, heap);
    if (mapper != null) {
      mapper.check();
    }
    heap.checkFree(image.untimed(image::freeBytes));
    image.untimed(
        () -> {
          heap.verifyPlaces(block -> image.address(block.handle()));
          return null;
        });
    promises.check();
  }

  /**
   * A run may end while a block is on its way, in two parts. Steps that count nowhere bring it to
   * where it can be checked; an image that never makes it whole is at fault. Afterwards the shadow
   * heap is no longer that of the image.
   */
  private void settle() {
    if (!heap.someInTwoParts()) {
      return;
    }
    if (image.steps()) {
      image.untimed(
          () -> {
            long cycles = 0;
            long steps = 0;
            AllocatorImage.Answer answer;
            do {
              answer = image.step(scenario.defrag().budgetBytes());
              cycles += answer.cycles();
              compactor.checkBudget(cycles, ++steps);
              heap.refresh(b -> image.address(b.handle()));
            } while (heap.someInTwoParts() && answer.value() == 1);
            heap.verifyAll();
            return null;
          });
    }
    if (heap.someInTwoParts()) {
      throw ContractRule.WHOLE.broken("a block is still in two parts at the end");
    }
  }

  private Subject subject() {
    return new Subject(
        scenario.name(),
        scenario.description(),
        new Subject.Image(
            firmware.name(), firmware.sha256(), AllocatorImage.CONTRACT, image.features()),
        scenario.mcu(),
        scenario.mcu().cycleModel(),
        image.strictness(),
        new Subject.Pool(
            image.layout().poolAddress(), image.layout().pool(), scenario.pool().handles()),
        scenario.defrag().description(),
        options.version(),
        notes());
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    notes.add(
        !scenario.interrupts().isEmpty()
            ? "strict: with interrupts the program is interpreted, and every access of every"
                + " instruction was checked"
            : image.strictness() == Strictness.STRICT
                ? "strict: every access of every instruction was checked"
                : "unaligned data accesses were not checked");
    McuConfig mcu = scenario.mcu();
    if (mcu.isEstimate()) {
      notes.add(
          "all cycles and times are an estimate with flash wait states; without, they are exact"
              + " for flash that keeps up");
      if (mcu.waitStates() < mcu.neededWaitStates()) {
        notes.add(
            String.format(
                Locale.ROOT,
                "at this clock the part needs %d wait states, more than were counted",
                mcu.neededWaitStates()));
      }
    } else if (!mcu.zeroWaitStates()) {
      notes.add(
          String.format(
              Locale.ROOT,
              "flash wait states are not counted: above %s MHz this part needs them; counts are at"
                  + " zero wait states",
              BigDecimal.valueOf(mcu.zeroWaitHz(), 6).stripTrailingZeros().toPlainString()));
    }
    long chained = recorder.interrupts().stream().mapToLong(InterruptStats::chained).sum();
    if (chained > 0 && !mcu.isEstimate()) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%d of the handlers began right behind another, after %d cycles: an estimate, since Arm"
                  + " publishes no number; so the clock, pauses, stalls and latencies are estimated,"
                  + " and the cycles of calls are exact",
              chained,
              mcu.timing().tailChain()));
    }
    if (!image.steps()) {
      notes.add("the image does not compact in steps: the defrag policy has no effect");
    }
    if (gluePool() > 0) {
      notes.add(
          String.format(
              Locale.ROOT,
              "the allocator hands out pointers: %,d bytes of the pool are a table that only the"
                  + " glue needs; without it the pool has %,d bytes",
              gluePool(),
              scenario.pool().bytes() - gluePool()));
    }
    if (scenario.defrag().readyBytes() > 0 && image.steps() && !image.keepsReady()) {
      notes.add("the image keeps no hole ready: the policy's \"ready\" has no effect");
    }
    if (recorder.reclassifiedCount() > 0) {
      notes.add(
          String.format(
              Locale.ROOT,
              "the image compacts in steps, and answered %s to %d requests that all free memory"
                  + " would have served: they are reported as fragmented, and no steps were made"
                  + " for them",
              ContractError.OUT_OF_MEMORY,
              recorder.reclassifiedCount()));
    }
    if (!recorder.pauses().exact()) {
      notes.add("the image moves blocks inside other calls: such pauses are an upper bound");
    }
    String trouble = sampler == null ? null : sampler.trouble();
    if (trouble != null) {
      notes.add(trouble);
    }
    return notes;
  }

  private Memory memory() {
    McuConfig mcu = scenario.mcu();
    SramLayout layout = image.layout();
    return new Memory(
        firmware.flashBytes(mcu.sramBase(), mcu.sramBytes()),
        layout.data(),
        layout.pool(),
        table,
        layout.unused(),
        layout.stack(),
        image.deepestStackBytes(),
        mcu.sramBytes());
  }

  private List<RunResult.Limit> limits() {
    List<RunResult.Limit> limits = new ArrayList<>();
    for (io.defragsim.scenario.Limit limit : scenario.limits()) {
      Figure figure = Figures.named(limit.figure());
      if (figure == null) {
        throw new IllegalArgumentException("no figure of that name: " + limit.figure());
      }
      limits.add(new RunResult.Limit(figure, limit.fail(), limit.warn(), limit.source()));
    }
    return limits;
  }
}
