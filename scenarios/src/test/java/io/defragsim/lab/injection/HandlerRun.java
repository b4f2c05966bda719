package io.defragsim.lab.injection;

import io.defragsim.lab.injection.Guest.Broken;
import io.defragsim.lab.injection.Guest.Point;
import io.defragsim.lab.injection.Rules.Violated;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one handler, which interrupts a call at one place, leaves behind: by itself, and if a second
 * one of a higher priority interrupts it before any of the instructions that it executes in the
 * image, after the last one of each of its calls, and inside their store multiples.
 *
 * <p>Each second interrupt is a run of its own, to the end of the first handler. As in {@link
 * Injector}, what must come out alike is executed once:
 *
 * <ul>
 *   <li>A second handler does what follows from the memory, and from what is known of the blocks:
 *       the same between two stores of the first handler, and in all handlers during the call that
 *       come to that.
 *   <li>Where the second one leaves memory and contents as they were, the first one goes on as by
 *       itself.
 *   <li>Where the first one comes to registers, stack, memory and contents that a second one has
 *       left at a later instruction of the same call, it goes on as there.
 *   <li>Where a call of the first one ends with an answer, memory and contents with which it has
 *       ended before, the rest of the handler is the same.
 * </ul>
 */
final class HandlerRun {
  /**
   * A second handler's run.
   *
   * @param nothing whether memory and contents are what they were before the interrupt, and nothing
   *     was wrong
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Second(
      Handler.Kind kind, byte[] memory, Blocks known, boolean nothing, @Nullable String failure) {
    Second afterSomething() {
      return new Second(kind, memory, known, false, failure);
    }
  }

  /**
   * Where the first handler can be interrupted.
   *
   * @param call which of its calls it is in
   * @param known what it knows of the blocks there
   */
  private record Place(int call, Point point, Blocks known, List<Second> seconds) {}

  /** Where a second handler left the first one, and what became of that. */
  private record Finish(Point after, Blocks known, Effect effect) {}

