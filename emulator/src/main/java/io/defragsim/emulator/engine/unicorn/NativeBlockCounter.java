package io.defragsim.emulator.engine.unicorn;

import io.defragsim.emulator.engine.Stop;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import org.jspecify.annotations.Nullable;
import unicorn.Unicorn;

/**
 * Counts by the block in native code next to the engine, which is several times as fast: known
 * blocks need no call into Java. For all others the native code calls {@link #block}, so what is
 * known of instructions is here alone.
 */
class NativeBlockCounter extends BlockCounter {
  private final RunState state = new RunState();

  /** Held because native code reads its memory. */
  private final FlashCosts costs;

  private final int flashBytes;
  private long handle; // 0 for none
  private @Nullable Throwable thrown;

  NativeBlockCounter(Core core, CycleModel model, FlashCosts costs) {
    super(core, model, costs);
    this.costs = costs;
    flashBytes = core.map.flashBytes();
  }

  /** A counter for an open core, null if the engine's library is not as expected. */
  static @Nullable NativeBlockCounter open(Core core, CycleModel model, FlashCosts costs) {
    NativeBlockCounter counter = new NativeBlockCounter(core, model, costs);
    return counter.open() ? counter : null;
  }

  /** Whether this counter can be used; to be called once, first. */
  final boolean open() {
    handle =
        NativeHook.open(
            this,
            Unicorn.class,
            state.memory,
            costs.byHalfword,
            flashBytes,
            (int) MemoryMap.FLASH_HIGH);
    return handle != 0;
  }

  @Override
  void addTo(Unicorn unicorn, long from, long to) {
    if (handle == 0 || !NativeHook.add(handle, unicorn, from, to)) {
      throw new IllegalStateException("the engine takes no native hook");
    }
  }

  @Override
  public void begin(long entry, long cycleBudget) {
    super.begin(entry, cycleBudget);
    thrown = null;
    save(state);
  }

  /** Called by native code, through which nothing may be thrown. */
  @Override
  void block(int at, int size) {
    try {
      load(state);
      super.block(at, size);
      save(state);
    } catch (Throwable t) { // an Error: the superclass keeps exceptions
      thrown = t;
      throw t; // native code ends the run
    }
  }

  @Override
  public @Nullable Stop ended() {
    if (state.broken()) {
      throw new IllegalStateException("the native counter failed", thrown);
    }
    return super.ended();
  }

  @Override
  public long total() {
    load(state);
    return super.total();
  }

  @Override
  long lowerBound() {
    load(state);
    return super.lowerBound();
  }

  @Override
  public void close() {
    if (handle != 0) {
      NativeHook.close(handle);
      handle = 0;
    }
  }
}
