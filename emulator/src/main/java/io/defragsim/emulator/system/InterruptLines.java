package io.defragsim.emulator.system;

import io.defragsim.emulator.model.Activity;
import io.defragsim.emulator.timing.CycleModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The external interrupts that come from {@link InterruptSource}s, with handlers of the host's: how
 * far each is, and how long its handler still has to run.
 *
 * <p>Requests are pulses. One that comes while the one before it is pending is missed.
 */
public final class InterruptLines implements OutsideRequests {
  /**
   * Where the core stands while it is in a handler of the host's; nothing can be executed there.
   */
  public static final int HANDLER = (int) (MemoryMap.HOST_PAGE + MemoryMap.HOST_BYTES - 4);

  private static final long NEVER = EventQueue.NEVER;
  private static final long NONE = -1;

  private final List<InterruptSource> sources;
  private final long[] bodies;
  private final long[] next;
  private final long[] pendingSince;
  private final List<Activity> during;
  private final long[] left;

  private InterruptListener listener = InterruptListener.none();
  private Supplier<Activity> activity = Activity.Asleep::new;
  private boolean held;
  private long nextCycle = NEVER;

  // of the core that is interrupted
  private @Nullable CoreSystem system;
  private EventQueue.@Nullable Event request;

  /**
   * How far each line is, at an instant at which no handler runs. Opaque.
   *
   * @param next when each requests next
   * @param pendingSince when each requested what is not served yet
   * @param during what the core did then
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record State(long[] next, long[] pendingSince, List<Activity> during) {}

  /**
   * Lines that request nothing until {@link #start}.
   *
   * @param sources at most 32, each of at least the cycles of an entry and a return
   */
  public InterruptLines(List<InterruptSource> sources, CycleModel model) {
    if (sources.size() > ExceptionNumber.IRQS) {
      throw new IllegalArgumentException("interrupts are 0 to 31: " + sources.size());
    }
    this.sources = List.copyOf(sources);
    int lines = sources.size();
    bodies = new long[lines];
    for (int line = 0; line < lines; line++) {
      InterruptSource source = sources.get(line);
      bodies[line] = source.cycles() - model.shortestInterrupt();
      if (bodies[line] < 0) {
        throw new IllegalArgumentException(
            source + ": entry and return take longer than the interrupt");
      }
    }
    next = new long[lines];
    pendingSince = new long[lines];
    left = new long[lines];
    during = new ArrayList<>(java.util.Collections.nCopies(lines, new Activity.Asleep()));
    stop();
  }

  /** Tells whom to tell. */
  public void setListener(InterruptListener to) {
    listener = to;
  }

  /** Tells where to learn what the core is doing. */
  public void observe(Supplier<Activity> core) {
    activity = core;
  }

  /** Forgets what is pending, and requests nothing more. */
  public void stop() {
    Arrays.fill(next, NEVER);
    Arrays.fill(pendingSince, NONE);
    findNext();
  }

  /** Begins to request: the sources count from {@code cycle}. */
  public void start(long cycle) {
    for (int line = 0; line < next.length; line++) {
      next[line] = cycle + sources.get(line).at();
    }
    findNext();
  }

  /**
   * While held, no line requests anything, and what is pending waits. When let go, what would have
   * come in the meantime comes at once.
   */
  public void setHeld(boolean hold) {
    held = hold;
    findNext();
  }

  public boolean held() {
    return held;
  }

  /** Interrupts this core from now on, and no other. */
  @Override
  public void connect(CoreSystem core) {
    system = core;
    request = core.events().add(true, this::take);
    agree();
  }

  /** Makes the core's exceptions agree with the lines. No handler is active then. */
  public void agree() {
    ExceptionTable exceptions = Objects.requireNonNull(system).exceptions();
    for (int line = 0; line < next.length; line++) {
      int exception = ExceptionNumber.ofIrq(line);
      exceptions.setPriority(exception, sources.get(line).priority());
      exceptions.setEnabled(exception, !held);
      exceptions.deactivate(exception);
      if (pendingSince[line] == NONE) {
        exceptions.clearPending(exception);
      } else {
        exceptions.setPending(exception);
      }
    }
    findNext();
  }

  /** What to come back to. */
  public State state() {
    return new State(next.clone(), pendingSince.clone(), List.copyOf(during));
  }

  /** Comes back; {@link #agree} must follow. */
  public void restore(State state) {
    System.arraycopy(state.next, 0, next, 0, next.length);
    System.arraycopy(state.pendingSince, 0, pendingSince, 0, next.length);
    for (int line = 0; line < next.length; line++) {
      during.set(line, state.during.get(line));
    }
    findNext();
  }

  private void take() {
    int line = 0;
    while (next[line] != nextCycle) {
      line++;
    }
    if (pendingSince[line] == NONE) {
      pendingSince[line] = nextCycle;
      during.set(line, activity.get());
    } else {
      listener.missed(line);
    }
    next[line] += sources.get(line).every();
    findNext();
    Objects.requireNonNull(system).request(ExceptionNumber.ofIrq(line));
  }

  /** Whether the handler of {@code exception} is the host's. */
  public boolean serves(int exception) {
    return exception >= ExceptionNumber.IRQ0 && exception < ExceptionNumber.IRQ0 + next.length;
  }

  /**
   * The handler of {@code exception} begins now.
   *
   * @param tailChained whether right behind another
   * @param late whether in the place of another
   */
  public void begin(int exception, boolean tailChained, boolean late) {
    int line = exception - ExceptionNumber.IRQ0;
    long latency = Objects.requireNonNull(system).now() - pendingSince[line];
    listener.served(line, latency, during.get(line), tailChained, late);
    pendingSince[line] = NONE;
    left[line] = bodies[line];
  }

  /** Cycles that the handler of {@code exception} still has to run. */
  public long left(int exception) {
    return left[exception - ExceptionNumber.IRQ0];
  }

  /** The handler of {@code exception} ran. */
  public void spend(int exception, long cycles) {
    left[exception - ExceptionNumber.IRQ0] -= cycles;
  }

  private void findNext() {
    nextCycle = held ? NEVER : Arrays.stream(next).min().orElse(NEVER);
    if (request != null) {
      request.at(nextCycle);
    }
  }
}
