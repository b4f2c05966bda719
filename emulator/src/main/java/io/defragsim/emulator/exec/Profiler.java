package io.defragsim.emulator.exec;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.exec.FunctionMap.Function;
import io.defragsim.emulator.exec.FunctionMap.Range;
import io.defragsim.emulator.interpreter.InstructionListener;
import io.defragsim.emulator.interpreter.StepResult;
import io.defragsim.emulator.interpreter.Watcher;
import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.ExceptionFlow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Follows calls and returns and gives every cycle to a function in its calling context.
 *
 * <p>The function of an instruction is the one whose symbol covers it, so exclusive cycles do not
 * depend on how the program calls. A call is BL or BLX, other than a BL into the middle of its own
 * function. It is over when control is back at its return address with SP as it was; calls inside
 * it that never came back (longjmp) are over then too. A branch into another function is a tail
 * call: the one replaces the other. Handlers of exceptions are the bottom of a stack of their own.
 * One that returns with another stack than it interrupted has switched threads; each thread keeps
 * its frames.
 */
public final class Profiler {
  /** Frames kept of one thread; calls deeper than that are not followed back one by one. */
  private static final int MOST_FRAMES = 10_000;

  /** Threads whose frames are kept, and how many frames of all that do not run. */
  private static final int MOST_THREADS = 1000;

  private static final int MOST_KEPT = 200_000;

  /** Calls that a longjmp may end at once. */
  private static final int MOST_UNWOUND = 1000;

  /** What stands for sleep. */
  public static final String ASLEEP = "(asleep)";

  /** What stands for interrupts whose handlers are the host's. */
  public static final String INTERRUPTS = "(interrupts)";

  private final Program program;
  private final FunctionMap functions;
  private final CallTree tree = new CallTree();

  private final Deque<CallStack> interrupted = new ArrayDeque<>();
  private final Map<Integer, CallStack> switchedOff = new HashMap<>(); // by frame
  private int kept; // frames of those
  private CallStack thread = new CallStack();
  private Range range;
  private CallTree.Node node;

  /** Frames that stand on one stack. */
  private static final class CallStack {
    final List<Frame> frames = new ArrayList<>();
    int frame; // the address of what was stacked when it was interrupted
    CallTree.@Nullable Node node; // null while it runs
  }

  /**
   * What waits for a call to come back.
   *
   * @param caller the node at the call
   * @param returnAddress canonical
   * @param sp at the call
   */
  private record Frame(CallTree.Node caller, int returnAddress, int sp) {}

  /** For one execution of {@code program}. */
  public Profiler(Program program) {
    this.program = program;
    functions = new FunctionMap(program);
    range = functions.at(0);
    node = tree.root();
  }

  /** What was seen so far. */
  public Profile profile() {
    return tree.profile();
  }

  /** What hears of an execution. */
  StepListener listener() {
    return new Steps();
  }

  /**
   * What hears of a strict {@link Mcu}. Each function that is called from outside is the bottom of
   * a stack, and so is what runs from reset to the park; interrupts are one more, {@value
   * #INTERRUPTS}.
   */
  public InstructionListener calls() {
    return new Calls();
  }

  /** Stretches in which neither the function nor the stack of calls changes, but for their ends. */
  private class Stretches implements Watcher {
    @Override
    public boolean stopsAt(int address, Instruction instruction) {
      return false;
    }

    @Override
    public boolean together(int address, int other) {
      return functions.at(program.canonical(address)).holds(program.canonical(other));
    }

    @Override
    public void ran(int from, long cycles, Flow flow, int pc, int sp, int lr) {
      Profiler.this.ran(from, cycles, flow, pc, sp, lr & ~1);
    }
  }

  private final class Steps extends Stretches implements StepListener {
    @Override
    public void stepped(int pc, long cycle, StepResult result, CoreState after) {
      Profiler.this.stepped(pc, result, after);
    }
  }

  private final class Calls extends Stretches implements InstructionListener {
    @Override
    public void called(long function, List<Integer> arguments) {
      thread = new CallStack();
      start(program.canonical((int) function));
    }

    @Override
    public void retired(long address, Instruction instruction, long cycles, CoreState after) {
      // Where control is back outside, this was the last instruction.
      boolean goesOn = program.isMemory(Integer.toUnsignedLong(after.pc()));
      int at = (int) address;
      Profiler.this.ran(
          at,
          cycles,
          goesOn ? instruction.form().flow() : Flow.NEXT,
          goesOn ? after.pc() : at,
          after.sp(),
          at + instruction.bytes());
    }

    @Override
    public void interrupted(boolean entry, long cycles) {
      CallTree.Node interrupts = tree.root().child(new Function(INTERRUPTS, 0));
      interrupts.add(cycles);
      if (entry) {
        interrupts.called();
      }
    }
  }

  /** Counts time in which nothing ran, for who lets it pass outside of the program. */
  public void slept(long cycles) {
    if (cycles > 0) {
      tree.root().child(new Function(ASLEEP, 0)).add(cycles);
    }
  }

