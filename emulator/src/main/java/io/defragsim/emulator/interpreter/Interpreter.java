package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.isa.Armv6m;
import io.defragsim.emulator.isa.Decoded;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.isa.Unpredictable;
import io.defragsim.emulator.model.Activity;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.CoreSystem;
import io.defragsim.emulator.system.ExceptionFlow;
import io.defragsim.emulator.system.ExceptionNumber;
import io.defragsim.emulator.system.ExceptionTable;
import io.defragsim.emulator.system.InterruptLines;
import io.defragsim.emulator.system.Memory;
import io.defragsim.emulator.system.OutsideRequests;
import io.defragsim.emulator.system.SystemControlSpace;
import io.defragsim.emulator.timing.CycleModel;
import io.defragsim.emulator.timing.FlashWaits;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A Cortex-M0 or M0+, one instruction at a time. Belongs to one thread; deterministic.
 *
 * <p>Time, beyond what {@link CycleModel} says of instructions:
 *
 * <ul>
 *   <li>An exception is taken at the first instruction boundary at or after its request. From there
 *       to the first instruction of its handler are {@link CycleModel#exceptionEntry} cycles.
 *   <li>A more urgent exception that becomes due before that instruction begins arrives late: its
 *       handler begins instead, with the frame that is there already. It begins when the first one
 *       would have, but no sooner than {@link CycleModel#tailChain} cycles from its own request,
 *       since its vector has to be fetched. The first stays pending, and nothing of it has begun.
 *   <li>LDM, STM, PUSH, POP and a MULS of 32 cycles do not hold an exception up: one that becomes
 *       due in the middle is taken in that very cycle, and the instruction starts again from its
 *       beginning when the handler is back. Its stores may have been done by then; it does them
 *       again.
 *   <li>An exception that is due when a handler returns is tail-chained ({@link
 *       CycleModel#tailChain}). One that becomes due while registers are unstacked ({@link
 *       CycleModel#exceptionReturn}) is taken behind that.
 *   <li>An instruction's access to the system control space or to a peripheral sees, and changes,
 *       the time at which it begins. So the difference of two reads of SYST_CVR is exactly the
 *       cycles between the beginnings of the two loads. Of LDM and STM each further transfer is a
 *       cycle later; one that an exception becomes due between is finished.
 *   <li>Wait states of flash ({@link FlashWaits}) come on top of all of these, for what stands in
 *       flash or goes there.
 *   <li>A handler of the host's ({@link InterruptLines}) does nothing but take its cycles, and can
 *       be preempted at each of them.
 *   <li>Asleep, the core wakes in the cycle of a request; waking costs nothing by itself.
 * </ul>
 */
public final class Interpreter {
  private static final int LONG_MULTIPLY = 32;

  private final Memory memory;
  private final CycleModel model;
  private final InstructionTiming timing;

  private final CoreState core = new CoreState();
  private final CoreState before = new CoreState();
  private long cyclesBefore;
  private final @Nullable InterruptLines lines;
  private final CoreSystem system;
  private final CoreBus bus;
  private final ExceptionFlow flow;
  private final Executor executor;
  private final Faults faults;
  private final HandlerEntry entry;

  private final Sleep sleep;
  private int returning; // the EXC_RETURN of a handler that is over, 0 for none
  private @Nullable Fault lockup;

  /**
   * A core before its reset.
   *
   * @param memory all but the system control space
   * @param model its timing
   * @param locate names addresses in faults
   */
  public Interpreter(
      Memory memory,
      CoreKind kind,
      CycleModel model,
      FaultPolicy policy,
      LongFunction<Location> locate,
      OutsideRequests outside) {
    this(memory, kind, model, policy, locate, outside, true, true, null);
  }

  private Interpreter(
      Memory memory,
      CoreKind kind,
      CycleModel model,
      FaultPolicy policy,
      LongFunction<Location> locate,
      OutsideRequests outside,
      boolean controlSpace,
      boolean aligned,
      @Nullable InterruptLines lines) {
    this.memory = memory;
    this.model = model;
    timing = new InstructionTiming(model, memory::waits);
    this.lines = lines;
    system = new CoreSystem(kind, outside);
    sleep = new Sleep(system);
    bus = new CoreBus(core, system, memory, controlSpace, aligned);
    flow = new ExceptionFlow(core, system, memory);
    executor = new Executor(core, system, bus, flow, kind);
    faults = new Faults(policy, memory, flow, before, locate);
    entry = new HandlerEntry(core, system, memory, timing, flow, faults, lines);
    if (lines != null) {
      lines.observe(this::activity);
    }
  }

  /**
   * A core that stands alone: the system control space is an address like others, left to {@code
   * memory}, so that nothing but SVC and {@code lines} requests an exception. Faults are reported.
   *
   * @param aligned whether unaligned accesses fault, as on the part; else they are performed
   * @param locate names addresses in faults
   * @param lines interrupts with handlers of the host's, null for none
   */
  public static Interpreter withoutSystem(
      Memory memory,
      CoreKind kind,
      CycleModel model,
      boolean aligned,
      LongFunction<Location> locate,
      @Nullable InterruptLines lines) {
    OutsideRequests outside = lines == null ? OutsideRequests.NONE : lines;
    return new Interpreter(
        memory, kind, model, FaultPolicy.REPORT, locate, outside, false, aligned, lines);
  }

  /** The registers, to read and, between steps, to change. */
  public CoreState core() {
    return core;
  }

  /** Exceptions, timer, requests and time. */
  public CoreSystem system() {
    return system;
  }

  /** Cycles since the start. */
  public long cycles() {
    return system.now();
  }

  /** The registers before the last step, to read. */
  public CoreState before() {
    return before;
  }

  /** {@link #cycles} before the last step. */
  public long cyclesBefore() {
    return cyclesBefore;
  }

  /**
   * Takes the Reset exception: SP from the first word of the vector table, PC from the second. It
   * costs nothing.
   *
   * @throws IllegalStateException if there is no memory
   */
  public void reset() {
    system.reset();
    long vectors = Integer.toUnsignedLong(system.vectorTable());
    try {
      core.reset(memory.read(vectors, 4), memory.read(vectors + 4, 4));
    } catch (AccessFault e) {
      throw new IllegalStateException("no vector table", e);
    }
    sleep.set(Sleep.Until.AWAKE);
    returning = 0;
    lockup = null;
  }

  /** Executes one instruction, or does what is due before it. */
  public StepResult step() {
    if (lockup != null) {
      return new StepResult.LockedUp(lockup);
    }
    if (system.resetRequested()) {
      return new StepResult.ResetRequested();
    }
    before.set(core);
    cyclesBefore = system.now();
    if (returning != 0) {
      return finishReturn();
    }
    sleep.wakeIfDue(core.primask());
    if (!sleep.isAwake()) {
      return sleep.goOn();
    }
    int due = system.exceptions().due(core.primask());
    if (due != 0) {
      return settled(entry.enter(due, null));
    }
    return lines != null && lines.serves(core.ipsr()) ? handle(lines) : instruction();
  }

  /**
   * For how many cycles from now on nothing but instructions can happen: no exception is due, no
   * request comes, and none is waited for. 0 if something else is to happen now.
   */
  public long undisturbed() {
    boolean plain =
        returning == 0
            && sleep.isAwake()
            && lockup == null
            && !system.resetRequested()
            && !system.stopRequested()
            && system.exceptions().due(core.primask()) == 0
            && (lines == null || !lines.serves(core.ipsr()));
    return plain ? Math.max(0, system.cyclesToEvent() - 1) : 0;
  }

  /** The registers that a program sees from 0xE000E000 on; null if they are not there. */
  public @Nullable SystemControlSpace controlSpace() {
    return bus.controlSpace() ? system.space() : null;
  }

  /** An access of the instruction at {@code pc} is about to be carried out elsewhere. */
  public void standsAt(int pc) {
    before.setPc(pc);
  }

  /** Lets the cycles of instructions pass that were carried out elsewhere, with their events. */
  public void passed(long cycles) {
    system.advance(cycles);
  }

  /** Whether an exception is being handled, or returned from. */
  public boolean interrupted() {
    return core.handlerMode() || returning != 0;
  }

  /**
   * Lets the core sleep for the host, not for an instruction: up to the next request, and no longer
   * than {@code most} cycles. What is requested is taken by the next {@link #step}.
   */
  public void sleep(long most) {
    before.set(core);
    cyclesBefore = system.now();
    sleep.sleep(most);
  }

  /** A piece of a handler of the host's, and the start of its return if that was the last. */
  private StepResult handle(InterruptLines by) {
    int exception = core.ipsr();
    long cycles = system.advanceUntilDue(by.left(exception), executionPriority());
    by.spend(exception, cycles);
    if (by.left(exception) == 0) {
      flow.leave();
      returning = core.lr();
    }
    return new StepResult.Handled(exception, cycles);
  }

  /** What the step under way is doing. */
  private Activity activity() {
    int handled = core.handlerMode() ? core.ipsr() : before.ipsr();
    int exception = entry.exception() != 0 ? entry.exception() : handled;
    if (exception >= ExceptionNumber.IRQ0) {
      return new Activity.Handler(exception - ExceptionNumber.IRQ0);
    }
    return sleep.isAwake()
        ? new Activity.Program(faults.locate(before.pc()))
        : new Activity.Asleep();
  }

  private StepResult instruction() {
    int address = core.pc();
    try {
      if (!core.thumb()) {
        throw Faults.notThumb(address);
      }
      int first = bus.fetch(address);
      int second = Armv6m.is32Bit(first) ? bus.fetch(address + 2) : 0;
      Decoded decoded = Armv6m.decode(first, second);
      if (decoded instanceof Unpredictable) {
        return unpredictable(decoded.toString());
      }
      if (!(decoded instanceof Instruction instruction)) {
        return fault(Fault.Kind.UNDEFINED_INSTRUCTION, decoded.toString(), null);
      }
      return switch (instruction.form()) {
        case BKPT -> new StepResult.Breakpoint(instruction.immediate());
        case SVC -> supervisorCall(instruction);
        default -> execute(instruction);
      };
    } catch (AccessFault e) {
      return fault(e);
    }
  }

  private StepResult execute(Instruction instruction) throws AccessFault {
    Executor.Effect effect = executor.execute(instruction);
    if (effect == Executor.Effect.EXCEPTION_RETURN) {
      String refusal = flow.refusal(executor.excReturn());
      if (!refusal.isEmpty()) {
        return unpredictable("an exception return " + refusal);
      }
    } else if (!faults.areTaken()) {
      checkNext();
    }
    boolean branched = effect == Executor.Effect.BRANCHED;
    boolean restarts = restarts(instruction);
    int refetch = branched ? timing.refetch(core.pc()) : 0;
    long cycles = timing.cycles(instruction, before.pc(), branched) + refetch + system.takeStall();
    long left = cycles - executor.passed();
    if (restarts && system.exceptions().due(core.primask()) == 0) {
      long spent = system.advanceUntilDue(left, executionPriority());
      if (spent < left) {
        core.set(before);
        return new StepResult.Abandoned(instruction, executor.passed() + spent);
      }
    } else {
      system.advance(left);
    }
    switch (effect) {
      case EXCEPTION_RETURN -> {
        flow.leave();
        returning = executor.excReturn();
      }
      case WAIT_FOR_INTERRUPT -> sleep.set(Sleep.Until.INTERRUPT);
      case WAIT_FOR_EVENT -> sleep.set(Sleep.Until.EVENT);
      case NEXT, BRANCHED -> {
        // PC is right already.
      }
    }
    return new StepResult.Retired(instruction, cycles);
  }

  /** Refuses to go where nothing can be executed, if that is to be reported. */
  private void checkNext() throws AccessFault {
    try {
      if (!core.thumb()) {
        throw Faults.notThumb(core.pc());
      }
      bus.fetch(core.pc());
    } catch (AccessFault e) {
      if (faults.endTheRun()) {
        throw e;
      } // else the fault is taken there
    }
  }

  private boolean restarts(Instruction instruction) {
    return switch (instruction.form().cost()) {
      case LOAD_MULTIPLE, LOAD_MULTIPLE_PC, STORE_MULTIPLE -> true;
      case MULTIPLY -> model.cycles(instruction, false) == LONG_MULTIPLY;
      default -> false;
    };
  }

  /** SVC: pending at once, so the next step enters its handler, or a more urgent one first. */
  private StepResult supervisorCall(Instruction instruction) {
    ExceptionTable exceptions = system.exceptions();
    if (exceptions.priority(ExceptionNumber.SVCALL) >= executionPriority()) {
      return fault(
          Fault.Kind.UNHANDLED_EXCEPTION,
          "svc where its priority, or PRIMASK, does not let it in",
          null);
    }
    core.setPc(core.pc() + instruction.bytes());
    exceptions.setPending(ExceptionNumber.SVCALL);
    int cycles = model.cycles(instruction, false);
    system.advance(cycles);
    return new StepResult.Retired(instruction, cycles);
  }

  /** What an entry came to: a handler, or a fault that none takes. */
  private StepResult settled(StepResult entry) {
    if (entry instanceof StepResult.Entered) {
      returning = 0;
    } else {
      core.set(before);
      if (entry instanceof StepResult.LockedUp locked) {
        lockup = locked.fault();
      }
    }
    return entry;
  }

  private StepResult finishReturn() {
    int ended = core.ipsr();
    int due = system.exceptions().due(core.primask());
    if (due != 0) {
      core.setLr(returning);
      return settled(entry.begin(due, true, null));
    }
    try {
      flow.unstack(returning);
    } catch (AccessFault e) {
      if (faults.endTheRun() || mayNotTakeHardFault()) {
        return settled(faults.unhandled(e));
      }
      core.setLr(returning);
      return settled(entry.begin(ExceptionNumber.HARD_FAULT, true, entry.hardFault(e)));
    }
    String refusal = flow.frameRefusal(returning);
    if (!refusal.isEmpty()) {
      return unpredictable("an exception return " + refusal);
    }
    returning = 0;
    if (system.sleepOnExit() && !core.handlerMode()) {
      sleep.set(Sleep.Until.INTERRUPT);
    }
    // A handler of the host's takes what it was given, wherever it returns to.
    boolean ofHost = lines != null && lines.serves(ended);
    int refetch = ofHost ? model.flash().refetch(0) : timing.refetch(core.pc());
    int cycles = model.exceptionReturn() + refetch;
    system.advance(cycles);
    return new StepResult.Returned(ended, cycles);
  }

  private int executionPriority() {
    return system.exceptions().executionPriority(core.primask());
  }

  private boolean mayNotTakeHardFault() {
    return executionPriority() <= system.exceptions().priority(ExceptionNumber.HARD_FAULT);
  }

  private StepResult fault(AccessFault e) {
    return fault(e.kind(), e.detail(), e.address());
  }

  private StepResult fault(Fault.Kind kind, String detail, @Nullable Long accessAddress) {
    Fault fault = faults.of(kind, detail, accessAddress);
    core.set(before);
    if (faults.endTheRun()) {
      return new StepResult.Faulted(fault);
    }
    if (mayNotTakeHardFault()) {
      lockup = fault;
      return new StepResult.LockedUp(fault);
    }
    system.exceptions().setPending(ExceptionNumber.HARD_FAULT);
    return settled(entry.enter(ExceptionNumber.HARD_FAULT, fault));
  }

  private StepResult unpredictable(String detail) {
    Fault fault = faults.of(Fault.Kind.UNPREDICTABLE_ENCODING, detail, null);
    core.set(before);
    return new StepResult.Faulted(fault);
  }
}
