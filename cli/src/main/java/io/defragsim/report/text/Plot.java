package io.defragsim.report.text;

import io.defragsim.lab.recording.Account;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.RunEvent;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Stalls.Stall;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;

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

  private Account account = Account.of(Account.BEFORE_FIRST, null, "");

  /**
   * @param range the operations that are told of
   */
  public Plot(LongPredicate range) {
    this.range = range;
    for (Kind kind : Kind.values()) {
      events.put(kind, new Events());
    }
  }

  @Override
  public void began(RunEvent.Began event, HeapView heap) {
    finish();
    account = event.account();
  }

  @Override
  public void called(RunEvent.Called event, HeapView heap) {
    account = event.account();
  }

  @Override
  public void done(RunEvent.Done event, HeapView heap) {
    account = event.account();
  }

  private void finish() {
    Failure failure = account.failure();
    Stall stall = account.stall();
    if (failure != null) {
      add(Kind.REFUSED, failure.requestedBytes());
    } else if (stall != null && account.isOver()) {
      add(Kind.WAITED, stall.cycles());
    }
    long moved = account.compacting().bytesMoved() + account.inside().bytesMoved();
    if (moved > 0) {
      add(Kind.COMPACTED, moved);
    }
  }

  @Override
  public void ended(RunEvent.Ended event, HeapView heap) {
    finish();
  }

  private void add(Kind kind, long size) {
    if (range.test(account.number())) {
      of(kind).add(new Event(account.number(), size));
    }
  }

  private Events of(Kind kind) {
    Events found = events.get(kind);
    if (found == null) {
      throw new IllegalStateException(kind.toString());
    }
    return found;
  }

  /** The operations to tell in full: all of a few events, else the first and the greatest. */
  Set<Long> chosen() {
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
