package io.defragsim.command;

import io.defragsim.scenario.Scenario;
import java.io.PrintWriter;
import java.util.function.LongConsumer;

/** A line on a terminal that says how far a long run is, and is gone at its end. */
final class Progress implements LongConsumer, AutoCloseable {
  private static final long QUIET_NANOS = 500_000_000;
  private static final long INTERVAL_NANOS = 100_000_000;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintWriter err;
  private final boolean shown;
  private final String what;
  private final long operations;
  private long next = System.nanoTime() + QUIET_NANOS;
  private boolean dirty;

  /**
   * @param shown whether {@code err} is a terminal
   */
  Progress(PrintWriter err, boolean shown, Scenario scenario, String image) {
    this.err = err;
    this.shown = shown;
    this.what = scenario.name() + " on " + image + ": ";
    this.operations = shown ? scenario.workload().countOperations() : 0;
  }

  @Override
  public void accept(long done) {
    if (!shown || System.nanoTime() - next < 0) {
      return;
    }
    next = System.nanoTime() + INTERVAL_NANOS;
    dirty = true;
    err.print(CLEAR + what + done * 100 / Math.max(1, operations) + " %");
    err.flush();
  }

  @Override
  public void close() {
    if (dirty) {
      err.print(CLEAR);
      err.flush();
    }
  }
}
