package io.defragsim.lab.guarantee.check;

import org.jspecify.annotations.Nullable;

/** The longest wait of a driver. */
final class Longest {
  private long last;
  private long steps;
  private long cycles;
  private @Nullable PlayedCalls played;

  /** Notes a wait that has just ended on this heap. */
  void note(Waiting wait, PromisedHeap heap) {
    last = wait.steps();
    cycles = Math.max(cycles, wait.cycles());
    if (wait.steps() > steps) {
      steps = wait.steps();
      keep(heap);
    }
  }

  /** Keeps what was played up to now. */
  void keep(PromisedHeap heap) {
    played = heap.played();
  }

  /** Steps of the wait that was noted last. */
  long last() {
    return last;
  }

  long steps() {
    return steps;
  }

  long cycles() {
    return cycles;
  }

  /** What has led to it; null if none was found. */
  @Nullable PlayedCalls played() {
    return played;
  }
}
