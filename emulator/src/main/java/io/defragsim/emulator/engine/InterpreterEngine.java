package io.defragsim.emulator.engine;

import io.defragsim.emulator.fast.FastCode;
import io.defragsim.emulator.fast.FastCore;
import io.defragsim.emulator.interpreter.InstructionListener;
import io.defragsim.emulator.interpreter.Interpreter;
import io.defragsim.emulator.interpreter.StepResult;
import io.defragsim.emulator.interpreter.Watcher;
import io.defragsim.emulator.isa.CostClass;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.Budget;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.EventQueue;
import io.defragsim.emulator.system.ExceptionNumber;
import io.defragsim.emulator.system.InterruptLines;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.Memory;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The project's own engine: the interpreter, with the fast core for stretches of plain
 * instructions. It is exact in all. Every access is checked as the part does, budgets and the
 * watched word at every instruction, and registers are known at each. It has no trouble with code
 * in SRAM, rewritten or not. It never gives {@link Stop.Inexact} or {@link Stop.NeedsInterpreter}.
 *
 * <p>It can be disturbed by interrupts, which then also wake a sleeping core. Requests come at
 * cycles of its clock, which goes on from run to run. Where a call is over, nothing is taken any
 * more: what is due by then is taken before the first instruction of the next run.
 */
public final class InterpreterEngine implements Engine {
  /** Where a called function returns to, without the Thumb bit: the same as on the other engine. */
  static final long EXIT = new HostPage(0).exit();

  /** What a call starts with: Z and C, as a comparison of equals leaves them. */
  private static final int FLAGS_AT_CALL = 0x6000_0000;

  /** What a start begins with: Z. The architecture leaves it open. */
  private static final int FLAGS_AT_START = 0x4000_0000;

  /** BKPT: stands for the host's code at {@link #EXIT} and is never reached. */
  static final int EXIT_CODE = 0xBE00;

  private static final List<String> REGISTERS =
      IntStream.rangeClosed(0, 11).mapToObj(register -> "R" + register).toList();

  private final MemoryMap map;
  private final MappedMemory memory;
  private final @Nullable InterruptLines lines;
  private final Interpreter interpreter;
  private final Budget budget;
  private FastCore fast;
  private final Life life = new Life();
  private @Nullable Watch watch;

  private int callSp;
  private long startOfRun;
  private long interruptCycles;
  private @Nullable InstructionListener listener;

  /**
   * A factory of engines of a Cortex-M0 that share the flash.
   *
   * @param flash all of it; not copied, and must not change
   */
  public static EngineFactory factory(MemoryMap map, byte[] flash, CycleModel model) {
    int[] words = MappedMemory.words(flash);
    FastCode code = code(map, words, model, Watcher.NONE);
    return sram ->
        new InterpreterEngine(
            map, words, code, CoreKind.CORTEX_M0, true, sram, InterpreterEngine::bare, null);
  }

  /** What engines with the same flash share. */
  public static FastCode code(MemoryMap map, int[] flash, CycleModel model, Watcher watcher) {
    return new FastCode(map, flash, model, FastCode.WORTH_TRANSLATING, true, watcher);
  }

  private static Location bare(long address) {
    return new Location(address, null, 0);
  }

  /**
   * A new engine that watches nothing.
   *
   * @param flash all of it; not copied, and must not change
   * @param code {@link #code} of that flash
   * @param aligned whether unaligned accesses fault, as on the part; else they are performed, as
   *     the other engine does
   * @param sram what SRAM holds, all of it; copied
   * @param locate names addresses
   * @param lines what interrupts it, null for nothing; it serves one engine at a time, the newest
   */
  public InterpreterEngine(
      MemoryMap map,
      int[] flash,
      FastCode code,
      CoreKind kind,
      boolean aligned,
      byte[] sram,
      LongFunction<Location> locate,
      @Nullable InterruptLines lines) {
    this.map = map;
    memory = new MappedMemory(map, flash, sram);
    this.lines = lines;
    interpreter =
        Interpreter.withoutSystem(new WithExit(memory), kind, code.model(), aligned, locate, lines);
    budget = new Budget(interpreter.system());
    fast = new FastCore(interpreter, memory, code);
  }

