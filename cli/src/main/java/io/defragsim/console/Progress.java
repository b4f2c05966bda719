package io.defragsim.console;

import io.defragsim.report.model.Cells;
import io.defragsim.words.Printable;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/**
 * A line on a terminal that says how far a long run is, and is gone at its end. A dumb terminal
 * gets a line from time to time. It may be closed by another thread.
 */
public final class Progress implements LongConsumer, AutoCloseable {
  private static final long QUIET_NANOS = 500_000_000;
  private static final long INTERVAL_NANOS = 100_000_000;
  private static final long DUMB_INTERVAL_NANOS = 10_000_000_000L;
  private static final String CLEAR = "\r\u001b[K";

  private final Session session;
  private final String what;
  private final LongFunction<String> state;
  private long next = System.nanoTime() + QUIET_NANOS;
  private boolean dirty;
  private boolean closed;

  /** Nothing is said where the session's errors go to no terminal. */
  Progress(Session session, String what, LongFunction<String> state) {
    this.session = session;
    this.what = what + ": ";
    this.state = state;
  }

  @Override
  public synchronized void accept(long done) {
    Terminal terminal = session.terminal();
    if (closed || !terminal.stderr() || System.nanoTime() - next < 0) {
      return;
    }
    next = System.nanoTime() + (terminal.dumb() ? DUMB_INTERVAL_NANOS : INTERVAL_NANOS);
    String now = state.apply(done);
    // The state is what changes: it is the name that gives way.
    String name = Cells.cut(Printable.of(what), Math.max(1, terminal.width() - 1 - Cells.of(now)));
    if (!terminal.dumb()) {
      PrintableWriter.raw(session.err()).print(CLEAR);
      dirty = true;
    }
    session.err().print(name + now + (terminal.dumb() ? "\n" : ""));
    session.err().flush();
  }

  /** Takes the line away, for something else to be printed. */
  public synchronized void clear() {
    if (dirty) {
      PrintableWriter.raw(session.err()).print(CLEAR);
      session.err().flush();
      dirty = false;
    }
  }

  @Override
  public synchronized void close() {
    clear();
    closed = true;
  }
}
