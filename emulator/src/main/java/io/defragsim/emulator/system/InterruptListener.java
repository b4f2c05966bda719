package io.defragsim.emulator.system;

import io.defragsim.emulator.model.Activity;

/** Is told of interrupts as they happen, in their order. */
public interface InterruptListener {

  /**
   * A handler begins.
   *
   * @param irq the number of the interrupt, from 0
   * @param latency cycles from the request to the handler's first instruction
   * @param during what the core was doing at the request
   * @param tailChained whether it begins right behind another, after cycles that are an estimate
   * @param late whether it took the place of a less urgent one that was about to begin, an estimate
   *     too
   */
  void served(int irq, long latency, Activity during, boolean tailChained, boolean late);

  /** A request came while the one before it had not been served yet: the two are one. */
  void missed(int irq);

  /** Listens to nothing. */
  static InterruptListener none() {
    return new InterruptListener() {
      @Override
      public void served(
          int irq, long latency, Activity during, boolean tailChained, boolean late) {
        // Nobody wants to know.
      }

      @Override
      public void missed(int irq) {
        // Nobody wants to know.
      }
    };
  }
}