  /** What second handlers find, of which all they do follows. */
  @SuppressWarnings("ArrayRecordComponent") // compared here
  private record Found(byte[] memory, List<Integer> known) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Found found
          && Arrays.equals(memory, found.memory)
          && known.equals(found.known);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(memory) * 31 + known.hashCode();
    }
  }

  /** What second handlers have done so far in one call. */
  static final class Seconds {
    private final List<Handler> handlers;
    private final Map<Found, List<Second>> done = new HashMap<>();

    Seconds(List<Handler> handlers) {
      this.handlers = handlers;
    }
  }

  /** How a call of the first handler ended. */
  @SuppressWarnings("ArrayRecordComponent") // compared here
  private record End(int call, int answer, byte[] memory, int written) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof End end
          && call == end.call
          && answer == end.answer
          && written == end.written
          && Arrays.equals(memory, end.memory);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(memory) * 31 + call;
    }
  }

  private static final int LONGEST_CALL = 100_000;

  private final Guest guest;
  private final Findings findings;
  private final boolean sharing;
  private final Interrupted call;
  private final Handler handler;
  private final Point point;
  private final byte[] memory;

  /** By instruction of the first handler, null where interrupts are masked. */
  private final List<@Nullable Place> places = new ArrayList<>();

  private final List<List<Finish>> finishes = new ArrayList<>();
  private final Map<End, Effect> ends = new HashMap<>();

  /** The first handler's beginning; null while it is not active. */
  private @Nullable Point beginning;

  /**
   * @param sharing whether runs that must end alike are executed once
   * @param point where the call is interrupted
   * @param memory what is in the memory then
   */
  HandlerRun(
      Guest guest,
      Findings findings,
      boolean sharing,
      Interrupted call,
      Handler handler,
      Point point,
      byte[] memory) {
    this.guest = guest;
    this.findings = findings;
    this.sharing = sharing;
    this.call = call;
    this.handler = handler;
    this.point = point;
    this.memory = memory;
  }

  /** What it leaves behind by itself. */
  Effect alone() {
    Blocks known = Blocks.during(call);
    return run(known, guest::callInHandler);
  }

  /** The same, and what it leaves behind if a second one interrupts it; and how often each. */
  Map<Effect, Integer> interruptedBy(Seconds seconds) {
    Blocks known = Blocks.during(call);
    List<End> undisturbed = new ArrayList<>();
    Effect alone =
        run(
            known,
            (function, argument) -> {
              int answer = trace(undisturbed.size(), function, argument, known, seconds);
              undisturbed.add(
                  new End(undisturbed.size(), answer, guest.memory(memory), known.written()));
              return answer;
            });
    Map<Effect, Integer> effects = new LinkedHashMap<>();
    effects.put(alone, 1);
    if (alone.failure() == null) {
      undisturbed.forEach(end -> ends.put(end, alone));
      places.forEach(place -> finishes.add(new ArrayList<>()));
      Map<Handler.Kind, Integer> nothing = new EnumMap<>(Handler.Kind.class);
      for (int i = places.size() - 1; i >= 0; i--) {
        Place place = places.get(i);
        if (place != null) {
          for (Second second : place.seconds) {
            if (sharing && second.nothing) {
              nothing.merge(second.kind, 1, Integer::sum);
            } else {
              Effect effect = finish(i, place, second).interruptedBy(second.kind);
              effects.merge(effect, 1, Integer::sum);
            }
          }
        }
      }
      nothing.forEach(
          (kind, times) -> effects.merge(alone.interruptedBy(kind), times, Integer::sum));
      if (beginning != null) {
        guest.abandonHandler();
      }
    }
    return effects;
  }

  private Effect run(Blocks known, HandlerProgram.Calls calls) {
    findings.handlerRuns++;
    try {
      guest.restore(point, memory);
      guest.enterHandler();
    } catch (Broken e) {
      return failed("in the handler: ", e);
    }
    return end(known, calls);
  }

  /** From the handler's beginning to its end. */
  private Effect end(Blocks known, HandlerProgram.Calls calls) {
    try {
      new HandlerProgram(guest, findings, call, known, calls).run(handler);
      guest.leaveHandler(point);
      beginning = null;
      return Effect.of(guest.memory(memory), known.written(), null);
    } catch (Broken | Violated e) {
      return failed("in the handler: ", e);
    }
  }

  private Effect failed(String where, RuntimeException e) {
    guest.abandonHandler();
    beginning = null;
    return Effect.of(memory, 0, where + e.getMessage());
  }

  // ---- The first handler by itself, and second ones in it ----

  /** One call of the first handler, whose places are noted. */
  private int trace(int number, int function, int argument, Blocks now, Seconds seconds) {
    Blocks known = now.forSecond();
    List<Integer> all = known.all();
    guest.beginInHandler(function, argument);
    byte[] last = memory;
    List<Second> interrupted = null;
    for (int budget = LONGEST_CALL; ; budget--) {
      if (budget == 0) {
        throw new Broken("a call does not end");
      }
      Place place = null;
      if (!guest.masksInterrupts()) {
        Point here = guest.point(last);
        if (interrupted == null || !sharing || here.memory() != last) {
          interrupted = interrupt(here, new Found(here.memory(), all), known, seconds);
        }
        last = here.memory();
        place = new Place(number, here, known, interrupted);
      }
      places.add(place);
      if (guest.atBack()) {
        return guest.endInHandler();
      }
      guest.step();
      if (place != null) {
        interruptStores(place, all, seconds);
      }
    }
  }

  /** Inside the store multiple that has just been executed, if it was one. */
  private void interruptStores(Place place, List<Integer> all, Seconds seconds) {
    byte[][] abandoned = guest.abandoned(place.point.memory());
    if (abandoned.length > 0) {
      Point next = guest.point(place.point.memory());
      List<Second> interrupted = new ArrayList<>(place.seconds);
      for (byte[] partial : abandoned) {
        Found found = new Found(partial, all);
        for (Second second : interrupt(place.point, found, place.known, seconds)) {
          interrupted.add(second.afterSomething());
        }
      }
      places.set(places.size() - 1, new Place(place.call, place.point, place.known, interrupted));
      guest.restore(next, next.memory());
    }
  }

  /** Lets each second handler interrupt the first one, which then stands where it did. */
  private List<Second> interrupt(Point here, Found found, Blocks known, Seconds seconds) {
    List<Second> done = sharing ? seconds.done.get(found) : null;
    if (done == null) {
      done = new ArrayList<>();
      for (Handler second : seconds.handlers) {
        done.add(interrupt(here, found.memory, known, second));
      }
      guest.restore(here, here.memory());
      seconds.done.put(found, done);
    }
    return done;
  }

  private Second interrupt(Point here, byte[] found, Blocks known, Handler second) {
    findings.handlerRuns++;
    Blocks now = known.forSecond();
    String failure = null;
    guest.restore(here, found);
    try {
      guest.enterSecond();
      new HandlerProgram(guest, findings, call, now, guest::callInHandler).run(second);
      guest.leaveHandler(here);
    } catch (Broken | Violated e) {
      guest.abandonSecond();
      failure = "in the second handler: " + e.getMessage();
    }
    byte[] left = guest.memory(found);
    boolean nothing = failure == null && left == found && now.holdTheSameAs(known);
    return new Second(second.kind(), left, now, nothing, failure);
  }

  // ---- The rest of the first handler ----

  private Effect finish(int index, Place place, Second second) {
    if (second.failure != null) {
      return Effect.of(memory, 0, second.failure);
    }
    if (sharing) {
      for (Finish other : finishes.get(index)) {
        if (second.known.holdTheSameAs(other.known)
            && Arrays.equals(second.memory, other.after.memory())) {
          return other.effect;
        }
      }
    }
    Effect effect;
    try {
      effect = goOn(index, place, second);
    } catch (Broken e) {
      effect = failed("then the handler: ", e);
    }
    Point after = new Point(place.point.core(), second.memory, place.point.stack());
    finishes.get(index).add(new Finish(after, second.known, effect));
    return effect;
  }

  private Effect goOn(int index, Place place, Second second) {
    if (beginning == null) {
      guest.restore(point, memory);
      guest.enterHandler();
      beginning = guest.point(memory);
    }
    guest.restore(place.point, second.memory);
    int budget = LONGEST_CALL;
    for (int at = index; !guest.atBack(); ) {
      guest.step();
      at++;
      if (--budget == 0) {
        throw new Broken("a call does not end");
      }
      Place other = sharing && at < places.size() ? places.get(at) : null;
      if (other != null && other.call == place.call) {
        for (Finish later : finishes.get(at)) {
          if (second.known.holdTheSameAs(later.known) && guest.standsAt(later.after)) {
            return later.effect;
          }
        }
      }
    }
    int answer = guest.endInHandler();
    End end = new End(place.call, answer, guest.memory(memory), second.known.written());
    Effect effect = sharing ? ends.get(end) : null;
    if (effect == null) {
      effect = rest(end, second.known);
      ends.put(end, effect);
    }
    return effect;
  }

  /** From the end of one of its calls on: what it did before is done once more to get there. */
  private Effect rest(End end, Blocks secondKnows) {
    if (beginning == null) {
      throw new IllegalStateException("the handler is not active");
    }
    guest.restore(beginning, memory);
    Blocks known = Blocks.during(call);
    int[] made = {0};
    return end(
        known,
        (function, argument) -> {
          if (made[0]++ != end.call) {
            return guest.callInHandler(function, argument);
          }
          guest.load(end.memory);
          known.writtenBy(secondKnows);
          return end.answer;
        });
  }
}
