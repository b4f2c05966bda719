package io.defragsim.emulator.board;

import io.defragsim.emulator.system.FurtherMemories;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.MemoryMap.Area;
import org.jspecify.annotations.Nullable;

/** The flash of a run, and the memories beside it that are no RAM. */
final class ProgrammedMemory implements NonVolatile {
  private final MappedMemory main;
  private final FurtherMemories further;
  private @Nullable Writer writer;

  ProgrammedMemory(MappedMemory main, FurtherMemories further) {
    this.main = main;
    this.further = further;
  }

  @Override
  public boolean has(long address) {
    Area area = main.map().area(address);
    return main.map().flashOffset(address) >= 0 || (area != null && !area.writable());
  }

  @Override
  public void program(long address, int word) {
    if (has(address)) {
      set(address, get(address) & word);
    }
  }

  @Override
  public void erase(long address, int bytes) {
    for (int i = 0; i < bytes; i += 4) {
      set(address + i, -1);
    }
  }

  @Override
  public void onStore(Writer asked) {
    writer = asked;
  }

  boolean store(long address, int bytes, int value) {
    return writer != null && has(address) && writer.store(address, bytes, value);
  }

  private int get(long address) {
    int offset = main.map().flashOffset(address);
    return offset >= 0 ? main.flash()[offset >>> 2] : further.word(address);
  }

  private void set(long address, int word) {
    if (!has(address)) {
      return; // nothing is there to be changed
    }
    int offset = main.map().flashOffset(address);
    if (offset >= 0) {
      main.setFlash(offset, word);
    } else {
      further.setWord(address, word);
    }
  }
}
