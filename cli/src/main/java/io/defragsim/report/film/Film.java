package io.defragsim.report.film;

import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.EndingWords;
import io.defragsim.report.film.Moment.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All moments of a run, in bounded memory: a window of them is kept while the run goes on in a
 * thread of its own, a little ahead of who looks. What has left the window is had by running the
 * scenario once more, since it is the same each time.
 *
 * <p>For one thread at a time.
 */
public final class Film implements AutoCloseable {
  /** The window: so many moments back can be gone without a new run. */
  static final int WINDOW = 2048;

  /** So many stretches of heap the window holds at most, whatever its moments. */
  private static final int MOST_SPANS = 400_000;

  /** So far the run is ahead. */
  private static final int AHEAD = 256;

  private final Function<RunListener, RunResult> run;
  private @Nullable Take take;

  /**
   * @param run runs the scenario, told to the listener; must give the same each time
   */
  public Film(Function<RunListener, RunResult> run) {
    this.run = run;
  }

  /** One run of the scenario. */
  private final class Take implements Runnable {
    private final long first;
    private final Map<Long, Moment> window = new HashMap<>();
    private long oldest;
    private long newest;
    private long spans;
    private long wanted;
    private boolean ended;
    private boolean cancelled;
    private @Nullable Throwable failure;

    private Take(long first, long wanted) {
      this.first = first;
      this.oldest = first;
      this.newest = first - 1;
      this.wanted = wanted;
    }

    @Override
    public void run() {
      try {
        // One more before: what has changed is told from the one before.
        Camera camera = new Camera(mark -> mark.index() >= first - 1, this::add);
        finish(camera);
        ended(null);
      } catch (CancellationException e) {
        ended(null);
      } catch (RuntimeException | Error e) {
        ended(e);
      }
    }

    private synchronized void ended(@Nullable Throwable why) {
      failure = why;
      ended = true;
      notifyAll();
    }

    private synchronized void add(Moment moment) {
      if (moment.index() < first) {
        return;
      }
      try {
        while (!cancelled && moment.index() > wanted + AHEAD) {
          wait();
        }
      } catch (InterruptedException e) {
        throw new CancellationException();
      }
      if (cancelled) {
        throw new CancellationException();
      }
      newest = moment.index();
      window.put(newest, moment);
      spans += spans(moment);
      while (oldest < wanted && (window.size() > WINDOW + AHEAD || spans > MOST_SPANS)) {
        Moment gone = window.remove(oldest++);
        spans -= gone == null ? 0 : spans(gone);
      }
      notifyAll();
    }

    private synchronized void cancel() {
      cancelled = true;
      notifyAll();
    }

    /** Whether that moment is there, or comes soon: a run that takes none up to it is quicker. */
    private synchronized boolean covers(long index) {
      return index >= oldest && (ended || index <= newest + WINDOW);
    }

    private synchronized boolean has(long index) {
      return window.containsKey(index);
    }

    /** Null if the run ends before. */
    private synchronized @Nullable Moment at(long index) {
      wanted = index;
      notifyAll();
      try {
        while (!ended && newest < index) {
          wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException();
      }
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
      if (failure instanceof Error error) {
        throw error;
      }
      return window.get(index);
    }
  }

  /** Runs all of the scenario. */
  private void finish(Camera camera) {
    RunResult result = run.apply(camera);
    EndingWords early = EndingWords.of(result.ending());
    // The operation stands in the moment's own lines: what went wrong is what there is room for.
    String how =
        early == null
            ? "The run is over: all operations are done."
            : early.title() + (early.at() == null ? "" : " at " + early.at()) + ": " + early.what();
    camera.end(how, result.heapAtEnd());
  }

  private static int spans(Moment moment) {
    return 1
        + moment.blocks().size()
        + (moment.image() == null ? 0 : moment.image().spans().size());
  }

  /** The moment of that index; null if the run has none. Waits until the run is there. */
  public @Nullable Moment at(long index) {
    if (index < 0) {
      return null;
    }
    Take now = take;
    if (now == null || !now.covers(index)) {
      close();
      now = new Take(Math.max(0, index - WINDOW / 2), index);
      take = now;
      Thread thread = new Thread(now, "film");
      thread.setDaemon(true);
      thread.start();
    }
    return now.at(index);
  }

  /** The first moment of such a kind after {@code index}; null if there is none. */
  public @Nullable Moment next(long index, Predicate<Kind> which) {
    long i = index + 1;
    for (; has(i); i++) {
      Moment moment = at(i);
      if (moment != null && which.test(moment.kind())) {
        return moment;
      }
    }
    long from = i;
    return first(mark -> mark.index() >= from && which.test(mark.kind()));
  }

  /** The last moment of such a kind before {@code index}; null if there is none. */
  public @Nullable Moment previous(long index, Predicate<Kind> which) {
    long i = index - 1;
    for (; has(i); i--) {
      Moment moment = at(i);
      if (moment != null && which.test(moment.kind())) {
        return moment;
      }
    }
    long before = i + 1;
    AtomicLong last = new AtomicLong(-1);
    scan(
        mark -> {
          if (mark.index() < before && which.test(mark.kind())) {
            last.set(mark.index());
          }
          return mark.index() >= before;
        });
    return at(last.get());
  }

  /** The first moment of that operation; null if it is never begun. */
  public @Nullable Moment atOperation(long operation) {
    return first(mark -> mark.operation() >= operation);
  }

  /** The last moment of all. */
  public @Nullable Moment end() {
    return first(mark -> mark.kind() == Kind.END);
  }

  private boolean has(long index) {
    Take now = take;
    return now != null && now.has(index);
  }

  private @Nullable Moment first(Predicate<Camera.Mark> which) {
    return at(scan(which));
  }

  /** The index of the first moment that is to the taste of {@code which}, -1 if none is. */
  private long scan(Predicate<Camera.Mark> which) {
    AtomicLong found = new AtomicLong(-1);
    try {
      finish(
          new Camera(
              mark -> {
                if (which.test(mark)) {
                  found.set(mark.index());
                  throw new CancellationException();
                }
                return false;
              },
              moment -> {}));
    } catch (CancellationException e) {
      // seen enough
    }
    return found.get();
  }

  /** Ends the run that is under way. */
  @Override
  public void close() {
    if (take != null) {
      take.cancel();
    }
  }
}
