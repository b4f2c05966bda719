package io.defragsim.emulator.exec;

import io.defragsim.emulator.board.Board;
import io.defragsim.emulator.board.Ledger;
import io.defragsim.emulator.board.LiveBoard;
import io.defragsim.emulator.board.UnexplainedPoll;
import io.defragsim.emulator.calls.CallWatch;
import io.defragsim.emulator.fast.FastCode;
import io.defragsim.emulator.fast.FastCore;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.interpreter.FaultPolicy;
import io.defragsim.emulator.interpreter.Interpreter;
import io.defragsim.emulator.interpreter.StepListener;
import io.defragsim.emulator.interpreter.StepResult;
import io.defragsim.emulator.interpreter.Watcher;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.Budget;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.EventQueue;
import io.defragsim.emulator.system.ExceptionNumber;
import io.defragsim.emulator.system.FurtherMemories;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.Memory;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.system.Nowhere;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of a {@link Program}, from reset to its end. Deterministic; belongs to one thread.
 *
 * <p>A fault is taken by the program's own HardFault handler, or ends the run if it has none. A
 * reset that the program asks for is done; SRAM stays as it is. Exceptions and their handlers run
 * as on the part; what requests them from outside of the core is the program's board, if it has
 * one.
 */
public final class Execution {
  /** In place of how often a block begins before it is translated: nothing runs at speed. */
  public static final int STEP_BY_STEP = -1;

  private final Program program;
  private final long mostOutput;
  private final FirmwareImage image;
  private final Interpreter interpreter;
  private final MappedMemory memory;
  private final int translateAfter;
  private final Ledger ledger = new Ledger();
  private final @Nullable LiveBoard board;
  private final Console console;
  private @Nullable FastCore fast;
  private final Semihosting semihosting;
  private final List<StepListener> listeners = new ArrayList<>();
  private final List<ExecutionResult.TakenFault> faults = new ArrayList<>();
  private final List<Correspondent> correspondents = new ArrayList<>();

  private boolean begun;
  private long instructions;
  private long asleep;
  private long sent;
  private long resets;
  private long faultCount;
  private long returns;
  private long tailChains;
  private long lateArrivals;
  private int lastPc;

  /**
   * A run that has not begun.
   *
   * @param mostOutput bytes that the program may print
   */
  public Execution(Program program, Console console, long mostOutput) {
    this(program, console, mostOutput, FastCode.WORTH_TRANSLATING);
  }

  /**
   * The same, with the usual checks of its board.
   *
   * @param translateAfter how often a block begins before it is translated; {@link #STEP_BY_STEP}
   *     for a run that is interpreted one instruction at a time
   */
  public Execution(Program program, Console console, long mostOutput, int translateAfter) {
    this(program, console, mostOutput, translateAfter, Board.Checks.USUAL);
  }

  /**
   * The same.
   *
   * @param checks how strictly it looks at the program's board
   */
  public Execution(
      Program program, Console console, long mostOutput, int translateAfter, Board.Checks checks) {
    this.program = program;
    this.console = console;
    this.mostOutput = mostOutput;
    this.translateAfter = translateAfter;
    image = program.image();
    MemoryMap map = program.map();
    Board around = program.board();
    board = around == null ? null : new LiveBoard(around, checks, program.part().clockHz(), ledger);
    Memory nowhere = new Nowhere(map, noPeripheral(around));
    FurtherMemories further =
        new FurtherMemories(
            map, program.freshAreas(), board == null ? nowhere : board.memory(nowhere));
    memory = new MappedMemory(map, program.flash(), program.freshSram(), further);
    interpreter =
        new Interpreter(
            memory,
            program.part().core(),
            program.part().timing(),
            FaultPolicy.TAKE_IF_HANDLED,
            image::locate,
            system -> system.setVectorsAtReset((int) program.layout().vectors()));
    interpreter.system().onTimeRead(ledger::meetTime);
    if (board != null) {
      board.connect(
          interpreter.system(), () -> interpreter.before().pc(), () -> asleep, memory, further);
      board.serial().onOutput(this::sent);
    }
    semihosting =
        new Semihosting(
            memory,
            program.layout().vectors(),
            console,
            image.name(),
            program.part().clockHz(),
            mostOutput);
  }

