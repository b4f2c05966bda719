package io.defragsim.command;

import io.defragsim.scenario.Scenario;
import java.io.PrintWriter;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/** A line on a terminal that says how far a long run is, and is gone at its end. */
final class Progress implements LongConsumer, AutoCloseable {
  private static final long QUIET_NANOS = 500_000_000;
  private static final long INTERVAL_NANOS = 100_000_000;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintWriter err;
  private final boolean shown;
  private final String what;
  private final LongFunction<String> state;
  private long next = System.nanoTime() + QUIET_NANOS;
  private boolean dirty;

  /**
   * @param shown whether {@code err} is a terminal
   * @param what is under way
   * @param state what to say of the number that this is told
   */
  Progress(PrintWriter err, boolean shown, String what, LongFunction<String> state) {
    this.err = err;
    this.shown = shown;
    this.what = what + ": ";
    this.state = state;
  }

  /** Of a run, told how many operations are done. */
  static Progress ofRun(PrintWriter err, boolean shown, Scenario scenario, String image) {
    long operations = shown ? Math.max(1, scenario.workload().countOperations()) : 1;
    return new Progress(
        err, shown, scenario.name() + " on " + image, done -> done * 100 / operations + " %");
  }

  @Override
  public void accept(long done) {
    if (!shown || System.nanoTime() - next < 0) {
      return;
    }
    next = System.nanoTime() + INTERVAL_NANOS;
    dirty = true;
    err.print(CLEAR + what + state.apply(done));
    err.flush();
  }

  /** Takes the line away, for something else to be printed. */
  void clear() {
    if (dirty) {
      err.print(CLEAR);
      err.flush();
      dirty = false;
    }
  }

  @Override
  public void close() {
    clear();
  }
}
