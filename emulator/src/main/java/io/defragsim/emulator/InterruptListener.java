package io.defragsim.emulator;

/** Is told of interrupts as they happen, in their order. */
public interface InterruptListener {

  /**
   * A handler begins.
   *
   * @param irq the number of the interrupt, from 0
   * @param latency cycles from the request to the handler's first instruction
   * @param during what the core was doing at the request
   */
  void served(int irq, long latency, Activity during);

  /**
   * A handler begins right behind another, by a tail-chain, whose cycles are an estimate. {@link
   * #served} follows.
   *
   * @param irq the number of the interrupt
   */
  default void chained(int irq) {}

  /** A request came while the one before it had not been served yet: the two are one. */
  void missed(int irq);

  /** Listens to nothing. */
  static InterruptListener none() {
    return new InterruptListener() {
      @Override
      public void served(int irq, long latency, Activity during) {
        // Nobody wants to know.
      }

      @Override
      public void missed(int irq) {
        // Nobody wants to know.
      }
    };
  }
}
