package io.defragsim.emulator;

import io.defragsim.emulator.engine.EngineFactory;
import io.defragsim.emulator.engine.Stop;
import io.defragsim.emulator.engine.Watch;
import io.defragsim.emulator.engine.unicorn.BlockCounting;
import io.defragsim.emulator.engine.unicorn.UnicornLibrary;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.interpreter.InstructionListener;
import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.LittleEndian;
import io.defragsim.emulator.model.Lookup;
import io.defragsim.emulator.model.Registers;
import io.defragsim.emulator.system.InterruptLines;
import io.defragsim.emulator.system.InterruptListener;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
 *
 * <p><b>Interrupts</b> come from {@link InterruptSource}s, from the park on, at cycles of {@link
 * #cycles}. Entry, nesting, tail-chaining and return are those of the part, at the exact
 * instruction boundary, with frames on the program's stack; the handlers are the host's and do
 * nothing but take time. An Mcu that has sources interprets the program, and is strict. Between
 * runs no cycles pass, so nothing is requested. A run is over at the instruction boundary at which
 * it ends: what is due there, requested in its last instruction, is taken first in the next run.
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

  private final McuConfig config;
  private final FirmwareImage image;
  private final MemoryMap map;
  private final Strictness strictness;
  private final byte[] flash;
  private final byte[] powerOnSram;
  private final @Nullable InterruptLines lines;
  private final ExactEngine engine;

  private boolean engineHasRun;
  private boolean ended;
  private long cycles;
  private long callSp = NOT_PARKED;
  private int stackReserve;

  private Mcu(
      McuConfig config,
      FirmwareImage image,
      Strictness strictness,
      BlockCounting counting,
      List<InterruptSource> interrupts) {
    this.config = config;
    this.image = image;
    this.strictness = interrupts.isEmpty() ? strictness : Strictness.STRICT;
    map = new MemoryMap(config.flashBytes(), config.sramBase(), config.sramBytes());
    MemoryLoader memory = MemoryLoader.load(map, image, FLASH_FILL, SRAM_FILL);
    flash = memory.flash();
    powerOnSram = memory.sram();
    CycleModel model = config.timing();
    lines = interrupts.isEmpty() ? null : new InterruptLines(interrupts, model);
    engine =
        new ExactEngine(
            map,
            MappedMemory.words(flash),
            powerOnSram,
            config.core(),
            model,
            translating(model, counting),
            image::locate,
            this.strictness == Strictness.STRICT,
            lines);
  }

  private @Nullable EngineFactory translating(CycleModel model, BlockCounting counting) {
    return strictness == Strictness.STRICT || counting == BlockCounting.NOBODY
        ? null
        : UnicornLibrary.get().engines(map, flash, model, counting);
  }

  /** Normally strict, with blocks counted in a given way: only speed depends on it. */
  public static Mcu create(McuConfig config, FirmwareImage image, BlockCounting counting) {
    return new Mcu(config, image, Strictness.NORMAL, counting, List.of());
  }

  /**
   * Loads {@code image} and maps flash and exactly the SRAM of {@code config}; SRAM that no segment
   * fills starts as 0xA5, flash as 0xFF. The core does not run yet.
   *
   * @param strictness what is checked; with interrupts always all
   * @param interrupts at most 32, each of at least the cycles of an entry and a return; the first
   *     is IRQ 0
   * @throws ImageRejectedException if a segment does not fit flash or SRAM, with the sum in the
   *     message
   */
  public static Mcu create(
      McuConfig config,
      FirmwareImage image,
      Strictness strictness,
      List<InterruptSource> interrupts) {
    return new Mcu(config, image, strictness, BlockCounting.chosen(), interrupts);
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
   * Whether the program is interpreted: if strict, or without a library that translates, or once it
   * has done what translated code cannot do exactly: run code in SRAM, or use an instruction that
   * the engine's core has otherwise. Only speed depends on it.
   */
  public boolean interprets() {
    return engine.interprets();
  }

  /**
   * Resets the core with SP at the top of SRAM and runs from the reset vector until the program
   * parks on a BKPT. Later calls run with SP as it is then. The cycle counter starts at 0, and
   * there is no stack reserve. Interrupts come from the park on. If the Mcu has run before, SRAM is
   * as after {@link #create}.
   *
   * @param cycleBudget the most cycles the run may take; the instruction that reaches it is the
   *     last
   */
  public Outcome reset(long cycleBudget) {
    if (lines != null) {
      lines.stop();
    }
    if (engineHasRun || ended) {
      engine.restart(powerOnSram, false, 0);
    }
    ended = false;
    cycles = 0;
    callSp = NOT_PARKED;
    reserve(0);
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
              String.format(Locale.ROOT, "the reset vector 0x%08x has the Thumb bit clear", vector),
              vector,
              atReset),
          0);
    }
    engineHasRun = true;
    Stop stop = engine.start(map.sramEnd(), vector & ~1L, cycleBudget);
    if (stop instanceof Stop.Breakpoint park) {
      callSp = park.sp();
      cycles += park.cycles();
      if (lines != null) {
        lines.start(cycles);
      }
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
              Locale.ROOT,
              "%d bytes of stack are in use at the park, the reserve has %d, 4 of them the canary",
              map.sramEnd() - callSp,
              bytes));
    }
    byte[] paint = new byte[(int) (callSp - bottom)];
    LittleEndian.set(paint, 0, CANARY);
    for (int offset = 4; offset + 4 <= paint.length; offset += 4) {
      LittleEndian.set(paint, offset, PAINT);
    }
    write(bottom, paint);
    reserve(bytes);
  }

  /**
   * SP at the park, which every call begins with.
   *
   * @throws IllegalStateException if the program has not parked
   */
  public long parkedSp() {
    requireParked();
    return callSp;
  }

  private void reserve(int bytes) {
    stackReserve = bytes;
    engine.guard(bytes == 0 ? null : new Watch(map.sramEnd() - bytes, CANARY));
  }

  /**
   * Calls a function by the AAPCS and runs until it is back. The cycles are those from its first
   * instruction until control is back at the host's address; the caller's BL is not in them. Ends
   * in a fault if R4 to R11, SP, PRIMASK or CONTROL come back changed or the canary is gone.
   *
   * @param function the address of the function, with or without the Thumb bit; {@link
   *     FirmwareImage#function} gives it
   * @param cycleBudget the most cycles the call may take, interrupts included; the instruction that
   *     reaches it is the last
   * @param arguments up to 4 words for R0 to R3, the others are 0
   * @throws IllegalStateException if the program has not parked, or its last run did not end
   *     regularly
   */
  public Outcome call(long function, long cycleBudget, int... arguments) {
    requireParked();
    Stop stop = engine.call(callSp, function & ~1L, arguments.clone(), cycleBudget);
    if (stop instanceof Stop.Returned returned) {
      cycles += returned.cycles();
      return new Outcome.Returned(returned.value(), returned.cycles(), engine.interruptCycles());
    }
    return finished(stop);
  }

  /**
   * What a {@link #call} of a function that only looks would answer now; null if it would not
   * return, if somebody listens, and where only a call can tell. Nothing happens to the Mcu.
   */
  public @Nullable Lookup lookUp(long function, long cycleBudget, int... arguments) {
    requireParked();
    return engine.lookUp(callSp, function & ~1L, arguments, cycleBudget);
  }

  /**
   * Has every instruction from now on told to {@code listener}, null for nobody.
   *
   * @throws IllegalStateException if this Mcu is not strict: it does not see single instructions
   */
  public void listen(@Nullable InstructionListener listener) {
    if (strictness != Strictness.STRICT) {
      throw new IllegalStateException("only a strict Mcu sees every instruction");
    }
    engine.listen(listener);
  }

  /** Cycles since reset, over all runs and {@link #idle}. */
  public long cycles() {
    return cycles;
  }

  /**
   * Lets emulated time pass with the core asleep, on its stack as in a call. Interrupts are served
   * in it; a handler that has begun is carried out, so that it may last longer. A request at its
   * very end is left to the next run.
   *
   * @return {@link Outcome.Slept}, or {@link Outcome.Faulted} if the stack of the interrupts
   *     overflows
   * @throws IllegalStateException if the last run did not end regularly
   */
  public Outcome idle(long idleCycles) {
    if (idleCycles < 0) {
      throw new IllegalArgumentException("time does not go back: " + idleCycles);
    }
    requireRunnable();
    if (lines != null && callSp != NOT_PARKED) {
      Stop.Faulted fault = engine.idle(callSp, idleCycles);
      if (fault != null) {
        return finished(fault);
      }
      long slept = engine.cycles() - cycles;
      cycles += slept;
      return new Outcome.Slept(slept, engine.interruptCycles());
    }
    cycles += idleCycles;
    engine.resume(cycles);
    return new Outcome.Slept(idleCycles, 0);
  }

  /** Tells whom to tell of interrupts. */
  public void setInterruptListener(InterruptListener listener) {
    if (lines != null) {
      lines.setListener(listener);
    }
  }

  /**
   * Keeps interrupts away, or lets them come again; no snapshot knows of it. For what is tried out
   * between a {@link #snapshot} and its {@link #restore}: without going back, what would have been
   * requested in the meantime comes at once.
   *
   * @return whether they were kept away before
   */
  public boolean holdInterrupts(boolean hold) {
    if (lines == null) {
      return false;
    }
    boolean before = lines.held();
    lines.setHeld(hold);
    engine.resume(cycles);
    return before;
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
    return LittleEndian.get(read(address, 4), 0);
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
    engine.writeSram(address, bytes.clone());
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
    if (LittleEndian.get(stack, 0) != CANARY) {
      return stackReserve;
    }
    int untouched = 4;
    while (untouched + 4 <= stack.length && LittleEndian.get(stack, untouched) == PAINT) {
      untouched += 4;
    }
    return stackReserve - untouched;
  }

  /** The state now, to come back to. */
  public Snapshot snapshot() {
    requireRunnable();
    return new Snapshot(
        this,
        engine.sram(),
        engine.eventRegister(),
        cycles,
        callSp,
        stackReserve,
        lines == null ? null : lines.state());
  }

  /**
   * Back to {@code snapshot}, cycles included, also after a run that did not end regularly. Correct
   * also after the image executed code from SRAM, at the price of a fresh engine.
   */
  public void restore(Snapshot snapshot) {
    if (snapshot.owner != this) {
      throw new IllegalArgumentException("a snapshot of another Mcu");
    }
    if (lines != null && snapshot.interrupts != null) {
      lines.restore(snapshot.interrupts);
    }
    boolean parked = snapshot.callSp != NOT_PARKED;
    if (!ended && parked) {
      engine.restore(snapshot.sram, snapshot.eventRegister, snapshot.cycles);
    } else {
      engine.restart(snapshot.sram, snapshot.eventRegister, snapshot.cycles);
      engineHasRun = parked;
    }
    ended = false;
    cycles = snapshot.cycles;
    callSp = snapshot.callSp;
    reserve(snapshot.stackReserve);
  }

  @Override
  public void close() {
    engine.close();
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
                Locale.ROOT,
                "SP is %d bytes below the stack reserve of %d: %s",
                below,
                stackReserve,
                stop.detail())
            : stop.detail(),
        stop.accessAddress(),
        stop.before());
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
        String.format(Locale.ROOT, "%d bytes at 0x%08x are not mapped for this", length, address));
  }
}
