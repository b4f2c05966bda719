package io.defragsim.lab;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.image.AllocatorImage;
import io.defragsim.lab.image.ContractRule;
import io.defragsim.lab.image.ImageContract;
import io.defragsim.lab.image.RunStopped;
import io.defragsim.lab.image.SramLayout;
import io.defragsim.lab.image.TimedCalls.Answer;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.Attempt;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Fragmentation;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.InterruptStats;
import io.defragsim.lab.result.MemoryUse;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Subject;
import io.defragsim.lab.words.EventWords;
import io.defragsim.lab.words.RunNotes;
import io.defragsim.lab.words.RunWords;
import io.defragsim.scenario.Scenario;
import io.defragsim.workload.Operation;
import io.defragsim.workload.TraceElement;
import io.defragsim.workload.TraceIterator;
import java.util.List;
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
  private final CheckedCalls calls;
  private final Compactor compactor;

  /** Why the image takes no such pool, or keeps no such hole ready; null if it does. */
  private @Nullable ContractError startRefused;

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
    this.narrator = new Narrator(List.of(recorder, listener), image, heap, recorder::estimated);
    this.calls = new CheckedCalls(image, heap, narrator);
    this.compactor = new Compactor(image, heap, narrator, scenario.defrag(), scenario.callBudget());
  }

  /** Plays the workload until the first request for memory is refused, and samples nothing. */
  Attempt attempt() {
    RunEnding ending = play(0, () -> recorder.refusedRequest() != null);
    Failure refused = recorder.refusedRequest();
    if (startRefused != null) {
      return new Attempt.PoolRefused(startRefused);
    }
    if (ending instanceof RunEnding.Completed && refused == null) {
      try {
        verify();
        settle();
      } catch (RunStopped stopped) {
        ending = stopped.ending("the check at the end", narrator.operation());
      }
    }
    if (!(ending instanceof RunEnding.Completed)) {
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
    RunEnding ending = play(operations, () -> false);
    HeapImage heapAtEnd = null;
    HeapImage heapAtWorst = null;
    if (mapper != null) {
      HeapMapper.Moment worst = sampler == null ? null : sampler.heapAtWorst();
      heapAtEnd = mapper.shadow(narrator.operation());
      heapAtWorst = worst == null ? null : mapper.shadow(worst);
      if (ending instanceof RunEnding.Completed) {
        try {
          verify();
          heapAtEnd = mapper.image(mapper.now(narrator.operation()));
          heapAtWorst = worst == null ? null : mapper.image(worst);
          settle();
        } catch (RunStopped stopped) {
          ending = stopped.ending("the check at the end", narrator.operation());
        }
      }
    }
    return new RunResult(
        subject(),
        ending,
        narrator.operation() + 1,
        operations,
        image.cycles(),
        heap.peakBytes(),
        heap.peakBlocks(),
        recorder.phases(),
        recorder.operations(),
        recorder.pauses(),
        recorder.stalls(),
        recorder.interrupts(),
        fragmentation(),
        recorder.failures(),
        heapAtEnd,
        heapAtWorst,
        memory(),
        RunResult.Limit.of(scenario.limits()));
  }

  /**
   * Plays the workload to its end.
   *
   * @param operations of the workload, for sampling
   * @param enough whether the run may end after the operation that was just carried out
   */
  private RunEnding play(long operations, BooleanSupplier enough) {
    try {
      image.reset();
    } catch (RunStopped stopped) {
      return stopped.ending("reset", RunEnding.BEFORE_FIRST);
    }
    try {
      startRefused = image.calls().init();
      if (startRefused != null) {
        throw image.calls().badInit(startRefused);
      }
      startRefused = image.calls().keepReady();
      if (startRefused != null) {
        throw image.calls().badReady(startRefused);
      }
      table = (int) (scenario.pool().bytes() - calls.freeBytes());
    } catch (RunStopped stopped) {
      return stopped.ending("", RunEnding.BEFORE_FIRST);
    }
    HeapMapper heapMapper = new HeapMapper(image, heap, table);
    mapper = heapMapper;
    if (options.sampling()) {
      sampler = new Sampler(image, heap, narrator, heapMapper, operations);
    }
    narrator.started(subject(), table, heapMapper);
    RunEnding ending = play(new Mutator(image, heap, calls, narrator, compactor, sampler), enough);
    narrator.ended();
    return ending;
  }

  private RunEnding play(Mutator program, BooleanSupplier enough) {
    try (TraceIterator trace = scenario.workload().play()) {
      TraceElement.Visitor visitor =
          new TraceElement.Visitor() {
            @Override
            public void phaseStart(String name) {
              narrator.phaseStarted(name);
            }

            @Override
            public void phaseEnd(String name) {
              compactor.betweenPhases();
              narrator.phaseEnded(name);
            }

            @Override
            public void operation(Operation operation) {
              String name = trace.blockName();
              narrator.began(operation, name, trace.askedFor());
              program.carryOut(operation, name);
              if (!enough.getAsBoolean()) {
                compactor.afterOperation(narrator.operation());
                afterOperation();
              }
            }
          };
      while (trace.hasNext() && !enough.getAsBoolean()) {
        TraceElement element = trace.next();
        try {
          element.accept(visitor);
        } catch (RunStopped stopped) {
          return stopped.ending(
              EventWords.element(element, trace.blockName()), narrator.operation());
        }
      }
    }
    return new RunEnding.Completed();
  }

  private Fragmentation fragmentation() {
    return sampler == null
        ? new Fragmentation(List.of(), null, recorder.catastrophic())
        : sampler.fragmentation(recorder.catastrophic());
  }

  private void afterOperation() {
    if (sampler != null) {
      sampler.afterOperation();
    }
    long done = narrator.operation() + 1;
    if (done % CHECK_EVERY == 0) {
      verify();
      options.progress().accept(done);
    }
  }

  /** All that can be held against the image between two operations. */
  private void verify() {
    heap.verifyAll();
    image.checkUnused();
    image.untimed(
        probe -> {
          probe.check();
          return null;
        });
    calls.blocker();
    if (mapper != null) {
      mapper.check();
    }
    calls.freeBytes();
    image.untimed(
        probe -> {
          heap.verifyPlaces(block -> probe.address(block.handle()));
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
    if (image.contract().steps()) {
      image.untimed(
          probe -> {
            long cycles = 0;
            long steps = 0;
            Answer answer;
            do {
              answer = probe.calls().step(scenario.defrag().budgetBytes());
              cycles += answer.cycles();
              compactor.checkBudget(cycles, ++steps);
              heap.refresh(b -> probe.address(b.handle()));
            } while (heap.someInTwoParts() && Compactor.more(answer));
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
            firmware.name(), firmware.sha256(), ImageContract.VERSION, image.contract().features()),
        scenario.mcu(),
        scenario.mcu().cycleModel(),
        image.strictness(),
        new Subject.Pool(
            image.layout().poolAddress(), image.layout().pool(), scenario.pool().handles()),
        RunWords.policy(scenario.defrag()),
        options.version(),
        notes().sentences());
  }

  private RunNotes notes() {
    return new RunNotes(
        scenario,
        image.strictness(),
        image.contract().steps(),
        image.contract().keepsReady(),
        image.layout().glue(),
        recorder.interrupts().stream().mapToLong(InterruptStats::chained).sum(),
        recorder.interrupts().stream().mapToLong(InterruptStats::late).sum(),
        calls.reclassified(),
        recorder.pauses().exact(),
        sampler == null ? null : sampler.unsampled());
  }

  private MemoryUse memory() {
    McuConfig mcu = scenario.mcu();
    SramLayout layout = image.layout();
    return new MemoryUse(
        firmware.flashBytes(mcu.sramBase(), mcu.sramBytes()),
        layout.data(),
        layout.pool(),
        table,
        mcu.sramBytes() - layout.data() - layout.pool() - layout.stack(),
        layout.stack(),
        image.deepestStackBytes(),
        mcu.sramBytes());
  }
}
