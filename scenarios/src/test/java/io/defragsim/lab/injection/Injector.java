package io.defragsim.lab.injection;

import io.defragsim.lab.injection.Guest.Broken;
import io.defragsim.lab.injection.Guest.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts one call before each of its instructions where interrupts are not masked, after its
 * last one, and inside its store multiples, by each {@link Handler}; and holds what the handler and
 * the call answer, and the heap that is left, against what {@link HandlerProgram} and {@link Rules}
 * allow. With {@link Interrupts#NESTED} each of these handlers is itself interrupted at each of its
 * instructions, by each handler ({@link HandlerRun}). Handlers that interrupt that second one are
 * not tried.
 *
 * <p>Each injection is a run of its own, from the interrupt to the end of the call and the checks
 * after it. Most of it need not be executed, since runs are deterministic:
 *
 * <ul>
 *   <li>A handler sees the memory, and of the interrupted call's registers none but SP, below which
 *       it works. So between two stores of the call to memory it does the same at each instruction,
 *       and runs once, with all that interrupts it.
 *   <li>Where handlers leave the memory as it was, the call goes on as it would have without them.
 *   <li>Where they leave at a place the memory and contents that others have left there, it goes on
 *       as it did then.
 *   <li>Where a run comes to registers, stack, memory and contents that handlers at a later
 *       instruction have left behind, it ends as that one does. Mostly that is one instruction on.
 *   <li>Where it leaves the registers and the memory that another one has left at the end, the same
 *       checks give the same.
 *   <li>A handler of several calls stands for all that make the first few of them, where each lock
 *       and unlock together leave the memory as it was; where they do not, {@link Handler.Kind#ONE}
 *       has each by itself.
 * </ul>
 *
 * <p>These are equalities, no estimates; {@code sharing = false} executes everything, but that one
 * run stands for second interrupts after which a handler has left the very same, and a test
 * compares. Belongs to one thread.
 */
final class Injector {
  /** Whether a handler is interrupted by another one. */
  enum Interrupts {
    SINGLE,
    NESTED
  }

  /** How a run ends that was interrupted at a place. */
  private record Finish(Point after, int written, @Nullable String failure) {}

  /** Where a run ended. */
  @SuppressWarnings("ArrayRecordComponent") // compared here
  private record End(byte[] memory, int result, int written) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof End end
          && result == end.result
          && written == end.written
          && Arrays.equals(memory, end.memory);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(memory) * 31 + result;
    }
  }

  private static final String FINE = "";

  private final Guest guest;
  private final Rules rules;
  private final Interrupts interrupts;
  private final boolean sharing;
  private final Findings findings;

  private final List<@Nullable Point> points = new ArrayList<>();
  private final List<byte[][]> abandoned = new ArrayList<>();

  /** By place. */
  private final List<List<Finish>> finishes = new ArrayList<>();

  private final Map<End, String> ends = new HashMap<>();

  /**
   * @param sharing whether runs that must end alike are executed once
   */
  Injector(Guest guest, Findings findings, Interrupts interrupts, boolean sharing) {
    this.guest = guest;
    this.findings = findings;
    this.interrupts = interrupts;
    this.sharing = sharing;
    rules = new Rules(guest, findings, sharing);
  }

  /** Carries out an operation without an interrupt, and nothing else. */
  Reference carryOut(Heap heap, Operation operation) {
    Interrupted plain = rules.prepare(heap, operation);
    begin(plain);
    while (!guest.atEnd()) {
      guest.step();
    }
    return rules.reference(plain, guest.result());
  }

  private void begin(Interrupted plain) {
    Operation operation = plain.operation();
    guest.begin(guest.function(operation.kind().symbol), Rules.arguments(plain.heap(), operation));
  }

  /** Interrupts an operation at all places by all handlers. */
  void inject(Heap heap, Operation operation) {
    findings.operations++;
    Interrupted plain = rules.prepare(heap, operation);
    trace(plain);
    Reference reference = rules.reference(plain, guest.result());
    Interrupted call = plain.with(reference);
    String failure = rules.judge(call, reference.result(), 0);
    if (failure != null) {
      findings.failure(call, guest.function(operation.kind().symbol), failure);
      return;
    }
    ends.clear();
    ends.put(new End(reference.rawMemory(), reference.result(), 0), FINE);
    finishes.clear();
    points.forEach(point -> finishes.add(new ArrayList<>()));
    List<Handler> handlers = handlers(heap);
    HandlerRun.Seconds seconds =
        interrupts == Interrupts.NESTED ? new HandlerRun.Seconds(handlers) : null;
    for (Handler handler : handlers) {
      inject(call, handler, seconds);
    }
  }

  private static List<Handler> handlers(Heap heap) {
    List<Handler> handlers = new ArrayList<>();
    for (int variable = 0; variable < heap.blocks().length; variable++) {
      if (heap.blocks()[variable] != null) {
        handlers.add(new Handler(Handler.Kind.ONE, variable));
      }
    }
    if (!handlers.isEmpty()) {
      handlers.add(new Handler(Handler.Kind.TWICE, 0));
      handlers.add(new Handler(Handler.Kind.WRITING, 0));
    }
    handlers.add(new Handler(Handler.Kind.STRAY, 0));
    return handlers;
  }

  /** Runs the call without an interrupt and notes every place for one. */
  private void trace(Interrupted plain) {
    points.clear();
    abandoned.clear();
    begin(plain);
    Point last = guest.point(plain.memory());
    while (true) {
      boolean masked = guest.masksInterrupts();
      if (!masked) {
        last = guest.point(last.memory());
      }
      points.add(masked ? null : last);
      if (guest.atEnd()) {
        return;
      }
      guest.step();
      abandoned.add(masked ? new byte[0][] : guest.abandoned(last.memory()));
    }
  }

  private void inject(Interrupted call, Handler handler, HandlerRun.@Nullable Seconds seconds) {
    int end = points.size() - 1;
    byte[] lastMemory = null;
    Map<Effect, Integer> lastEffects = null;
    for (int i = end; i >= 0; i--) {
      Point point = points.get(i);
      if (point == null) {
        continue;
      }
      if (i < end) {
        for (byte[] partial : abandoned.get(i)) {
          finish(call, handler, i, point, effects(call, handler, seconds, point, partial));
        }
      }
      if (lastEffects == null || !sharing || lastMemory != point.memory()) {
        lastEffects = effects(call, handler, seconds, point, point.memory());
        lastMemory = point.memory();
      }
      finish(call, handler, i, point, lastEffects);
    }
  }

  /** What the handler leaves behind that interrupts the call here, and how often. */
  private Map<Effect, Integer> effects(
      Interrupted call,
      Handler handler,
      HandlerRun.@Nullable Seconds seconds,
      Point point,
      byte[] memory) {
    HandlerRun run = new HandlerRun(guest, findings, sharing, call, handler, point, memory);
    return seconds == null ? Map.of(run.alone(), 1) : run.interruptedBy(seconds);
  }

  private void finish(
      Interrupted call, Handler handler, int place, Point point, Map<Effect, Integer> effects) {
    effects.forEach(
        (effect, times) -> {
          findings.injections += times;
          findings.nested += effect.second() == null ? 0 : times;
          String failure = finish(call, place, point, effect, times);
          if (failure != null) {
            findings.failure(
                call, point.core().pc(), handler.kind(), effect.second(), failure, times);
          }
        });
  }

  private @Nullable String finish(
      Interrupted call, int place, Point point, Effect effect, int times) {
    if (effect.failure() != null) {
      return effect.failure();
    }
    if (sharing) {
      for (Finish other : finishes.get(place)) {
        if (other.written == effect.written()
            && Arrays.equals(other.after.memory(), effect.memory())) {
          findings.joined += times;
          return other.failure;
        }
      }
    }
    String failure = null;
    if (sharing && effect.memory() == point.memory() && effect.written() == 0) {
      findings.unchanged += times;
    } else {
      try {
        failure = goOn(call, place, point, effect, times);
      } catch (Broken e) {
        failure = "then the call: " + e.getMessage();
      }
    }
    Point after = new Point(point.core(), effect.memory(), point.stack());
    finishes.get(place).add(new Finish(after, effect.written(), failure));
    return failure;
  }

  private @Nullable String goOn(
      Interrupted call, int place, Point point, Effect effect, int times) {
    guest.restore(point, effect.memory());
    int budget = 100_000;
    for (int i = place; !guest.atEnd(); ) {
      guest.step();
      i++;
      if (--budget == 0) {
        throw new Broken("does not end");
      }
      if (sharing && i < finishes.size()) {
        for (Finish later : finishes.get(i)) {
          if (later.written == effect.written() && guest.standsAt(later.after)) {
            findings.joined += times;
            return later.failure;
          }
        }
      }
    }
    findings.runsToTheEnd += times;
    End end = new End(guest.memory(call.memory()), guest.result(), effect.written());
    String known = sharing ? ends.get(end) : null;
    if (known == null) {
      String failure = rules.judge(call, end.result, end.written);
      findings.ends++;
      known = failure == null ? FINE : failure;
      ends.put(end, known);
    }
    return known.isEmpty() ? null : known;
  }
}
