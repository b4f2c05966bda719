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
  public static final int WORTH_TRANSLATING = Integer.getInteger("defragsim.hot", 10_000);

  /** Nothing is translated. */
  public static final int NEVER = Integer.MAX_VALUE;

  private final CycleModel model;
  private final Watcher watcher;
  private final int flashBytes;
  private final BlockDecoder decoder;
  private final BlockTable low;
  private final BlockTable high;
  private final Translator translator;
  private final int translateAfter;

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
    this.model = model;
    this.translateAfter = translateAfter;
    flashBytes = map.flashBytes();
    MappedMemory memory = new MappedMemory(map, flash, new byte[map.sramBytes()]);
    InstructionTiming timing = new InstructionTiming(model, memory);
    decoder = new BlockDecoder(map, memory, timing, watcher);
    low = new BlockTable(flashBytes);
    high = new BlockTable(flashBytes);
    translator = new Translator(map, timing, guards, watcher, this::block);
  }

  Watcher watcher() {
    return watcher;
  }

  /** What its instructions take. */
  public CycleModel model() {
    return model;
  }

  /** The block at an address, null outside flash. */
  @Nullable Block block(int address) {
    BlockTable table = low;
    int offset = address;
    if (Integer.compareUnsigned(offset, flashBytes) >= 0) {
      offset = address - (int) MemoryMap.FLASH_HIGH;
      table = high;
      if (Integer.compareUnsigned(offset, flashBytes) >= 0) {
        return null;
      }
    }
    Block block = table.get(offset);
    if (block == null) {
      block = decoder.at(address);
      table.set(offset, block);
    }
    return block;
  }

  /**
   * The translation of a block that is about to run, null as long as it is not worth one. One that
   * is idle has none: who carries it out must know whether it was the last that ran.
   */
  @Nullable Region region(Block block) {
    if (block.region == null
        && block.code == null
        && !block.idle
        && ++block.entries > translateAfter) {
      block.region = translator.translate(block);
    }
    return block.region;
  }
}
