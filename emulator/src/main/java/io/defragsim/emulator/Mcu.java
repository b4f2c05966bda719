package io.defragsim.emulator;

import io.defragsim.emulator.engine.BlockCounting;
import io.defragsim.emulator.engine.Engine;
import io.defragsim.emulator.engine.EngineFactory;
import io.defragsim.emulator.engine.Handover;
import io.defragsim.emulator.engine.InterpreterEngine;
import io.defragsim.emulator.engine.Stop;
import io.defragsim.emulator.engine.UnicornEngine;
import io.defragsim.emulator.engine.Watch;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One Cortex-M0 with an image in its flash.
 *
 * <p>An Mcu belongs to one thread; different ones may run on different threads. Runs are
 * deterministic: the same calls on the same image give the same cycles, registers and memory on
 * every machine. Cycle counts follow the table of {@link CycleModel}, with the wait states of the
 * {@link McuConfig}. {@link Strictness} says what is checked.
 *
 * <p>Between runs the host may read any mapped memory and write SRAM; neither costs cycles.
 *
 * <p>A run that faults or exhausts its budget is the last one: memory can still be read, but only
 * {@link #reset} or {@link #restore} make the Mcu run again.
 */
public final class Mcu implements AutoCloseable {
  /** What SRAM holds where no segment fills it. */
  private static final byte SRAM_FILL = (byte) 0xA5;

  /** What flash holds where nothing was programmed. */
  private static final byte FLASH_FILL = (byte) 0xFF;

  private static final int RESET_VECTOR = 4;
  private static final int CANARY = 0x5AFE_57AC;
  private static final int PAINT = 0x5C5C_A9A9;
  private static final long NOT_PARKED = -1;

  /** More cycles than two blocks take, each at most a page of LDM or MULS. */
  private static final long SLACK = 100_000;

  private final McuConfig config;
  private final FirmwareImage image;
  private final MemoryMap map;
  private final Strictness strictness;
  private final byte[] flash;
  private final byte[] powerOnSram;
  private final CycleModel model;
  private final EngineFactory translating;
  private final Journal journal;

  private Engine engine;

  /** Whether engines are interpreters: always if strict, else once the program needs it. */
  private boolean interpreting;

  private boolean engineHasRun;
  private boolean ended;
  private long cycles;
  private long callSp = NOT_PARKED;
  private int stackReserve;
  private @Nullable InstructionListener listener;

  private Mcu(
      McuConfig config,
      FirmwareImage image,
      MemoryMap map,
      MemoryLoader memory,
      Strictness strictness,
      BlockCounting counting) {
    this.config = config;
    this.image = image;
    this.map = map;
    this.strictness = strictness;
    flash = memory.flash();
    powerOnSram = memory.sram();
    model = config.timing();
    translating = UnicornEngine.factory(map, flash, model, counting);
    interpreting = strictness == Strictness.STRICT;
    journal = new Journal(powerOnSram, false);
    engine = open(powerOnSram, false);
  }

  /** {@link #create(McuConfig, FirmwareImage, Strictness)}, normally strict. */
  public static Mcu create(McuConfig config, FirmwareImage image) {
    return create(config, image, Strictness.NORMAL);
  }

  /**
   * Loads {@code image} and maps flash and exactly the SRAM of {@code config}; SRAM that no segment
   * fills starts as 0xA5, flash as 0xFF. The core does not run yet.
   *
   * @throws io.defragsim.emulator.image.ImageRejectedException if a segment does not fit flash or
   *     SRAM, with the sum in the message
   */
  public static Mcu create(McuConfig config, FirmwareImage image, Strictness strictness) {
    return create(config, image, strictness, BlockCounting.chosen());
  }

  /** Normally strict, with blocks counted in a given way: only speed depends on it. */
  public static Mcu create(McuConfig config, FirmwareImage image, BlockCounting counting) {
    return create(config, image, Strictness.NORMAL, counting);
  }

  private static Mcu create(
      McuConfig config, FirmwareImage image, Strictness strictness, BlockCounting counting) {
    MemoryMap map = new MemoryMap(config.flashBytes(), config.sramBase(), config.sramBytes());
    MemoryLoader memory = MemoryLoader.load(map, image, FLASH_FILL, SRAM_FILL);
    return new Mcu(config, image, map, memory, strictness, counting);
  }

  public McuConfig config() {
    return config;
  }

  public FirmwareImage image() {
    return image;
  }

  public Strictness strictness() {
    return strictness;
  }

  /**
   * Whether the program is interpreted: if strict, or once it has done what translated code cannot
   * do exactly: run code in SRAM, or use an instruction that the engine's core has otherwise. Only
   * speed depends on it, and that all accesses are checked.
   */
  public boolean interprets() {
    return interpreting;
  }

  /**
   * Resets the core with SP at the top of SRAM and runs from the reset vector until the program
   * parks on a BKPT. Later calls run with SP as it is then. The cycle counter starts at 0, and
   * there is no stack reserve. If the Mcu has run before, SRAM is as after {@link #create}.
   *
   * @param cycleBudget the most cycles the run may take; checked where blocks begin, or strictly at
   *     every instruction
   */
  public Outcome reset(long cycleBudget) {
    if (engineHasRun || ended) {
      journal.restart(powerOnSram, false);
      freshEngine(powerOnSram, false);
    } else if (!journal.isEmpty()) {
      rebase();
    }
    ended = false;
    cycles = 0;
    callSp = NOT_PARKED;
    stackReserve = 0;
    long vector = readWord(RESET_VECTOR) & 0xFFFF_FFFFL;
    if ((vector & 1) == 0) {
      ended = true;
      Registers atReset =
          new Registers(
              java.util.Collections.nCopies(13, 0), (int) map.sramEnd(), -1, (int) vector, 0);
      return new Outcome.Faulted(
          new Fault(
              Fault.Kind.NOT_THUMB,
              image.locate(vector),
              String.format("the reset vector 0x%08x has the Thumb bit clear", vector),
              vector,
              atReset),
          0);
    }
    engineHasRun = true;
    long sp = map.sramEnd();
    Run run = (core, budget) -> core.start(sp, vector & ~1L, budget);
    Stop stop = settle(run, run.on(engine, cycleBudget), cycleBudget);
    if (stop instanceof Stop.Breakpoint park) {
      callSp = park.sp();
      cycles += park.cycles();
      // What start-up code needs, the functions called later may not.
      interpreting = strictness == Strictness.STRICT;
      goOn();
      return new Outcome.Parked(park.immediate(), park.cycles());
    }
    return finished(stop);
  }

  /**
   * Reserves {@code bytes} at the top of SRAM for the stack: the lowest word is a canary and the
   * rest, up to SP at the park, is painted, so that {@link #deepestStackBytes} and stack overflow
   * can be told. An overflow is seen when the canary is overwritten; a function that steps over it
   * without writing to it is not.
   *
   * @param bytes a multiple of 4, more than the program has on its stack at the park
   * @throws IllegalArgumentException if it is not
   * @throws IllegalStateException if the program has not parked
   */
  public void reserveStack(int bytes) {
    requireParked();
    long bottom = map.sramEnd() - bytes;
    if (bytes <= 0 || bytes % 4 != 0 || bytes > map.sramBytes()) {
      throw new IllegalArgumentException(
          "a stack reserve is a multiple of 4 bytes inside SRAM: " + bytes);
    }
    if (callSp < bottom + 4) {
      throw new IllegalArgumentException(
          String.format(
              "%d bytes of stack are in use at the park, the reserve has %d, 4 of them the canary",
              map.sramEnd() - callSp, bytes));
    }
    byte[] paint = new byte[(int) (callSp - bottom)];
    setWord(paint, 0, CANARY);
    for (int offset = 4; offset + 4 <= paint.length; offset += 4) {
      setWord(paint, offset, PAINT);
    }
    write(bottom, paint);
    stackReserve = bytes;
  }

  /**
   * Calls a function by the AAPCS and runs until it is back. The cycles are those from its first
   * instruction until control is back at the host's address; the caller's BL is not in them. Ends
   * in a fault if R4 to R11 or SP come back changed or the canary is gone.
   *
   * @param function the address of the function, with or without the Thumb bit; {@link
   *     FirmwareImage#function} gives it
   * @param cycleBudget the most cycles the call may take; checked where blocks begin, or strictly
   *     at every instruction, so a call that returns may have taken up to a block more
   * @param arguments up to 4 words for R0 to R3, the others are 0
   * @throws IllegalStateException if the program has not parked, or its last run did not end
   *     regularly
   */
  public Outcome call(long function, long cycleBudget, int... arguments) {
    requireParked();
    long entry = function & ~1L;
    int[] words = arguments.clone();
    Stop stop = engine.call(callSp, entry, words, cycleBudget);
    boolean intact = stackReserve == 0 || canary(engine) == CANARY;
    if (stop instanceof Stop.Returned returned && intact) {
      cycles += returned.cycles();
      journal.called(callSp, entry, words, returned.cycles());
      if (journal.isLong()) {
        rebase();
      }
      return new Outcome.Returned(returned.value(), returned.cycles());
    }
    long sp = callSp;
    Run run = (core, budget) -> core.call(sp, entry, words, budget);
    stop = settle(run, stop, cycleBudget);
    if (stackReserve != 0 && canary(engine) != CANARY) {
      stop = findOverflow(run, stop);
    } else if (stop instanceof Stop.Returned returned) {
      cycles += returned.cycles();
      goOn();
      return new Outcome.Returned(returned.value(), returned.cycles());
    }
    return finished(stop);
  }

  /**
   * Has every instruction from now on told to {@code listener}, null for nobody.
   *
   * @throws IllegalStateException if this Mcu is not strict: it does not see single instructions
   */
  public void listen(@Nullable InstructionListener instructionListener) {
    if (strictness != Strictness.STRICT) {
      throw new IllegalStateException("only a strict Mcu sees every instruction");
    }
    listener = instructionListener;
    tellListener();
  }

  private void tellListener() {
    if (engine instanceof InterpreterEngine interpreter) {
      interpreter.listen(listener);
    }
  }

  /** Cycles since reset, over all runs and {@link #idle}. */
  public long cycles() {
    return cycles;
  }

  /** Lets emulated time pass with the core asleep. */
  public void idle(long idleCycles) {
    if (idleCycles < 0) {
      throw new IllegalArgumentException("time does not go back: " + idleCycles);
    }
    cycles += idleCycles;
  }

  /**
   * Reads {@code length} bytes; the whole range must be mapped.
   *
   * @throws IllegalArgumentException if it is not
   */
  public byte[] read(long address, int length) {
    if (map.isSram(address, length)) {
      return engine.readSram(address, length);
    }
    if (map.isFlash(address, length)) {
      int offset = map.flashOffset(address);
      return Arrays.copyOfRange(flash, offset, offset + length);
    }
    throw notMapped(address, length);
  }

  /** Reads a little-endian word. */
  public int readWord(long address) {
    return word(read(address, 4), 0);
  }

  /**
   * Writes to SRAM. Flash is refused with an IllegalArgumentException.
   *
   * @throws IllegalStateException if the last run did not end regularly
   */
  public void write(long address, byte[] bytes) {
    requireRunnable();
    if (!map.isSram(address, bytes.length)) {
      throw notMapped(address, bytes.length);
    }
    byte[] copy = bytes.clone();
    engine.writeSram(address, copy);
    journal.written(address, copy);
    if (journal.isLong()) {
      rebase();
    }
  }

  /**
   * The deepest stack in bytes seen since {@link #reserveStack}, from the paint; what the program
   * had on it at the park is included.
   */
  public int deepestStackBytes() {
    if (stackReserve == 0) {
      throw new IllegalStateException("no stack reserve");
    }
    long bottom = map.sramEnd() - stackReserve;
    byte[] stack = read(bottom, (int) (callSp - bottom));
    if (word(stack, 0) != CANARY) {
      return stackReserve;
    }
    int untouched = 4;
    while (untouched + 4 <= stack.length && word(stack, untouched) == PAINT) {
      untouched += 4;
    }
    return stackReserve - untouched;
  }

  /** The state now, to come back to. */
  public Snapshot snapshot() {
    requireRunnable();
    if (!journal.isEmpty()) {
      rebase();
    }
    return new Snapshot(
        this, journal.sram(), journal.eventRegister(), cycles, callSp, stackReserve);
  }

  /**
   * Back to {@code snapshot}, cycles included, also after a run that did not end regularly. Correct
   * also after the image executed code from SRAM, at the price of a fresh engine.
   */
  public void restore(Snapshot snapshot) {
    if (snapshot.owner != this) {
      throw new IllegalArgumentException("a snapshot of another Mcu");
    }
    boolean parked = snapshot.callSp != NOT_PARKED;
    if (!ended && parked) {
      engine.writeSram(map.sramBase(), snapshot.sram);
      engine.setEventRegister(snapshot.eventRegister);
    } else {
      freshEngine(snapshot.sram, snapshot.eventRegister);
      engineHasRun = parked;
    }
    journal.restart(snapshot.sram, snapshot.eventRegister);
    ended = false;
    cycles = snapshot.cycles;
    callSp = snapshot.callSp;
    stackReserve = snapshot.stackReserve;
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
        InterpreterEngine exact = interpreter(handover.sram(), null);
        exchange(exact);
        stop = exact.takeOver(handover, plusSlack(inexact.cycles()));
      } else { // there is no code where it starts, so it was not stopped
        exchange(interpreter(journal.sram(), null));
        engine.setEventRegister(journal.eventRegister());
        stop = run.on(engine, plusSlack(0));
      }
    }
    return stop;
  }

  /** Does a run again that left the canary changed, to find the store that did it. */
  private Stop findOverflow(Run run, Stop stop) {
    rewind();
    Watch canary = new Watch(map.sramEnd() - stackReserve, CANARY);
    exchange(interpreter(journal.sram(), canary));
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

  /** The outcome of a run that is the last. */
  private Outcome finished(Stop stop) {
    ended = true;
    cycles += stop.cycles();
    if (stop instanceof Stop.Faulted faulted) {
      return new Outcome.Faulted(fault(faulted), faulted.cycles());
    }
    if (stop instanceof Stop.OutOfBudget out) {
      return new Outcome.BudgetExhausted(image.locate(out.pc()), out.cycles());
    }
    throw new IllegalStateException("unexpected end of a run: " + stop);
  }

  private Fault fault(Stop.Faulted stop) {
    long below = map.sramEnd() - stackReserve - (stop.before().sp() & 0xFFFF_FFFFL);
    // a deep frame can step over the canary; what happens after that is no fault of its own
    boolean overflow = stackReserve != 0 && below > 0 && stop.kind() != Fault.Kind.STACK_OVERFLOW;
    return new Fault(
        overflow ? Fault.Kind.STACK_OVERFLOW : stop.kind(),
        image.locate(stop.pc()),
        overflow
            ? String.format(
                "SP is %d bytes below the stack reserve of %d: %s",
                below, stackReserve, stop.detail())
            : stop.detail(),
        stop.accessAddress(),
        stop.before());
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

  private void freshEngine(byte[] sram, boolean event) {
    exchange(open(sram, event));
    engineHasRun = false;
  }

  private void exchange(Engine other) {
    engine.close();
    engine = other;
    tellListener();
  }

  private Engine open(byte[] sram, boolean event) {
    Engine opened = interpreting ? interpreter(sram, null) : translating.open(sram);
    opened.setEventRegister(event);
    return opened;
  }

  private InterpreterEngine interpreter(byte[] sram, @Nullable Watch watch) {
    return new InterpreterEngine(map, flash, model, sram, watch);
  }

  private int canary(Engine core) {
    return word(core.readSram(map.sramEnd() - stackReserve, 4), 0);
  }

  private void requireParked() {
    requireRunnable();
    if (callSp == NOT_PARKED) {
      throw new IllegalStateException("the program has not parked: reset comes first");
    }
  }

  private void requireRunnable() {
    if (ended) {
      throw new IllegalStateException(
          "the last run did not end regularly: reset or restore comes first");
    }
  }

  private IllegalArgumentException notMapped(long address, int length) {
    return new IllegalArgumentException(
        String.format("%d bytes at 0x%08x are not mapped for this", length, address));
  }

  private static int word(byte[] bytes, int offset) {
    return (bytes[offset] & 0xFF)
        | (bytes[offset + 1] & 0xFF) << 8
        | (bytes[offset + 2] & 0xFF) << 16
        | bytes[offset + 3] << 24;
  }

  private static void setWord(byte[] bytes, int offset, int value) {
    bytes[offset] = (byte) value;
    bytes[offset + 1] = (byte) (value >>> 8);
    bytes[offset + 2] = (byte) (value >>> 16);
    bytes[offset + 3] = (byte) (value >>> 24);
  }
}
