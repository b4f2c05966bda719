package io.defragsim.lab;

import io.defragsim.emulator.Snapshot;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Events;
import io.defragsim.lab.result.Fragmentation;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Samples fragmentation. The largest request that would be served is found by bisection over {@code
 * image_alloc} on a snapshot: the least request that fails stands right above it, if the image
 * serves every request below one that it serves.
 */
final class Sampler {
  /** The most equally spaced samples of a run. */
  static final int SAMPLES = 1000;

  private final AllocatorImage image;
  private final ShadowHeap heap;
  private final Recorder recorder;
  private final HeapMapper mapper;
  private final long last;
  private final long stride;
  private int atFailures;
  private @Nullable String trouble;
  private HeapMapper.@Nullable Moment worst;

  /**
   * @param operations of the whole workload
   */
  Sampler(
      AllocatorImage image,
      ShadowHeap heap,
      Recorder recorder,
      HeapMapper mapper,
      long operations) {
    this.image = image;
    this.heap = heap;
    this.recorder = recorder;
    this.mapper = mapper;
    this.last = operations - 1;
    this.stride = Math.max(1, (operations + SAMPLES - 1) / SAMPLES);
  }

  /** The heap when fragmentation was worst, null if it never had a value. */
  HeapMapper.@Nullable Moment worst() {
    return worst;
  }

  /**
   * Why sampling came to an early end, for people; null if it did not. A probe is a request that
   * the workload never made: if it makes the image fault or hang, the run goes on without samples.
   * An answer that breaks the contract ends the run, whoever asked.
   */
  @Nullable String trouble() {
    return trouble;
  }

  /** Samples if it is this operation's turn; the last operation always has one. */
  void afterOperation() {
    if ((last - recorder.operation()) % stride == 0) {
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
    if (trouble != null) {
      return;
    }
    Fragmentation.Sample sample;
    try {
      sample = take(atFailure);
    } catch (RunStopped stopped) {
      if (stopped.isViolation() || !stopped.isOfProbe()) {
        throw stopped;
      }
      trouble =
          String.format(
              Locale.ROOT,
              "fragmentation was not sampled from operation %d on: %s",
              recorder.operation(),
              stopped.summary());
      return;
    }
    if (recorder.sample(sample)) {
      worst = mapper.now(recorder.operation());
    }
  }

  private Fragmentation.Sample take(boolean atFailure) {
    long cycle = image.cycles();
    return image.untimed(
        () -> {
          Snapshot before = image.snapshot();
          long free = heap.checkFree(image.freeBytes());
          image.restore(before);
          Long largest = largestRequest(image, free);
          Long ppm = Fragmentation.ppm(free, largest);
          return new Fragmentation.Sample(
              recorder.operation(), cycle, free, largest, ppm, heap.liveBytes(), atFailure);
        });
  }

  /**
   * The most bytes that one allocation would get now, up to {@code free}; null if there is no free
   * handle. Within {@link AllocatorImage#untimed}: it leaves the image anywhere.
   *
   * @throws RunStopped if more than {@code free} would be served; and what the image does at a
   *     request that it was never made for
   */
  static @Nullable Long largestRequest(AllocatorImage image, long free) {
    Snapshot start = image.snapshot();
    AllocatorImage.Answer above = image.probe(start, free + 1);
    if (above.value() == ContractError.OUT_OF_HANDLES.code()) {
      return null;
    }
    if (above.value() > 0) {
      throw ContractRule.FREE_BYTES
          .broken(
              String.format(
                  Locale.ROOT,
                  "image_free_bytes answers %d, and image_alloc serves %d",
                  free,
                  free + 1))
          .in("a probe, image_alloc(" + (free + 1) + ") on a snapshot");
    }
    long served = 0;
    long refused = free + 1;
    long request = Math.max(1, free);
    while (refused - served > 1) {
      AllocatorImage.Answer answer = image.probe(start, request);
      if (answer.value() == ContractError.OUT_OF_HANDLES.code()) {
        return null;
      }
      if (answer.value() > 0) {
        served = request;
      } else {
        refused = request;
      }
      request = (served + refused) >>> 1;
    }
    return served;
  }
}
