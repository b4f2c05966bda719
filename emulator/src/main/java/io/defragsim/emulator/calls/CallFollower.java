package io.defragsim.emulator.calls;

import io.defragsim.emulator.calls.FunctionMap.Function;
import io.defragsim.emulator.calls.FunctionMap.Range;
import io.defragsim.emulator.interpreter.StepResult;
import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.ExceptionFlow;
import io.defragsim.emulator.system.MemoryMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Follows a program's calls and returns, handlers and threads.
 *
 * <p>The function of an instruction is the one whose symbol covers it. A call is BL or BLX, other
 * than a BL into the middle of its own function. It is over when control is back at its return
 * address with SP as it was; calls inside it that never came back (longjmp) are over then too. A
 * branch into another function is a tail call: the one replaces the other. Handlers of exceptions
 * are the bottom of a stack of their own. One that returns with another stack than it interrupted
 * has switched threads; each thread keeps its frames.
 *
 * @param <A> what its user makes of a function that runs
 */
public final class CallFollower<A> {
  /** Frames kept of one thread; calls deeper than that are not followed back one by one. */
  static final int MOST_FRAMES = 10_000;

  /** Threads whose frames are kept, and how many frames of all that do not run. */
  private static final int MOST_THREADS = 1000;

  private static final int MOST_KEPT = 200_000;

  /** Calls that a longjmp may end at once. */
  private static final int MOST_UNWOUND = 1000;

  /** What is made of it. */
  public interface Activations<A> {

    /** A function begins as the bottom of a stack: of a program, a thread or a handler. */
    A begun(Function function);

    /** A function is called. */
    A called(A caller, Function callee);

    /** Another function runs in the place of one. */
    A replaced(A function, Function successor);

    /** Something could not be told apart: too deep, or too many threads. */
    void cut();

    /**
     * Calls are over; their caller goes on.
     *
     * @param depth how many frames are left
     * @param cameBack whether the lowest call that is over has come back; else it was left, as are
     *     those above it in any case
     */
    default void over(int depth, boolean cameBack) {}

    /**
     * A handler is over, or a thread will never run again.
     *
     * @param thread as {@link CallFollower#thread} gives it
     */
    default void ended(int thread) {}
  }

  private final FunctionMap functions;
  private final MemoryMap map;
  private final Activations<A> activations;

  private final Deque<CallStack<A>> interrupted = new ArrayDeque<>();
  private final Map<Integer, CallStack<A>> switchedOff = new HashMap<>(); // by frame
  private int kept; // frames of those
  private int threads; // met so far
  private CallStack<A> stack = new CallStack<>(threads++);
  private Range range; // around where it stands
  private Function function; // that of the current activation
  private @Nullable A current; // null until something runs

  /** Frames that stand on one stack. */
  private static final class CallStack<A> {
    final int thread;
    final List<Frame<A>> frames = new ArrayList<>();
    int frame; // the address of what was stacked when it was interrupted
    @Nullable A current; // these two while it does not run
    @Nullable Function function;

    CallStack(int thread) {
      this.thread = thread;
    }
  }

  /**
   * What waits for a call to come back.
   *
   * @param function that of the caller
   * @param returnAddress canonical
   * @param sp at the call
   */
  private record Frame<A>(A caller, Function function, int returnAddress, int sp) {}

  /** For one run of a program from its reset on. */
  public CallFollower(FunctionMap functions, MemoryMap map, Activations<A> activations) {
    this.functions = functions;
    this.map = map;
    this.activations = activations;
    range = functions.at(0);
    function = range.function();
  }

  /** What runs: what begins at {@code pc}, if nothing has run before. */
  public A current(int pc) {
    if (current == null) {
      start(map.canonical(pc));
    }
    return Objects.requireNonNull(current);
  }

  /** Which stack is in use, by the numbers of {@link WatchedCall#thread}. */
  public int thread() {
    return stack.thread;
  }

  /** How many calls wait on this stack to come back. */
  public int depth() {
    return stack.frames.size();
  }

  /** Where a call comes back, canonical; 0 is the first of this stack. */
  public int returnAddress(int frame) {
    return stack.frames.get(frame).returnAddress;
  }

  /** Whether both addresses may be in one stretch, as a {@code Watcher} says it. */
  public boolean together(int address, int other) {
    return functions.at(map.canonical(address)).holds(map.canonical(other));
  }

  /** A function begins that the host calls, or a reset; what has run is forgotten. */
  public void restart(int pc) {
    forget();
    start(map.canonical(pc));
  }

  /** Nothing has run. */
  public void forget() {
    interrupted.clear();
    switchedOff.clear();
    kept = 0;
    threads = 0;
    stack = new CallStack<>(threads++);
    current = null;
  }

  /** A step was done, from {@code pc}. */
  public void stepped(int pc, StepResult result, CoreState after) {
    current(pc);
    if (result instanceof StepResult.Retired retired) {
      Instruction instruction = retired.instruction();
      ran(pc, instruction.form().flow(), after.pc(), after.sp(), pc + instruction.bytes());
    } else if (result instanceof StepResult.Entered entered) {
      enter(entered, after);
    } else if (result instanceof StepResult.Returned) {
      activations.ended(stack.thread);
      resume(after);
    } else if (result instanceof StepResult.ResetRequested) {
      restart(after.pc());
    } else if (!(result instanceof StepResult.Slept)) {
      arrive(rangeAt(map.canonical(after.pc())));
    }
  }

