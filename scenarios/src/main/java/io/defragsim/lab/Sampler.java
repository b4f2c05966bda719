package io.defragsim.lab;

import io.defragsim.emulator.Snapshot;
import io.defragsim.lab.image.AllocatorImage;
import io.defragsim.lab.image.RunStopped;
import io.defragsim.lab.result.Events;
import io.defragsim.lab.result.Fragmentation;
import io.defragsim.lab.words.RunNotes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Samples fragmentation, by requests that are made on a snapshot. */
final class Sampler {
  private final AllocatorImage image;
  private final ShadowHeap heap;
  private final Narrator narrator;
  private final HeapMapper mapper;
  private final long last;
  private final long stride;
  private int atFailures;
  private RunNotes.@Nullable Unsampled unsampled;
  private final List<Fragmentation.Sample> samples = new ArrayList<>();
  private Fragmentation.@Nullable Sample worst;
  private HeapMapper.@Nullable Moment heapAtWorst;

  /**
   * @param operations of the whole workload
   */
  Sampler(
      AllocatorImage image,
      ShadowHeap heap,
      Narrator narrator,
      HeapMapper mapper,
      long operations) {
    this.image = image;
    this.heap = heap;
    this.narrator = narrator;
    this.mapper = mapper;
    this.last = operations - 1;
    this.stride = Fragmentation.stride(operations);
  }

  /** The heap when fragmentation was worst, null if it never had a value. */
  HeapMapper.@Nullable Moment heapAtWorst() {
    return heapAtWorst;
  }

  /**
   * What was sampled.
   *
   * @param catastrophic allocations that failed although free bytes would have sufficed
   */
  Fragmentation fragmentation(long catastrophic) {
    return new Fragmentation(samples, worst, catastrophic);
  }

  /**
   * Why sampling came to an early end; null if it did not. A probe is a request that the workload
   * never made: if it makes the image fault or hang, the run goes on without samples. An answer
   * that breaks the contract ends the run, whoever asked.
   */
  RunNotes.@Nullable Unsampled unsampled() {
    return unsampled;
  }

  /** Samples if it is this operation's turn; the last operation always has one. */
  void afterOperation() {
    if ((last - narrator.operation()) % stride == 0) {
      sample(false);
    }
  }

  /** Samples at a failed request, for the first {@link Events#CAPACITY} of them. */
  void atFailure() {
    if (atFailures < Events.CAPACITY) {
      atFailures++;
      sample(true);
    }
  }

  private void sample(boolean atFailure) {
    if (unsampled != null) {
      return;
    }
    Fragmentation.Sample sample;
    try {
      sample = take(atFailure);
    } catch (RunStopped stopped) {
      if (stopped.isViolation() || !stopped.isOfProbe()) {
        throw stopped;
      }
      unsampled = new RunNotes.Unsampled(narrator.operation(), stopped.summary());
      return;
    }
    samples.add(sample);
    Long ppm = sample.ppm();
    Long worstPpm = worst == null ? null : worst.ppm();
    if (ppm != null && (worstPpm == null || ppm > worstPpm)) {
      worst = sample;
      heapAtWorst = mapper.now(narrator.operation());
    }
  }

  private Fragmentation.Sample take(boolean atFailure) {
    long cycle = image.cycles();
    return image.untimed(
        probe -> {
          Snapshot before = image.snapshot();
          long free = heap.checkFree(probe.freeBytes());
          probe.restore(before);
          Long largest = probe.largestRequest(free);
          return new Fragmentation.Sample(
              narrator.operation(),
              cycle,
              free,
              largest,
              Fragmentation.ppm(free, largest),
              heap.liveBytes(),
              atFailure);
        });
  }
}
