package io.defragsim.emulator.calls;

import io.defragsim.emulator.board.Ledger;
import io.defragsim.emulator.calls.FunctionMap.Function;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.interpreter.InstructionListener;
import io.defragsim.emulator.interpreter.Interpreter;
import io.defragsim.emulator.interpreter.StepListener;
import io.defragsim.emulator.interpreter.StepResult;
import io.defragsim.emulator.interpreter.Watcher;
import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.MemoryMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Watches the calls of some functions in one run of a program. It adds no cycle, and the program
 * runs at speed.
 *
 * <p>A function is entered when control comes to its first instruction from elsewhere: by a call,
 * also of itself, by a branch from another function, by an exception, or as a thread's first. A
 * branch to there from within it is a loop. A call has returned when control is back at its return
 * address with SP as it was at its entry, or when the call in whose place it runs has come back. It
 * is left by what goes past it: a longjmp, a reset.
 *
 * <p>Its cycles are those of the instructions that its own thread carried out in it, with what it
 * called. What exceptions took, sleep and other threads are not in them.
 */
public final class CallWatch {
  /** Frames that are told of what called a function. */
  public static final int MOST_STACK = 64;

  /** Calls that may be open at once; those beyond are not told of. */
  public static final int MOST_OPEN = 10_000;

  private final MemoryMap map;
  private final Map<Integer, Long> functions = new HashMap<>(); // by canonical address
  private final CallListener listener;
  private final CallFollower<Function> follower;
  private final Map<Integer, OpenCalls> elsewhere = new TreeMap<>(); // by other threads
  private final int[] stepped = new int[CoreState.LR + 1]; // registers after a step

  private OpenCalls here = new OpenCalls(0); // of the stack in use
  private int opened; // of all threads
  private boolean cut;
  private boolean arrived; // at a function, by what ran last
  private boolean atBottom; // of a stack
  private int[] registers = stepped; // R0 to R12, SP and LR after what ran last
  private long now;
  private @Nullable Ledger ledger;
  private CallListener.@Nullable Memory memory;

  /** The calls that are open on one stack. */
  private static final class OpenCalls {
    final int thread;
    final List<Open> calls = new ArrayList<>();
    long worked; // cycles of its instructions

    OpenCalls(int thread) {
      this.thread = thread;
    }

    @Nullable Open innermost() {
      return calls.isEmpty() ? null : calls.get(calls.size() - 1);
    }

    /** Where calls come back that end with a handler; 0 if there are none. */
    int handlerReturn() {
      return calls.stream()
          .mapToInt(each -> (int) each.call.returnAddress())
          .filter(address -> address >>> 28 == 0xF)
          .findFirst()
          .orElse(0);
    }
  }

  /**
   * A call that is not over.
   *
   * @param depth how many frames there were at its entry
   * @param worked what its thread had worked by then
   * @param mark the moment in the ledger
   */
  private record Open(WatchedCall call, int depth, long worked, long mark) {
    boolean comesBackTo(long address, int sp) {
      return call.returnAddress() == address && call.sp() == sp;
    }
  }

  /**
   * For one run of an image.
   *
   * @param map where memories are, as the part or the layout of the program says
   * @param functions addresses of functions, in either view of flash, with or without the Thumb
   *     bit; names of one address are one function
   */
  public CallWatch(FirmwareImage image, MemoryMap map, Set<Long> functions, CallListener listener) {
    this.map = map;
    this.listener = listener;
    functions.forEach(
        function -> {
          long address = function & 0xFFFF_FFFEL;
          this.functions.merge(map.canonical((int) address), address, Math::min);
        });
    FunctionMap all = new FunctionMap(image, map, this.functions.keySet());
    follower = new CallFollower<>(all, map, new Followed());
  }

  /** Those that are not over, in the order of their entries: when a run has ended, for good. */
  public List<WatchedCall> open() {
    List<WatchedCall> open = new ArrayList<>();
    here.calls.forEach(each -> open.add(each.call));
    elsewhere.values().forEach(other -> other.calls.forEach(each -> open.add(each.call)));
    open.sort(Comparator.comparingLong(WatchedCall::begin));
    return open;
  }

