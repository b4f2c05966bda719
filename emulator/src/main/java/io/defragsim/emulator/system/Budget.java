package io.defragsim.emulator.system;

/**
 * The cycles that a run may take, as an event of the core's queue: so no stretch of instructions
 * goes past its end unseen.
 */
public final class Budget {
  private final CoreSystem system;
  private final EventQueue.Event event;
  private long end = EventQueue.NEVER;

  /** Without an end. */
  public Budget(CoreSystem system) {
    this.system = system;
    event = system.events().add(false, () -> {});
  }

  /** Has it end at a cycle; {@link EventQueue#NEVER} for never. */
  public void endAt(long cycle) {
    end = cycle;
    event.at(cycle);
  }

  /** Whether its end is reached. */
  public boolean isSpent() {
    return system.now() >= end;
  }
}
