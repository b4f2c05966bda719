package io.defragsim.emulator;

import io.defragsim.emulator.engine.Engine;
import io.defragsim.emulator.engine.EngineFactory;
import io.defragsim.emulator.engine.Handover;
import io.defragsim.emulator.engine.InterpreterEngine;
import io.defragsim.emulator.engine.LookupCore;
import io.defragsim.emulator.engine.Stop;
import io.defragsim.emulator.engine.Watch;
import io.defragsim.emulator.fast.FastCode;
import io.defragsim.emulator.interpreter.InstructionListener;
import io.defragsim.emulator.interpreter.Watcher;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.model.LittleEndian;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.model.Lookup;
import io.defragsim.emulator.system.InterruptLines;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The engine of an Mcu, with all it takes to know exactly how every run ends: where translated code
 * cannot tell, or cannot run the program, the run is done again on the interpreter, from a state
 * that the {@link Journal} gives back. So which of the two runs a program shows in nothing but the
 * time it takes.
 *
 * <p>A strict one, one with interrupts, and one in a process without a library that translates is
 * an interpreter from the start, which knows every end by itself.
 */
final class ExactEngine implements AutoCloseable {
  /** More cycles than two blocks take, each at most a page of LDM or MULS. */
  private static final long SLACK = 100_000;

  private final MemoryMap map;
  private final int[] flash;
  private final CoreKind kind;
  private final CycleModel model;
  private FastCode code;
  private final @Nullable EngineFactory translating;
  private final LongFunction<Location> locate;
  private final boolean strict;
  private final @Nullable InterruptLines lines;
  private final Journal journal;
  private final LookupCore lookups;

  private Engine engine;

  /**
   * Whether engines are interpreters: always if none translates, else once the program needs it.
   */
  private boolean interpreting;

  private @Nullable Watch canary;
  private @Nullable InstructionListener listener;

  /**
   * An engine at rest.
   *
   * @param flash all of it; not copied, and must not change
   * @param sram what SRAM holds, all of it; must not change
   * @param translating makes engines that translate; null to do without
   * @param strict whether unaligned accesses fault; one that translates performs them
   * @param lines what interrupts the core, for one that interprets; null for nothing
   */
  ExactEngine(
      MemoryMap map,
      int[] flash,
      byte[] sram,
      CoreKind kind,
      CycleModel model,
      @Nullable EngineFactory translating,
      LongFunction<Location> locate,
      boolean strict,
      @Nullable InterruptLines lines) {
    this.map = map;
    this.flash = flash;
    this.kind = kind;
    this.model = model;
    code = InterpreterEngine.code(map, flash, model, Watcher.NONE);
    this.translating = translating;
    this.locate = locate;
    this.strict = strict;
    this.lines = lines;
    interpreting = translating == null;
    journal = new Journal(sram, false);
    lookups = new LookupCore(map, flash, kind, model);
    engine = open(sram, false);
  }

  boolean interprets() {
    return interpreting;
  }

  /** A fresh engine at rest. {@code sram} must not change afterwards. */
  void restart(byte[] sram, boolean eventRegister, long cycle) {
    exchange(open(sram, eventRegister));
    journal.restart(sram, eventRegister);
    resume(cycle);
  }

  /** Puts memory and event register back, if all runs ended regularly, the first a park. */
  void restore(byte[] sram, boolean eventRegister, long cycle) {
    engine.writeSram(map.sramBase(), sram);
    engine.setEventRegister(eventRegister);
    journal.restart(sram, eventRegister);
    resume(cycle);
  }

  /** Has the clock go on at a cycle, with interrupts as their lines say. */
  void resume(long cycle) {
    if (engine instanceof InterpreterEngine interpreter) {
      interpreter.resume(cycle);
    }
  }

  /** The word that no run may change, null for none. */
  void guard(@Nullable Watch word) {
    canary = word;
    if (lines != null) {
      interruptible().watch(word);
    }
  }

  /** Has every instruction that is interpreted told to a listener, null for nobody. */
  void listen(@Nullable InstructionListener to) {
    listener = to;
    code = InterpreterEngine.code(map, flash, model, to == null ? Watcher.NONE : to);
    tellListener();
  }

  private void tellListener() {
    if (engine instanceof InterpreterEngine interpreter) {
      interpreter.listen(listener, code);
    }
  }

  /** All SRAM now; must not be changed. */
  byte[] sram() {
    if (!journal.isEmpty()) {
      rebase();
    }
    return journal.sram();
  }

  boolean eventRegister() {
    return engine.eventRegister();
  }

  byte[] readSram(long address, int length) {
    return engine.readSram(address, length);
  }

  /** Takes the array over. */
  void writeSram(long address, byte[] bytes) {
    engine.writeSram(address, bytes);
    journal.written(address, bytes);
    shorten();
  }

  /** {@link Engine#start}, with an end that is exact. */
  Stop start(long sp, long pc, long cycleBudget) {
    sram(); // what the host wrote before is where the run starts
    Run run = (core, budget) -> core.start(sp, pc, budget);
    Stop stop = settle(run, run.on(engine, cycleBudget), cycleBudget);
    if (stop instanceof Stop.Breakpoint) {
      // What start-up code needs, the functions called later may not.
      interpreting = translating == null;
      goOn();
    }
    return stop;
  }

