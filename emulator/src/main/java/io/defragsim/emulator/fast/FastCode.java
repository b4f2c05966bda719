package io.defragsim.emulator.fast;

import io.defragsim.emulator.interpreter.InstructionTiming;
import io.defragsim.emulator.interpreter.Watcher;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import org.jspecify.annotations.Nullable;

/**
 * A program's code in flash, taken apart into blocks, of which those that run often are translated.
 */
public final class FastCode {
  /** A block that began so often is worth its translation. */
  public static final int WORTH_TRANSLATING = 10_000;

  /** Nothing is translated. */
  public static final int NEVER = Integer.MAX_VALUE;

  /** Regions of one flash: each is a class, and the Java machine's room for code is limited. */
  private static final int MOST_REGIONS = 5000;

  private final InstructionTiming timing;
  private final Watcher watcher;
  private final BlockTable[] views;
  private final Translator translator;
  private final int translateAfter;
  private int regions;

  /**
   * @param flash all of it, by words
   * @param translateAfter how often a block begins before it is translated
   * @param guards whether a word of SRAM may be guarded ({@link FastCore#guard})
   * @param watcher who is told of what runs
   */
  public FastCode(
      MemoryMap map,
      int[] flash,
      CycleModel model,
      int translateAfter,
      boolean guards,
      Watcher watcher) {
    this.watcher = watcher;
    this.translateAfter = translateAfter;
    timing = new InstructionTiming(model, map::waits);
    views =
        map.flash().views().stream()
            .map(base -> new BlockDecoder((int) (long) base, flash, false, timing, watcher))
            .map(BlockTable::new)
            .toArray(BlockTable[]::new);
    translator = new Translator(map, timing, guards, watcher, this::block);
  }

  /** The table of blocks in SRAM, of which each memory has its own. */
  BlockTable inSram(MappedMemory memory) {
    int base = (int) memory.map().sramBase();
    return new BlockTable(new BlockDecoder(base, memory.sram(), true, timing, watcher));
  }

  InstructionTiming timing() {
    return timing;
  }

  Watcher watcher() {
    return watcher;
  }

  /** What its instructions take. */
  public CycleModel model() {
    return timing.model();
  }

  /** The block at an address, null outside flash. */
  @Nullable CodeBlock block(int address) {
    for (BlockTable view : views) {
      CodeBlock block = view.at(address);
      if (block != null) {
        return block;
      }
    }
    return null;
  }

  /** A word of flash has changed: forgets all, if code near it has been decoded. */
  void forget(int offset) {
    for (BlockTable view : views) {
      if (view.hasDecoded(offset)) {
        for (BlockTable each : views) {
          each.forget();
        }
        return;
      }
    }
  }

  /** The translation of a block that is about to run, null as long as it is not worth one. */
  @Nullable Region region(CodeBlock block) {
    if (block.region == null
        && block.isTranslatable()
        && regions < MOST_REGIONS
        && ++block.entries > translateAfter) {
      block.region = translator.translate(block);
      regions++;
    }
    return block.region;
  }
}