  /**
   * Whether there was too much to follow: calls open, frames of a thread, or threads. Then calls
   * may be missing, and others seem open for ever.
   */
  public boolean cut() {
    return cut;
  }

  /**
   * What hears of a whole program.
   *
   * @param of its memory
   * @param restsOn what says whether its cycles are estimates
   */
  public StepListener steps(MappedMemory of, Ledger restsOn) {
    memory = new QuietMemory(of);
    ledger = restsOn;
    return new Steps();
  }

  /**
   * What hears of a strict {@code Mcu}: of calls by the host, and of calls within them. Interrupts,
   * whose handlers are the host's, are in no cycles.
   */
  public InstructionListener calls() {
    return new Calls();
  }

  /** Where control comes to another function, and where calls end that never came back. */
  private final class Followed implements CallFollower.Activations<Function> {
    @Override
    public Function begun(Function function) {
      arrived = true;
      atBottom = true;
      return function;
    }

    @Override
    public Function called(Function caller, Function callee) {
      arrived = true;
      return callee;
    }

    @Override
    public Function replaced(Function function, Function successor) {
      arrived = true;
      return successor;
    }

    @Override
    public void cut() {
      cut = true;
    }

    @Override
    public void over(int depth, boolean cameBack) {
      Open last = here.innermost();
      while (last != null && last.depth > depth) {
        close(here, cameBack && last.depth == depth + 1);
        last = here.innermost();
      }
    }

    @Override
    public void ended(int thread) {
      OpenCalls of = thread == here.thread ? here : elsewhere.remove(thread);
      if (of != null) {
        leaveAll(of);
      }
    }
  }

  private class Stretches implements Watcher {
    @Override
    public boolean stopsAt(int address, Instruction instruction) {
      return false;
    }

    @Override
    public boolean together(int address, int other) {
      return follower.together(address, other);
    }

    @Override
    public void ran(int from, long cycles, Flow flow, int pc, int[] after) {
      registers = after;
      work(cycles, now + cycles);
      if (flow == Flow.COMPUTED_BRANCH) {
        comeBack(pc);
      }
      follower.ran(from, flow, pc, after[CoreState.SP], after[CoreState.LR] & ~1);
      arrive(pc);
    }
  }

  private final class Steps extends Stretches implements StepListener {
    @Override
    public void began(CoreState core) {
      see(core);
      follower.restart(core.pc());
      arrive(core.pc());
    }

    @Override
    public void stepped(int pc, long cycle, StepResult result, CoreState after) {
      see(after);
      if (result instanceof StepResult.Retired retired) {
        work(retired.cycles(), cycle + retired.cycles());
        if (retired.instruction().form().flow() == Flow.COMPUTED_BRANCH) {
          boolean ends = after.handlerMode() && after.pc() == pc; // registers are stacked still
          comeBack(ends ? here.handlerReturn() : after.pc());
        }
      } else {
        now = cycle + result.cycles();
        if (result instanceof StepResult.ResetRequested) {
          leaveAll();
        }
      }
      follower.stepped(pc, result, after);
      changeThread();
      arrive(after.pc());
    }
  }

  private final class Calls extends Stretches implements InstructionListener {
    private @Nullable Interpreter interpreter;

    @Override
    public void attached(Interpreter to, MappedMemory of) {
      interpreter = to;
      memory = new QuietMemory(of);
      now = to.cycles();
      leaveAll();
      follower.forget();
    }

    @Override
    public void called(long function, List<Integer> arguments) {
      leaveAll();
      Interpreter core = Objects.requireNonNull(interpreter);
      now = core.cycles();
      see(core.core());
      follower.restart((int) function);
      arrive((int) function);
    }

    @Override
    public void retired(long address, Instruction instruction, long cycles, CoreState after) {
      see(after);
      work(cycles, now + cycles);
      if (instruction.form().flow() == Flow.COMPUTED_BRANCH) {
        comeBack(after.pc());
      }
      follower.retired((int) address, instruction, after);
      arrive(after.pc());
    }

