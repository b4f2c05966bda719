package io.defragsim.report.text;

import io.defragsim.lab.recording.Call;
import io.defragsim.lab.recording.Call.Function;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Pauses.Cause;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** What happens in a run and where: from it is chosen what is worth telling in full. */
public final class Plot implements RunListener {
  /** So many events are all told. */
  private static final int ALL = 8;

  /** Of more than {@link #ALL}, so many of each kind are told, and the greatest. */
  private static final int FIRST = 2;

  /** What is worth a story. */
  enum Kind {
    /** A request that was served after compaction; as great as its stall in cycles. */
    WAITED,
    /** An operation refused in the end; as great as the bytes it asks for. */
    REFUSED,
    /** Compaction that nothing waited for; as great as the bytes it moved. */
    COMPACTED
  }

  /** An event: the operation, and how great it is among its kind. */
  record Event(long operation, long size) {}

  /** The events of one kind. */
  static final class Events {
    private final List<Event> first = new ArrayList<>();
    private long count;
    private Event greatest = new Event(-1, -1);

    private void add(Event event) {
      count++;
      if (first.size() < ALL) {
        first.add(event);
      }
      if (event.size() > greatest.size()) {
        greatest = event;
      }
    }
  }

  private final LongPredicate range;
  private final Map<Kind, Events> events = new EnumMap<>(Kind.class);
  private long phasesWithin;

  private final Waiting waiting = new Waiting();
  private long moved;
  private long operation = -1;

  /**
   * @param range the operations that are told of
   */
  public Plot(LongPredicate range) {
    this.range = range;
    for (Kind kind : Kind.values()) {
      events.put(kind, new Events());
    }
  }

  /** Follows the calls of an operation and knows what its stall has taken. */
  static final class Waiting {
    private long cycles;
    private int steps;
    private boolean served;

    void begin() {
      cycles = 0;
      steps = 0;
      served = false;
    }

    void called(Call call) {
      boolean step = call.function() == Function.STEP && call.cause() == Cause.FAILURE;
      boolean request = isRequest(call.function());
      if (served || !(step || request)) {
        return;
      }
      cycles += call.elapsed();
      steps += step ? 1 : 0;
      served = request && call.error() == null;
    }

    /** From the refusal to the answer, if steps ran for it. */
    long cycles() {
      return cycles;
    }

    int steps() {
      return steps;
    }
  }

  /** Whether {@code function} asks for memory. */
  static boolean isRequest(Function function) {
    return function == Function.ALLOC
        || function == Function.ALLOC_PINNED
        || function == Function.RESIZE;
  }

  /** Whether {@code call} is compaction that no request waits for, and moved something. */
  static boolean compacts(Call call) {
    return !call.moves().isEmpty()
        && call.cause() != Cause.FAILURE
        && call.function() != Function.RESIZE;
  }

  @Override
  public void phaseStarted(String name) {

    phasesWithin += range.test(operation + 1) ? 1 : 0;
  }

  @Override
  public void began(long number, Operation begun, String words) {
    finish();
    operation = number;
    waiting.begin();
  }

  @Override
  public void called(long number, Call call, HeapView heap) {
    waiting.called(call);
    if (compacts(call)) {
      moved += call.moves().stream().mapToLong(Call.Move::bytes).sum();
    }
  }

  @Override
  public void done(
      long number, OperationKind kind, @Nullable Failure failure, boolean skipped, HeapView heap) {
    if (failure != null) {
      add(Kind.REFUSED, failure.requestedBytes());
    } else if (waiting.steps() > 0) {
      add(Kind.WAITED, waiting.cycles());
    }
  }

  private void finish() {
    if (moved > 0) {
      add(Kind.COMPACTED, moved);
      moved = 0;
    }
  }

  private void add(Kind kind, long size) {
    if (range.test(operation)) {
      of(kind).add(new Event(operation, size));
    }
  }

  private Events of(Kind kind) {
    Events found = events.get(kind);
    if (found == null) {
      throw new IllegalStateException(kind.toString());
    }
    return found;
  }

  /** Phases that begin in the range. */
  long phases() {
    return phasesWithin;
  }

  /** The operations to tell in full: all of a few events, else the first and the greatest. */
  Set<Long> chosen() {
    finish();
    long all = events.values().stream().mapToLong(e -> e.count).sum();
    Set<Long> chosen = new HashSet<>();
    for (Events of : events.values()) {
      of.first.stream().limit(all <= ALL ? ALL : FIRST).forEach(e -> chosen.add(e.operation()));
      if (of.count > 0) {
        chosen.add(of.greatest.operation());
      }
    }
    return chosen;
  }

  /** Whether {@code operation} is the greatest of its kind, of several. */
  boolean isGreatest(Kind kind, long candidate) {
    Events of = of(kind);
    return of.count > 1 && of.greatest.operation() == candidate;
  }
}
