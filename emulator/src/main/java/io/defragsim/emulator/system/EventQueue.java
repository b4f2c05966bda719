package io.defragsim.emulator.system;

import java.util.ArrayList;
import java.util.List;

/**
 * What is to happen at which cycle. Of few events, each of which knows of one cycle at a time: who
 * wants to happen again says so when it happens.
 */
public final class EventQueue {
  /** The cycle of what does not happen. */
  public static final long NEVER = Long.MAX_VALUE;

  private final List<Event> events = new ArrayList<>();
  private long next = NEVER;
  private long nextRequest = NEVER;

  /** Something that is to happen, or not. */
  public final class Event {
    private final boolean requests;
    private final Runnable action;
    private long cycle = NEVER;

    private Event(boolean requests, Runnable action) {
      this.requests = requests;
      this.action = action;
    }

    /** Has it happen at {@code at}, or never, and at no other cycle. */
    public void at(long at) {
      cycle = at;
      findNext();
    }
  }

  /**
   * Takes up an event that does not happen yet. Of those of one cycle, those that were taken up
   * first happen first.
   *
   * @param requests whether it may request an exception, and so wake a core that sleeps
   * @param action what happens; the clock is at that cycle then
   */
  public Event add(boolean requests, Runnable action) {
    Event event = new Event(requests, action);
    events.add(event);
    return event;
  }

  /** The cycle of the next event, {@link #NEVER} if there is none. */
  public long next() {
    return next;
  }

  /** That of the next that may request an exception. */
  public long nextRequest() {
    return nextRequest;
  }

  /** Has the next event happen. */
  void happen() {
    for (Event event : events) {
      if (event.cycle == next) {
        event.at(NEVER);
        event.action.run();
        return;
      }
    }
    throw new IllegalStateException("nothing is to happen");
  }

  private void findNext() {
    next = NEVER;
    nextRequest = NEVER;
    for (int i = 0; i < events.size(); i++) { // of each write to a timer: no iterator
      Event event = events.get(i);
      next = Math.min(next, event.cycle);
      if (event.requests) {
        nextRequest = Math.min(nextRequest, event.cycle);
      }
    }
  }
}
