package io.defragsim.emulator.engine;

import io.defragsim.emulator.interpreter.Interpreter;
import io.defragsim.emulator.interpreter.StepResult;
import io.defragsim.emulator.isa.CostClass;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.model.LittleEndian;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.model.Lookup;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.FlashAndSram;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Carries out calls of functions that only look, apart from the engine, and keeps which words of
 * SRAM they read. What they store stays here and is forgotten.
 *
 * <p>It gives up on whatever an engine would have to say more of than a value: then only a call on
 * the engine tells how it ends.
 */
public final class LookupCore {
  /** A function that takes more instructions is called as any other. */
  private static final int MOST_INSTRUCTIONS = 2000;

  private final Looked memory;
  private final Interpreter interpreter;

  /**
   * A core at rest.
   *
   * @param flash all of it; not copied, and must not change
   */
  public LookupCore(MemoryMap map, int[] flash, CoreKind kind, CycleModel model) {
    memory = new Looked(map, flash);
    interpreter =
        Interpreter.withoutSystem(
            memory, kind, model, true, address -> new Location(address, null, 0), null);
  }

  /**
   * Looks up what a {@link Engine#call} would answer now.
   *
   * @param engine whose SRAM is read
   * @param canary the word that no call may change, null for none
   * @param cycleBudget as a call's
   * @return null if a call would not return, or if that cannot be said here
   */
  public @Nullable Lookup call(
      Engine engine,
      @Nullable Watch canary,
      long sp,
      long function,
      int[] arguments,
      long cycleBudget) {
    memory.begin(engine);
    InterpreterEngine.enter(interpreter.core(), sp, function, arguments);
    long start = interpreter.cycles();
    for (int i = 0; i < MOST_INSTRUCTIONS; i++) {
      if (interpreter.core().pc() == (int) InterpreterEngine.EXIT) {
        boolean asCalled = InterpreterEngine.changes(interpreter.core(), (int) sp).isEmpty();
        return asCalled && !memory.stored(canary)
            ? memory.lookup(interpreter.core().register(0))
            : null;
      }
      if (!(interpreter.step() instanceof StepResult.Retired retired)
          || retired.instruction().form().cost() == CostClass.WAIT
          || retired.instruction().form().cost() == CostClass.SUPERVISOR_CALL
          || interpreter.cycles() - start >= cycleBudget) {
        return null;
      }
    }
    return null;
  }

  /** SRAM as it stands, with what was read of it, and what was stored over it. */
  private static final class Looked extends FlashAndSram {
    private final int[] flash;
    private final Map<Integer, Integer> read = new HashMap<>();
    private final Map<Integer, Integer> stored = new HashMap<>();
    private @Nullable Engine engine;

    Looked(MemoryMap map, int[] flash) {
      super(map);
      this.flash = flash;
    }

    void begin(Engine of) {
      engine = of;
      read.clear();
      stored.clear();
    }

    boolean stored(@Nullable Watch word) {
      return word != null && stored.containsKey(map().sramOffset(word.address()));
    }

    Lookup lookup(int value) {
      return new Lookup(
          value, read.keySet().stream().map(this::address).collect(Collectors.toSet()));
    }

    @Override
    protected int flash(int offset, int bytes) {
      return MappedMemory.value(flash[offset >>> 2], offset, bytes);
    }

    @Override
    protected int sram(int offset, int bytes) {
      return MappedMemory.value(word(offset & ~3), offset, bytes);
    }

    private long address(int offset) {
      return map().sramBase() + offset;
    }

    private int word(int offset) {
      Integer over = stored.get(offset);
      return over != null ? over : read.computeIfAbsent(offset, this::load);
    }

    private int load(int offset) {
      if (engine == null) {
        throw new IllegalStateException("before the first call");
      }
      return LittleEndian.get(engine.readSram(address(offset), Integer.BYTES), 0);
    }

    @Override
    protected void setSram(int offset, int bytes, int value) {
      int at = offset & ~3;
      stored.put(at, MappedMemory.with(bytes == 4 ? 0 : word(at), offset, bytes, value));
    }

    @Override
    public int fetch(long address) throws AccessFault {
      return address == InterpreterEngine.EXIT ? InterpreterEngine.EXIT_CODE : super.fetch(address);
    }
  }
}