  /** {@link Engine#call}, with an end that is exact, a changed canary being a fault. */
  Stop call(long sp, long function, int[] arguments, long cycleBudget) {
    Stop stop = engine.call(sp, function, arguments, cycleBudget);
    if (stop instanceof Stop.Returned && intact()) {
      journal.called(sp, function, arguments, stop.cycles());
      shorten();
      return stop;
    }
    Run run = (core, budget) -> core.call(sp, function, arguments, budget);
    stop = settle(run, stop, cycleBudget);
    if (canary != null && !intact()) {
      stop = findOverflow(run, stop, canary);
    } else if (stop instanceof Stop.Returned) {
      goOn();
    }
    return stop;
  }

  /** {@link LookupCore#call}, on the engine's SRAM. */
  @Nullable Lookup lookUp(long sp, long function, int[] arguments, long cycleBudget) {
    return listener == null
        ? lookups.call(engine, canary, sp, function, arguments, cycleBudget)
        : null; // who listens is to be told
  }

  /** {@link InterpreterEngine#idle}, for an engine with interrupts. */
  Stop.@Nullable Faulted idle(long sp, long cycles) {
    Stop.Faulted fault = interruptible().idle(sp, cycles);
    if (fault == null) {
      rebase();
    }
    return fault;
  }

  /** The clock of an engine with interrupts. */
  long cycles() {
    return interruptible().cycles();
  }

  /** {@link InterpreterEngine#interruptCycles}. */
  long interruptCycles() {
    return lines == null ? 0 : interruptible().interruptCycles();
  }

  @Override
  public void close() {
    engine.close();
  }

  /** One run, to be done on any engine. */
  private interface Run {
    Stop on(Engine core, long cycleBudget);
  }

  /** Does a run again until its end is known exactly. */
  private Stop settle(Run run, Stop first, long cycleBudget) {
    Stop stop = first;
    if (stop instanceof Stop.NeedsInterpreter) {
      rewind();
      interpreting = true;
      reopen();
      stop = run.on(engine, cycleBudget);
    } else if (stop instanceof Stop.Inexact inexact) {
      rewind();
      reopen();
      Stop part = run.on(engine, inexact.cycles());
      if (part instanceof Stop.OutOfBudget) {
        Handover handover = engine.handover();
        InterpreterEngine exact = interpreter(handover.sram());
        exchange(exact);
        stop = exact.takeOver(handover, Math.min(cycleBudget, plusSlack(inexact.cycles())));
      } else { // there is no code where it starts, so it was not stopped
        exchange(interpreter(journal.sram()));
        engine.setEventRegister(journal.eventRegister());
        stop = run.on(engine, Math.min(cycleBudget, plusSlack(0)));
      }
    }
    return stop;
  }

  /** Does a run again that left the canary changed, to find the store that did it. */
  private Stop findOverflow(Run run, Stop stop, Watch word) {
    if (lines != null) {
      return stop; // it was watched already
    }
    rewind();
    InterpreterEngine watching = interpreter(journal.sram());
    watching.watch(word);
    exchange(watching);
    engine.setEventRegister(journal.eventRegister());
    Stop found = run.on(engine, plusSlack(stop.cycles()));
    return found instanceof Stop.Faulted ? found : stop;
  }

  /** Has the journal start at the state before the current run. */
  private void rewind() {
    if (!journal.isEmpty()) {
      try (Engine player = open(journal.sram(), journal.eventRegister())) {
        journal.play(player);
        journal.restart(player.readSram(map.sramBase(), map.sramBytes()), player.eventRegister());
      }
    }
  }

  private static long plusSlack(long count) {
    return count > Long.MAX_VALUE - SLACK ? Long.MAX_VALUE : count + SLACK;
  }

  private boolean intact() {
    if (canary == null) {
      return true;
    }
    byte[] word = engine.readSram(canary.address(), 4);
    return LittleEndian.get(word, 0) == canary.expected();
  }

  private void shorten() {
    if (journal.isLong()) {
      rebase();
    }
  }

  private void rebase() {
    journal.restart(engine.readSram(map.sramBase(), map.sramBytes()), engine.eventRegister());
  }

  /** Takes the state after a run for the start of the next, on an engine that can go on. */
  private void goOn() {
    rebase();
    if (!interpreting && engine instanceof InterpreterEngine) {
      reopen();
    }
  }

  /** A new engine in the state that the journal starts at. */
  private void reopen() {
    exchange(open(journal.sram(), journal.eventRegister()));
  }

  private void exchange(Engine other) {
    engine.close();
    engine = other;
    tellListener();
  }

  private Engine open(byte[] sram, boolean event) {
    Engine opened =
        translating == null || interpreting ? interpreter(sram) : translating.open(sram);
    opened.setEventRegister(event);
    return opened;
  }

  private InterpreterEngine interpreter(byte[] sram) {
    return new InterpreterEngine(map, flash, code, kind, strict, sram, locate, lines);
  }

  private InterpreterEngine interruptible() {
    return (InterpreterEngine) engine;
  }
}
