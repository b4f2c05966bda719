package io.defragsim.console;

import io.defragsim.scenario.Scenario;
import io.defragsim.words.Printable;
import java.io.PrintWriter;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/**
 * A line on a terminal that says how far a long run is, and is gone at its end. A dumb terminal
 * gets a line from time to time.
 */
public final class Progress implements LongConsumer, AutoCloseable {
  private static final long QUIET_NANOS = 500_000_000;
  private static final long INTERVAL_NANOS = 100_000_000;
  private static final long DUMB_INTERVAL_NANOS = 10_000_000_000L;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintWriter err;
  private final Terminal terminal;
  private final String what;
  private final LongFunction<String> state;
  private long next = System.nanoTime() + QUIET_NANOS;
  private boolean dirty;

  /**
   * @param terminal where {@code err} goes; nothing is said where that is none
   * @param what is under way
   * @param state what to say of the number that this is told
   */
  public Progress(PrintWriter err, Terminal terminal, String what, LongFunction<String> state) {
    this.err = err;
    this.terminal = terminal;
    this.what = what + ": ";
    this.state = state;
  }

  /** Of a run, told how many operations are done. */
  public static Progress ofRun(
      PrintWriter err, Terminal terminal, Scenario scenario, String image) {
    long operations = terminal.stderr() ? Math.max(1, scenario.workload().countOperations()) : 1;
    return new Progress(
        err, terminal, scenario.name() + " on " + image, done -> done * 100 / operations + " %");
  }

  @Override
  public void accept(long done) {
    if (!terminal.stderr() || System.nanoTime() - next < 0) {
      return;
    }
    next = System.nanoTime() + (terminal.dumb() ? DUMB_INTERVAL_NANOS : INTERVAL_NANOS);
    String now = state.apply(done);
    // The state is what changes: it is the name that gives way.
    String name = Cells.cut(Printable.of(what), Math.max(1, terminal.width() - 1 - Cells.of(now)));
    if (!terminal.dumb()) {
      PrintableWriter.raw(err).print(CLEAR);
      dirty = true;
    }
    err.print(name + now + (terminal.dumb() ? "\n" : ""));
    err.flush();
  }

  /** Takes the line away, for something else to be printed. */
  public void clear() {
    if (dirty) {
      PrintableWriter.raw(err).print(CLEAR);
      err.flush();
      dirty = false;
    }
  }

  @Override
  public void close() {
    clear();
  }
}
