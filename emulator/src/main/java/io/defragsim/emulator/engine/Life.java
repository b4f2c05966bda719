package io.defragsim.emulator.engine;

import org.jspecify.annotations.Nullable;

/** How far an engine is in its life, as {@link Engine} tells it, and what it may not do there. */
public final class Life {
  private boolean started;
  private boolean inCall;
  private boolean ended;
  private @Nullable Stop lastStop;

  /** A run from the start is next. */
  public void start() {
    if (started) {
      throw new IllegalStateException("only the first run of an engine can be a start");
    }
    inCall = false;
  }

  /** A call is next. */
  public void call(int[] arguments) {
    if (arguments.length > 4) {
      throw new IllegalArgumentException("at most 4 arguments: " + arguments.length);
    }
    inCall = true;
  }

  /** The core sleeps next. */
  public void idle() {
    inCall = false;
  }

  /** The run of another engine is next. */
  public void takeOver(Handover handover) {
    if (started) {
      throw new IllegalStateException("this engine has run");
    }
    inCall = handover.inCall();
  }

  /** Whether the run is a call, which comes back. */
  public boolean inCall() {
    return inCall;
  }

  /** The run begins. */
  public void begin() {
    requireMore();
    started = true;
  }

  /** The run is over. */
  public Stop over(Stop stop) {
    ended = !(stop instanceof Stop.Returned || stop instanceof Stop.Breakpoint);
    lastStop = stop;
    return stop;
  }

  /** The end of a run that can be handed over. */
  public Stop.OutOfBudget exhausted() {
    if (lastStop instanceof Stop.OutOfBudget out) {
      return out;
    }
    throw new IllegalStateException("the last run did not exhaust its budget: " + lastStop);
  }

  /** Throws if there may be no more runs, and no more writes. */
  public void requireMore() {
    if (ended) {
      throw new IllegalStateException("this engine's last run did not end regularly");
    }
  }
}