  private void stepped(int pc, StepResult result, CoreState after) {
    if (node == tree.root()) {
      start(program.canonical(pc));
    }
    if (result instanceof StepResult.Retired retired) {
      Instruction instruction = retired.instruction();
      Flow flow = instruction.form().flow();
      ran(pc, retired.cycles(), flow, after.pc(), after.sp(), pc + instruction.bytes());
    } else if (result instanceof StepResult.Entered entered) {
      enter(entered, after);
    } else if (result instanceof StepResult.Returned returned) {
      node.add(returned.cycles());
      resume(after);
    } else if (result instanceof StepResult.Slept slept) {
      node.child(new Function(ASLEEP, 0)).add(slept.cycles());
    } else if (result instanceof StepResult.ResetRequested) {
      interrupted.clear();
      switchedOff.clear();
      kept = 0;
      thread = new CallStack();
      start(program.canonical(after.pc()));
    } else {
      node.add(result.cycles());
      int now = program.canonical(after.pc());
      if (!range.holds(now)) {
        move(now);
      }
    }
  }

  /**
   * Instructions of one function have run.
   *
   * @param back where a call comes back
   */
  private void ran(int from, long cycles, Flow flow, int pc, int sp, int back) {
    if (node == tree.root()) {
      start(program.canonical(from));
    }
    node.add(cycles);
    int now = program.canonical(pc);
    if (flow == Flow.CALL
        && range.function().equals(functions.at(now).function())
        && !isEntry(now)) {
      // Compilers jump with BL where B does not reach.
      arrive(now);
    } else if (flow == Flow.CALL || flow == Flow.COMPUTED_CALL) {
      call(program.canonical(back), now, sp);
    } else if (flow == Flow.COMPUTED_BRANCH && comesBack(now, sp)) {
      arrive(now);
    } else if (!range.holds(now)) {
      move(now);
    }
  }

  /** The bottom frame of a thread. */
  private void start(int now) {
    range = functions.at(now);
    node = tree.root().child(range.function());
    node.called();
  }

  private void call(int returnAddress, int now, int sp) {
    if (thread.frames.size() < MOST_FRAMES) {
      thread.frames.add(new Frame(node, returnAddress, sp));
    } else {
      tree.cut();
    }
    range = functions.at(now);
    node = node.child(range.function());
    node.called();
  }

  /**
   * Whether a branch ends a call; if so, {@link #node} is the caller again. A branch inside a
   * function ends none but the last one.
   */
  private boolean comesBack(int now, int sp) {
    List<Frame> frames = thread.frames;
    int top = frames.size() - 1;
    int lowest = Math.max(0, top - MOST_UNWOUND);
    int least = range.holds(now) ? top : lowest;
    for (int i = top; i >= least && i >= 0; i--) {
      Frame frame = frames.get(i);
      if (frame.sp == sp && frame.returnAddress == now) {
        return popTo(i);
      }
    }
    Function target = functions.at(now).function();
    if (target.equals(range.function()) || isEntry(now)) {
      return false;
    }
    // A helper that returns to elsewhere in its caller, as those for switch statements do.
    for (int i = top; i >= lowest; i--) {
      Frame frame = frames.get(i);
      if (frame.sp == sp && frame.caller.function.equals(target)) {
        return popTo(i);
      }
    }
    return false;
  }

  private boolean isEntry(int address) {
    return functions.at(address).function().address() == Integer.toUnsignedLong(address);
  }

  private boolean popTo(int index) {
    node = thread.frames.get(index).caller;
    thread.frames.subList(index, thread.frames.size()).clear();
    return true;
  }

  /** Control is at {@code now} in {@link #node}, unless that is another function. */
  private void arrive(int now) {
    range = functions.at(now);
    if (!range.function().equals(node.function)) {
      move(now);
    }
  }

  /** Into another function without a call, or into another part of this one. */
  private void move(int now) {
    range = functions.at(now);
    if (!range.function().equals(node.function)) {
      node = node.instead(range.function());
      node.called();
    }
  }

  private void enter(StepResult.Entered entered, CoreState after) {
    if (!entered.tailChained()) {
      boolean process = after.lr() == ExceptionFlow.RETURN_TO_THREAD_PROCESS;
      thread.frame = process ? after.psp() : after.msp();
      thread.node = node;
      interrupted.push(thread);
    }
    thread = new CallStack();
    start(program.canonical(after.pc()));
    node.add(entered.cycles());
  }

  private void switchOff(CallStack stack) {
    if (switchedOff.size() < MOST_THREADS && kept + stack.frames.size() <= MOST_KEPT) {
      CallStack other = switchedOff.put(stack.frame, stack);
      kept += stack.frames.size() - (other == null ? 0 : other.frames.size());
    } else {
      tree.cut();
    }
  }

  /** A handler has returned: to what was interrupted, or to another thread. */
  private void resume(CoreState after) {
    int frame = ExceptionFlow.frameBelow(after.sp());
    CallStack next = interrupted.poll();
    if (next != null && next.frame != frame) {
      switchOff(next);
      next = switchedOff.remove(frame);
      kept -= next == null ? 0 : next.frames.size();
    }
    int now = program.canonical(after.pc());
    if (next == null || next.node == null) {
      thread = new CallStack();
      start(now);
    } else {
      thread = next;
      node = next.node;
      arrive(now);
    }
  }
}