  /** Watches a word at every store, those of stack frames included; null for nothing. */
  public void watch(@Nullable Watch word) {
    watch = word;
    fast.guard(word == null ? null : word.address());
  }

  /** The clock. */
  public long cycles() {
    return interpreter.cycles();
  }

  /** Sets the clock, and takes over the state of the lines. Between runs. */
  public void resume(long cycle) {
    interpreter.system().setNow(cycle);
    if (lines != null) {
      lines.agree();
    }
  }

  /**
   * Cycles of the last run that went to interrupts: entries, handlers, returns, and what had been
   * spent on instructions that were given up for them.
   */
  public long interruptCycles() {
    return interruptCycles;
  }

  /**
   * Lets the core sleep. An interrupt wakes it, and is handled to its end: so it may take longer.
   *
   * @param sp where frames are stacked
   * @return null if all went well
   */
  public Stop.@Nullable Faulted idle(long sp, long cycles) {
    interpreter.core().reset((int) sp, (int) EXIT | 1);
    life.idle();
    begin(Long.MAX_VALUE);
    long end = startOfRun + cycles;
    interpreter.sleep(0); // what is requested in this very cycle
    while (interpreter.interrupted() || interpreter.cycles() < end) {
      if (interpreter.interrupted() || interpreter.system().exceptions().due(false) != 0) {
        if (otherwise(interpreter.step()) instanceof Stop.Faulted faulted) {
          life.over(faulted);
          return faulted;
        }
      } else {
        interpreter.sleep(end - interpreter.cycles());
      }
    }
    return null;
  }

  private void begin(long cycleBudget) {
    life.begin();
    startOfRun = interpreter.cycles();
    interruptCycles = 0;
    limit(cycleBudget);
  }

  private void limit(long cycleBudget) {
    boolean endless = startOfRun > 0 && cycleBudget > EventQueue.NEVER - startOfRun;
    budget.endAt(endless ? EventQueue.NEVER : startOfRun + cycleBudget);
  }

  /** Memory, and a place to return to, which cannot be read. */
  private record WithExit(MappedMemory memory) implements Memory {
    @Override
    public int read(long address, int bytes) throws AccessFault {
      return memory.read(address, bytes);
    }

    @Override
    public void write(long address, int bytes, int value) throws AccessFault {
      memory.write(address, bytes, value);
    }

    @Override
    public int fetch(long address) throws AccessFault {
      return address == EXIT ? EXIT_CODE : memory.fetch(address);
    }

    @Override
    public boolean waits(long address) {
      return memory.waits(address); // so a return goes to flash, where a caller would be
    }
  }

  /**
   * Has what runs from now on told to somebody, null for nobody.
   *
   * @param code {@link #code} for that listener
   */
  public void listen(@Nullable InstructionListener instructionListener, FastCode code) {
    listener = instructionListener;
    fast = new FastCore(interpreter, memory, code);
    fast.guard(watch == null ? null : watch.address());
    if (listener != null) {
      listener.attached(interpreter, memory);
    }
  }

  @Override
  public Stop start(long sp, long pc, long cycleBudget) {
    life.start();
    CoreState core = interpreter.core();
    core.reset((int) sp, (int) pc | 1);
    core.setFlags(FLAGS_AT_START);
    return run(cycleBudget);
  }

  @Override
  public Stop call(long sp, long function, int[] arguments, long cycleBudget) {
    life.call(arguments);
    enter(interpreter.core(), sp, function, arguments);
    callSp = (int) sp;
    if (listener != null) {
      listener.called(function & ~1L, Arrays.stream(arguments).boxed().toList());
    }
    return run(cycleBudget);
  }