  private static String noPeripheral(@Nullable Board board) {
    return board == null
        ? "there are no peripherals on a bare core; --mcu brings those of a part that has a board,"
            + " and --board names a file that says what is there"
        : "no peripheral of the board "
            + board.name()
            + " is there; a line in \"peripherals\" of a board file makes one that remembers";
  }

  /** How many instructions ran at speed. */
  public long fast() {
    return fast == null ? 0 : fast.instructions();
  }

  /** Lets {@code intervals} measure this run. */
  public Execution measure(Intervals intervals) {
    intervals.restOn(ledger);
    return listen(intervals.listener());
  }

  /**
   * Lets {@code correspondent} have the other end of the serial line.
   *
   * @throws IllegalStateException if the program has no board
   */
  public Execution correspond(Correspondent correspondent) {
    if (board == null) {
      throw new IllegalStateException("there is no board with a serial line");
    }
    correspondents.add(correspondent);
    correspondent.connect(board, interpreter.system(), program.part().clockHz());
    return this;
  }

  /** What the run rests on, null if the program has no board. */
  public @Nullable Ledger ledger() {
    return board == null ? null : ledger;
  }

  /** Lets {@code profiler} watch this run. */
  public Execution profile(Profiler profiler) {
    return listen(profiler.listener());
  }

  /** Lets {@code watch} watch calls in this run. */
  public Execution watch(CallWatch watch) {
    return listen(watch.steps(memory, ledger));
  }

  private @Nullable FastCore atSpeed() {
    if (translateAfter == STEP_BY_STEP) {
      return null;
    }
    return new FastCore(
        interpreter,
        memory,
        new FastCode(
            program.map(),
            memory.flash(),
            program.part().timing(),
            translateAfter,
            false,
            Watcher.all(listeners)));
  }

