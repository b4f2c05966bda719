package io.defragsim.emulator.board;

import io.defragsim.emulator.system.CoreSystem;
import io.defragsim.emulator.system.EventQueue;
import org.jspecify.annotations.Nullable;

/** An alarm as an event of the core's queue; a latency of the ledger's if it has one. */
final class QueueAlarm implements Alarm {
  /** More cycles than any part runs. */
  static final long LONGEST = 1L << 48;

  private final CoreSystem system;
  private final Ledger.@Nullable Latency latency;
  private final EventQueue.Event event;
  private long at = EventQueue.NEVER;

  QueueAlarm(CoreSystem system, Ledger.@Nullable Latency latency, Runnable action) {
    this.system = system;
    this.latency = latency;
    event =
        system
            .events()
            .add(
                true,
                () -> {
                  over();
                  action.run();
                });
  }

  @Override
  public void after(long cycles) {
    if (cycles > LONGEST) {
      throw new IllegalArgumentException("an alarm after " + cycles + " cycles");
    }
    stop();
    long wait = Math.max(1, cycles);
    at = system.now() + wait;
    event.at(at);
    if (latency != null) {
      latency.began(wait);
    }
  }

  @Override
  public void stop() {
    if (isRunning()) {
      event.at(EventQueue.NEVER);
      over();
    }
  }

  private void over() {
    at = EventQueue.NEVER;
  }

  @Override
  public boolean isRunning() {
    return at != EventQueue.NEVER;
  }

  @Override
  public long at() {
    return at;
  }
}
