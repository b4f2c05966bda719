package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.system.CoreSystem;

/** Whether a core sleeps, and what wakes it. */
final class Sleep {
  private final CoreSystem system;
  private Until until = Until.AWAKE;

  /** What wakes it. */
  enum Until {
    AWAKE,
    INTERRUPT,
    EVENT
  }

  /** Of a core that is awake. */
  Sleep(CoreSystem system) {
    this.system = system;
  }

  void set(Until wake) {
    until = wake;
  }

  boolean isAwake() {
    return until == Until.AWAKE;
  }

  /** Wakes the core if what it waits for is there. */
  void wakeIfDue(boolean primask) {
    if (until == Until.INTERRUPT && system.wakesFromWfi()) {
      until = Until.AWAKE;
    } else if (until == Until.EVENT && system.wakesFromWfe(primask)) {
      system.setEventRegister(false);
      until = Until.AWAKE;
    }
  }

  /** Sleeps to the next event. */
  StepResult goOn() {
    if (system.cyclesToRequest() == Long.MAX_VALUE) {
      return new StepResult.Asleep();
    }
    long cycles = system.cyclesToEvent(); // which may end the run before anything is requested
    system.advance(cycles);
    return new StepResult.Slept(cycles);
  }

  /**
   * Sleeps for the host, not for an instruction: to the next request, no longer than {@code most}.
   */
  void sleep(long most) {
    until = Until.INTERRUPT;
    system.advance(Math.min(most, system.cyclesToRequest()));
    until = Until.AWAKE;
  }
}