  /** What a call defines at its entry. */
  static void enter(CoreState core, long sp, long function, int[] arguments) {
    core.reset((int) sp, (int) function | 1);
    for (int i = 0; i < arguments.length; i++) {
      core.setRegister(i, arguments[i]);
    }
    for (int register = 4; register <= 11; register++) {
      core.setRegister(register, HostPage.preserved(register));
    }
    core.setRegister(12, (int) function | 1);
    core.setLr((int) EXIT | 1);
    core.setFlags(FLAGS_AT_CALL);
  }

  private Stop run(long cycleBudget) {
    begin(cycleBudget);
    interpreter.system().advance(0); // what is requested in this very cycle
    return finish();
  }

  /**
   * Goes on with the run of another engine. This must be this engine's first run; it starts with
   * the SRAM that was handed over.
   *
   * @param cycleBudget for both parts of the run; cycles of both are counted together
   */
  public Stop takeOver(Handover handover, long cycleBudget) {
    life.takeOver(handover);
    life.begin();
    memory.writeSram(map.sramBase(), handover.sram());
    interpreter.core().set(handover.core());
    setEventRegister(handover.eventRegister());
    callSp = (int) handover.callSp();
    startOfRun = interpreter.cycles() - handover.cycles();
    limit(cycleBudget);
    return finish();
  }

  @Override
  public Handover handover() {
    Stop.OutOfBudget out = life.exhausted();
    CoreState core = new CoreState();
    core.set(interpreter.core());
    return new Handover(
        core,
        memory.sramBytes(),
        eventRegister(),
        life.inCall(),
        Integer.toUnsignedLong(callSp),
        out.cycles());
  }

  private Stop finish() {
    return life.over(steps());
  }

  private Stop steps() {
    CoreState core = interpreter.core();
    boolean inCall = life.inCall();
    while (true) {
      if (inCall && core.pc() == (int) EXIT) {
        return returned();
      }
      if (budget.isSpent() && !interpreter.interrupted()) {
        return new Stop.OutOfBudget(Integer.toUnsignedLong(core.pc()), counted());
      }
      fast.run();
      StepResult result = interpreter.step();
      if (listener != null && result instanceof StepResult.Retired retired) {
        long address = Integer.toUnsignedLong(interpreter.before().pc());
        listener.retired(address, retired.instruction(), retired.cycles(), core);
      }
      Stop stop =
          result instanceof StepResult.Retired retired
              ? retired(retired.instruction())
              : otherwise(result);
      if (stop != null) {
        return stop;
      }
    }
  }

  /** What an instruction that was executed ends the run for, if it does. */
  private @Nullable Stop retired(Instruction instruction) {
    CostClass cost = instruction.form().cost();
    return switch (cost) {
      case STORE, STORE_MULTIPLE -> watch == null ? null : look(watch, "");
      case SUPERVISOR_CALL -> unhandled();
      case WAIT -> sleeps(instruction.form());
      default -> null;
    };
  }

  private @Nullable Stop look(Watch at, String by) {
    int word = memory.sram()[map.sramOffset(at.address()) >>> 2];
    return word == at.expected()
        ? null
        : undone(
            Fault.Kind.STACK_OVERFLOW,
            String.format(
                Locale.ROOT,
                "the word at 0x%08x, the bottom of the stack reserve, was overwritten with 0x%08x%s",
                at.address(),
                word,
                by),
            at.address());
  }

  private Stop unhandled() {
    return undone(
        Fault.Kind.UNHANDLED_EXCEPTION, "svc, and exceptions are not modelled here", null);
  }

  private @Nullable Stop sleeps(Form form) {
    boolean wakes =
        (form == Form.WFE && interpreter.system().eventRegister())
            || interpreter.system().cyclesToRequest() != Long.MAX_VALUE;
    return wakes
        ? null // the next step sees to it
        : undone(
            Fault.Kind.SLEEP_FOREVER, form.mnemonic() + ", and nothing can wake the core", null);
  }

