package io.defragsim.lab.judging;

import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Lab;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.RunEvent;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.Pauses.Cause;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.Scenario;

/**
 * What one run of a scenario on one image came to; times in cycles.
 *
 * @param alloc calls of {@code image_alloc} that were answered with a handle
 * @param free calls of {@code image_free} that were answered with 0
 * @param stalls that ended served
 * @param worst the longest of those, 0 if there was none
 * @param total all of those together
 * @param bytesMoved by steps that requests waited for
 * @param blocksMoved by the same steps
 * @param refused requests for memory that were not served in the end
 */
record Played(
    Calls alloc,
    Calls free,
    long stalls,
    long worst,
    long total,
    long bytesMoved,
    long blocksMoved,
    long refused) {

  /** How many calls there were, what they took together, and the longest of them. */
  record Calls(long count, long cycles, long max) {
    static final Calls NONE = new Calls(0, 0, 0);

    Calls plus(Calls other) {
      return new Calls(count + other.count, cycles + other.cycles, Math.max(max, other.max));
    }

    /** In tenths of a cycle, rounded to the nearest. */
    long meanTenths() {
      return count == 0 ? 0 : (20 * cycles + count) / (2 * count);
    }
  }

  /**
   * Plays it.
   *
   * @throws IllegalStateException if the run does not come to its end
   */
  static Played of(Scenario scenario, FirmwareImage image) {
    Counter counter = new Counter();
    Lab.Options options =
        Lab.Options.standard().withoutSampling().withStrictness(Strictness.NORMAL);
    RunResult result = Lab.run(scenario, image, options, counter);
    if (!result.completed()) {
      throw new IllegalStateException(
          scenario.name() + " on " + image.name() + ": " + result.ending());
    }
    Long worst = result.stalls().cycles().max();
    return new Played(
        counter.alloc,
        counter.free,
        result.stalls().cycles().count(),
        worst == null ? 0 : worst,
        result.stalls().cycles().total(),
        counter.bytesMoved,
        counter.blocksMoved,
        result.operations().stream()
            .filter(stats -> stats.kind().asksForMemory())
            .mapToLong(stats -> stats.failed())
            .sum());
  }

  private static final class Counter implements RunListener {
    private Calls alloc = Calls.NONE;
    private Calls free = Calls.NONE;
    private long bytesMoved;
    private long blocksMoved;

    @Override
    public void called(RunEvent.Called event, HeapView heap) {
      var call = event.call();
      Calls one = new Calls(1, call.cycles(), call.cycles());
      if (call.function() == ContractFunction.ALLOC && call.result() > 0) {
        alloc = alloc.plus(one);
      } else if (call.function() == ContractFunction.FREE && call.result() == 0) {
        free = free.plus(one);
      } else if (call.cause() == Cause.FAILURE) {
        bytesMoved += call.bytesMoved();
        blocksMoved += call.moves().size();
      }
    }
  }
}