    @Override
    public void interrupted(boolean entry, long cycles) {
      now += cycles;
    }

    @Override
    public void slept(long cycles) {
      now += cycles;
    }
  }

  private void see(CoreState core) {
    core.getRegisters(stepped);
    registers = stepped;
  }

  private void work(long cycles, long until) {
    here.worked += cycles;
    now = until;
  }

  /** Control has come somewhere by what may be a return, also of calls that others replaced. */
  private void comeBack(int pc) {
    List<Open> open = here.calls;
    int sp = registers[CoreState.SP];
    long address = Integer.toUnsignedLong(map.canonical(pc));
    for (int i = open.size() - 1; i >= 0 && !isAbove(open.get(i), sp); i--) {
      if (open.get(i).comesBackTo(address, sp)) {
        while (open.size() > i + 1) {
          close(here, false);
        }
        close(here, true);
      }
    }
  }

  /** Whether a call's frame is further up on the stack than SP is. */
  private static boolean isAbove(Open open, int sp) {
    return Integer.compareUnsigned(open.call.sp(), sp) > 0;
  }

  /** Control has come to {@code pc}; {@link #arrived} says whether by way of a function's start. */
  private void arrive(int pc) {
    if (arrived) {
      Long function = functions.get(map.canonical(pc));
      if (function != null) {
        enter(function);
      }
      arrived = false;
      atBottom = false;
    }
  }

  private void enter(long function) {
    int sp = registers[CoreState.SP];
    Open outer = here.innermost();
    while (outer != null && !isAbove(outer, sp) && outer.call.sp() != sp) {
      close(here, false); // its frame is gone
      outer = here.innermost();
    }
    if (opened == MOST_OPEN) {
      cut = true;
      return;
    }
    int lr = registers[CoreState.LR];
    long back = Integer.toUnsignedLong(map.canonical(lr & ~1));
    WatchedCall call =
        new WatchedCall(
            function,
            List.of(registers[0], registers[1], registers[2], registers[3]),
            sp,
            back,
            here.thread,
            outer == null ? null : outer.call,
            now,
            stack(back, (lr & 1) != 0));
    opened++;
    long mark = ledger == null ? 0 : ledger.mark();
    here.calls.add(new Open(call, follower.depth(), here.worked, mark));
    listener.entered(call, memory());
  }

  /** What called a function that comes back to an address. */
  private List<Long> stack(long back, boolean thumb) {
    List<Long> stack = new ArrayList<>();
    int top = follower.depth() - 1;
    boolean known = top >= 0 && Integer.toUnsignedLong(follower.returnAddress(top)) == back;
    if (!known && !atBottom && thumb && map.isMemory(back)) {
      stack.add(back); // a call that was made by hand
    }
    for (int i = top; i >= 0 && stack.size() < MOST_STACK; i--) {
      stack.add(Integer.toUnsignedLong(follower.returnAddress(i)));
    }
    return stack;
  }

  /** The innermost call of a thread is over. */
  private void close(OpenCalls of, boolean cameBack) {
    Open over = of.calls.remove(of.calls.size() - 1);
    opened--;
    boolean estimate = ledger != null && !ledger.since(over.mark).isEmpty();
    if (cameBack) {
      listener.returned(over.call, registers[0], now, of.worked - over.worked, estimate, memory());
    } else {
      listener.left(over.call, now, estimate);
    }
  }

  private void leaveAll(OpenCalls of) {
    while (!of.calls.isEmpty()) {
      close(of, false);
    }
  }

  private void leaveAll() {
    leaveAll(here);
    elsewhere.values().forEach(this::leaveAll);
    elsewhere.clear();
    here = new OpenCalls(0);
  }

  private void changeThread() {
    int next = follower.thread();
    if (next != here.thread) {
      if (!here.calls.isEmpty()) {
        elsewhere.put(here.thread, here);
      }
      OpenCalls known = elsewhere.remove(next);
      here = known == null ? new OpenCalls(next) : known;
    }
  }

  private CallListener.Memory memory() {
    return Objects.requireNonNull(memory, "nothing runs yet");
  }
}