  private @Nullable Stop otherwise(StepResult result) {
    if (result instanceof StepResult.Entered entered) {
      interrupted(true, entered.cycles());
      return watch == null
          ? null
          : look(watch, " by the frame of " + ExceptionNumber.name(entered.exception()));
    }
    if (result instanceof StepResult.Handled
        || result instanceof StepResult.Returned
        || result instanceof StepResult.Abandoned) {
      interrupted(false, result.cycles());
      return null;
    }
    if (result instanceof StepResult.Slept) {
      if (listener != null) {
        listener.slept(result.cycles());
      }
      return null;
    }
    if (result instanceof StepResult.Faulted faulted) {
      Fault fault = faulted.fault();
      return fault.kind() == Fault.Kind.UNHANDLED_EXCEPTION
          ? unhandled()
          : undone(fault.kind(), fault.detail(), fault.accessAddress());
    }
    if (result instanceof StepResult.Breakpoint breakpoint) {
      return life.inCall()
          ? undone(Fault.Kind.UNEXPECTED_BREAKPOINT, "bkpt in the middle of a call", null)
          : new Stop.Breakpoint(
              Integer.toUnsignedLong(interpreter.core().pc()),
              Integer.toUnsignedLong(interpreter.core().sp()),
              breakpoint.immediate(),
              counted());
    }
    throw new IllegalStateException("a core without a system did this: " + result);
  }

  private void interrupted(boolean entry, long cycles) {
    interruptCycles += cycles;
    if (listener != null) {
      listener.interrupted(entry, cycles);
    }
  }

  private Stop returned() {
    CoreState core = interpreter.core();
    String changes = changes(core, callSp);
    return changes.isEmpty()
        ? new Stop.Returned(core.register(0), counted())
        : undone(Fault.Kind.CALLING_CONVENTION, changes, null);
  }

  /** What is changed that a call must keep, in words; empty if nothing is. */
  static String changes(CoreState core, int sp) {
    StringBuilder changes = new StringBuilder(0);
    for (int register = 4; register <= 11; register++) {
      change(
          changes, REGISTERS.get(register), HostPage.preserved(register), core.register(register));
    }
    change(changes, "SP", sp, core.sp());
    change(changes, "PRIMASK", 0, core.primask() ? 1 : 0);
    change(changes, "CONTROL", 0, core.control());
    return changes.toString();
  }

  private static void change(StringBuilder changes, String register, int before, int now) {
    if (before != now) {
      changes
          .append(changes.isEmpty() ? "" : ", ")
          .append(
              String.format(
                  Locale.ROOT,
                  "%s was 0x%08x at the call and is 0x%08x on return",
                  register,
                  before,
                  now));
    }
  }

  /** A fault of the last step, which counts as not done. */
  private Stop undone(Fault.Kind kind, String detail, @Nullable Long accessAddress) {
    CoreState before = interpreter.before();
    return new Stop.Faulted(
        kind,
        Integer.toUnsignedLong(before.pc()),
        detail,
        accessAddress,
        before.registers(),
        interpreter.cyclesBefore() - startOfRun);
  }

  private long counted() {
    return interpreter.cycles() - startOfRun;
  }

  @Override
  public byte[] readSram(long address, int length) {
    return memory.readSram(address, length);
  }

  @Override
  public void writeSram(long address, byte[] bytes) {
    life.requireMore();
    memory.writeSram(address, bytes);
  }

  @Override
  public boolean eventRegister() {
    return interpreter.system().eventRegister();
  }

  @Override
  public void setEventRegister(boolean event) {
    interpreter.system().setEventRegister(event);
  }

  @Override
  public void close() {
    // Nothing but memory.
  }
}