  /**
   * An instruction of a call by the host was carried out. Where control is back outside of memory,
   * it was the last.
   */
  public void retired(int at, Instruction instruction, CoreState after) {
    boolean goesOn = map.isMemory(Integer.toUnsignedLong(after.pc()));
    ran(
        at,
        goesOn ? instruction.form().flow() : Flow.NEXT,
        goesOn ? after.pc() : at,
        after.sp(),
        at + instruction.bytes());
  }

  /**
   * Instructions of one function have run.
   *
   * @param flow how the last went on
   * @param back where a call comes back
   */
  public void ran(int from, Flow flow, int pc, int sp, int back) {
    A running = current(from);
    int now = map.canonical(pc);
    Range to = rangeAt(now);
    boolean calls = flow == Flow.COMPUTED_CALL || (flow == Flow.CALL && !isFarJump(to, now));
    if (calls) {
      call(running, map.canonical(back), to, sp);
    } else {
      if (flow == Flow.COMPUTED_BRANCH) {
        comeBack(to, now, sp);
      }
      arrive(to);
    }
  }

  private Range rangeAt(int address) {
    return range.holds(address) ? range : functions.at(address);
  }

  /** Whether a BL is no call. Compilers jump so within a function where B does not reach. */
  private boolean isFarJump(Range to, int now) {
    return to.function().equals(range.function())
        && !to.begins(now)
        && !functions.hidesFunctions(to);
  }

  /** The bottom frame of a thread. */
  private void start(int now) {
    range = functions.at(now);
    function = range.function();
    current = activations.begun(function);
  }

  private void call(A caller, int returnAddress, Range to, int sp) {
    if (stack.frames.size() < MOST_FRAMES) {
      stack.frames.add(new Frame<>(caller, function, returnAddress, sp));
    } else {
      activations.cut();
    }
    range = to;
    function = range.function();
    current = activations.called(caller, function);
  }

  /**
   * If a branch ends a call, its caller runs again. Inside a function it ends none but the last.
   */
  private void comeBack(Range to, int now, int sp) {
    List<Frame<A>> frames = stack.frames;
    int top = frames.size() - 1;
    int lowest = Math.max(0, top - MOST_UNWOUND);
    int least = range.holds(now) && !functions.hidesFunctions(range) ? top : lowest;
    for (int i = top; i >= least && i >= 0; i--) {
      Frame<A> frame = frames.get(i);
      if (frame.sp == sp && frame.returnAddress == now) {
        popTo(i, true);
        return;
      }
    }
    Function target = to.function();
    if (target.equals(range.function()) || to.begins(now)) {
      return;
    }
    // A helper that returns to elsewhere in its caller, as those for switch statements do; or a
    // longjmp, which goes past what called it.
    for (int i = top; i >= lowest; i--) {
      Frame<A> frame = frames.get(i);
      if (frame.sp == sp && frame.function.equals(target)) {
        popTo(i, i == top);
        return;
      }
    }
  }

  private void popTo(int index, boolean cameBack) {
    Frame<A> frame = stack.frames.get(index);
    current = frame.caller;
    function = frame.function;
    stack.frames.subList(index, stack.frames.size()).clear();
    activations.over(index, cameBack);
  }

  /** Control is in {@code to}, in the current activation unless that is another function. */
  private void arrive(Range to) {
    range = to;
    if (!range.function().equals(function)) {
      function = range.function();
      current = activations.replaced(Objects.requireNonNull(current), function);
    }
  }

  private void enter(StepResult.Entered entered, CoreState after) {
    if (entered.tailChained()) {
      activations.ended(stack.thread);
    } else {
      boolean process = after.lr() == ExceptionFlow.RETURN_TO_THREAD_PROCESS;
      stack.frame = process ? after.psp() : after.msp();
      stack.current = current;
      stack.function = function;
      interrupted.push(stack);
    }
    stack = new CallStack<>(-entered.exception());
    start(map.canonical(after.pc()));
  }

  private void switchOff(CallStack<A> other) {
    if (switchedOff.size() < MOST_THREADS && kept + other.frames.size() <= MOST_KEPT) {
      CallStack<A> gone = switchedOff.put(other.frame, other);
      kept += other.frames.size();
      if (gone != null) {
        kept -= gone.frames.size();
        activations.ended(gone.thread);
      }
    } else {
      activations.cut();
    }
  }

  /** A handler has returned: to what was interrupted, or to another thread. */
  private void resume(CoreState after) {
    int frame = ExceptionFlow.frameBelow(after.sp());
    CallStack<A> next = interrupted.poll();
    if (next != null && next.frame != frame) {
      switchOff(next);
      next = switchedOff.remove(frame);
      kept -= next == null ? 0 : next.frames.size();
    }
    int now = map.canonical(after.pc());
    if (next == null) {
      stack = new CallStack<>(threads++);
      start(now);
    } else {
      stack = next;
      current = next.current;
      function = Objects.requireNonNull(next.function);
      arrive(functions.at(now));
    }
  }
}