  /** Tells {@code listener} of every step. */
  Execution listen(StepListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Runs to the end, once.
   *
   * @param cycleBudget the most cycles that the run may take; checked before each instruction
   */
  public ExecutionResult run(long cycleBudget) {
    if (begun) {
      throw new IllegalStateException("an execution runs once");
    }
    begun = true;
    fast = atSpeed();
    reset();
    listeners.forEach(listener -> listener.began(interpreter.core()));
    Budget budget = new Budget(interpreter.system());
    budget.endAt(cycleBudget == Long.MAX_VALUE ? EventQueue.NEVER : cycleBudget + 1);
    Ending ending = null;
    while (ending == null) {
      if (budget.isSpent()) {
        ending =
            new Ending.BudgetExhausted(
                image.locate(pc(interpreter.core())), cycleBudget, inHardFault());
      } else if (interpreter.system().stopRequested()) {
        ending = stopped();
      } else {
        if (fast != null) {
          fast.run();
        }
        ending = interpreter.system().stopRequested() ? null : step();
      }
    }
    return new ExecutionResult(
        ending,
        instructions + (fast == null ? 0 : fast.instructions()),
        interpreter.cycles(),
        asleep,
        resets,
        faults,
        faultCount,
        returns,
        tailChains,
        lateArrivals,
        semihosting.refused(),
        semihosting.refusedMore(),
        sent,
        notes());
  }

  private void reset() {
    interpreter.reset();
    if (board != null) {
      board.reset();
    }
  }

  /** How the run ends that something beside the program asked to stop. */
  private Ending stopped() {
    Location at = image.locate(pc(interpreter.core()));
    UnexplainedPoll poll = board == null ? null : board.unexplained();
    if (poll != null) {
      return new Ending.Unexplained(poll, image.locate(poll.pc()), inHardFault());
    }
    for (Correspondent correspondent : correspondents) {
      Ending ending = correspondent.ending();
      if (ending != null) {
        return ending;
      }
      if (correspondent.hasEnded()) {
        return new Ending.InputEnded(at, inHardFault());
      }
    }
    return new Ending.PrintedTooMuch(at, mostOutput, inHardFault());
  }

  /** The program has sent a byte on the serial line. */
  private void sent(int value) {
    if (sent == mostOutput) {
      interpreter.system().requestStop();
    } else {
      sent++;
      console.sent(value);
    }
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (semihosting.inputMissing()) {
      notes.add("the program read its input, and stdin gave none");
    }
    for (String register : interpreter.system().space().ignored()) {
      notes.add(
          "the program wrote "
              + register
              + ": a "
              + program.part().core().title()
              + (register.equals("VTOR")
                  ? " does not have it, and its vectors stay where they were; --core cortex-m0plus"
                      + " does"
                  : " does not have it here, and the write did nothing"));
    }
    return notes;
  }

  private @Nullable Ending step() {
    CoreState core = interpreter.core();
    int pc = core.pc();
    long cycle = interpreter.cycles();
    ledger.beginStep();
    StepResult result = interpreter.step();
    Ending ending = null;
    if (result instanceof StepResult.Retired retired) {
      instructions++;
      lastPc = pc;
      if (core.pc() == pc && retired.instruction().form() == Form.B && nothingCanCome()) {
        ending = new Ending.LoopsForever(image.locate(pc(core)), inHardFault());
      }
    } else {
      ending = settle(result, pc, cycle);
    }
    for (int i = 0; i < listeners.size(); i++) { // of each step: no iterator
      listeners.get(i).stepped(pc, cycle, result, core);
    }
    return ending;
  }

  /** Does what a step leaves to the host. */
  private @Nullable Ending settle(StepResult result, int pc, long cycle) {
    if (result instanceof StepResult.Breakpoint breakpoint) {
      return breakpoint(breakpoint.immediate(), pc);
    } else if (result instanceof StepResult.Entered entered) {
      Fault cause = entered.cause();
      tailChains += entered.tailChained() ? 1 : 0;
      lateArrivals += entered.late() ? 1 : 0;
      if (entered.isEstimate()) {
        ledger.countException();
      }
      ledger.meetTime();
      if (cause != null) {
        faultCount++;
        if (faults.size() < ExecutionResult.MOST_FAULTS) {
          faults.add(new ExecutionResult.TakenFault(cause, cycle));
        }
      }
    } else if (result instanceof StepResult.Returned) {
      returns++;
      ledger.countException();
    } else if (result instanceof StepResult.Slept slept) {
      asleep += slept.cycles();
      if (board != null) {
        board.slept();
      }
      ledger.meetTime();
    } else if (result instanceof StepResult.Asleep) {
      return faulted(
          Fault.Kind.SLEEP_FOREVER,
          lastPc,
          null,
          "asleep, and nothing will ever wake the core"
              + (board == null || !correspondents.isEmpty()
                  ? ""
                  : ": nothing on the board has anything to do, and nobody types (--console,"
                      + " --script)"));
    } else if (result instanceof StepResult.Faulted faulted) {
      return new Ending.Faulted(faulted.fault(), false);
    } else if (result instanceof StepResult.LockedUp locked) {
      return new Ending.Faulted(locked.fault(), true);
    } else if (result instanceof StepResult.ResetRequested) {
      if (resets == ExecutionResult.MOST_RESETS) {
        return new Ending.KeepsResetting(
            image.locate(pc(interpreter.core())), resets, inHardFault());
      }
      resets++;
      reset();
    }
    return null;
  }

  private @Nullable Ending breakpoint(int immediate, int pc) {
    CoreState core = interpreter.core();
    if (immediate != Semihosting.IMMEDIATE) {
      return new Ending.Parked(immediate, image.locate(pc(core)), inHardFault());
    }
    try {
      Ending exited = semihosting.serve(core, interpreter.cycles());
      if (semihosting.full()) {
        return new Ending.PrintedTooMuch(image.locate(pc(core)), mostOutput, inHardFault());
      }
      instructions++;
      core.setPc(pc + Form.BKPT.bytes());
      return exited;
    } catch (AccessFault e) {
      return faulted(e.kind(), pc, e.address(), "in a semihosting call: " + e.detail());
    }
  }

  private Ending faulted(Fault.Kind kind, int at, @Nullable Long accessAddress, String detail) {
    return new Ending.Faulted(
        new Fault(
            kind,
            image.locate(Integer.toUnsignedLong(at)),
            detail,
            accessAddress,
            interpreter.core().registers()),
        false);
  }

  /** Whether neither the timer nor an exception that is pending can end a loop. */
  private boolean nothingCanCome() {
    var system = interpreter.system();
    return system.cyclesToRequest() == Long.MAX_VALUE
        && !system.resetRequested()
        && system.exceptions().due(interpreter.core().primask()) == 0;
  }

  private boolean inHardFault() {
    return interpreter.system().exceptions().isActive(ExceptionNumber.HARD_FAULT);
  }

  private static long pc(CoreState core) {
    return Integer.toUnsignedLong(core.pc());
  }
}
