package io.defragsim.emulator.system;

import io.defragsim.emulator.model.LittleEndian;
import io.defragsim.emulator.system.MemoryMap.Area;
import java.util.List;

/** The memories of a map that are neither flash nor SRAM. */
public final class FurtherMemories implements Memory {
  private final MemoryMap map;
  private final List<byte[]> contents;
  private final Memory beyond;

  /**
   * Works on what they hold.
   *
   * @param contents of each area of the map, in its order
   * @param beyond what is reached by other addresses, and by stores to what is no RAM
   */
  public FurtherMemories(MemoryMap map, List<byte[]> contents, Memory beyond) {
    this.map = map;
    this.contents = List.copyOf(contents);
    this.beyond = beyond;
  }

  /** What an area holds, to be changed. */
  public byte[] contents(Area area) {
    return contents.get(map.areas().indexOf(area));
  }

  /** A word of an area. */
  public int word(long address) {
    Area area = at(address);
    return LittleEndian.get(contents(area), (int) (address - area.base()));
  }

  /** Has a word of an area hold {@code word}, whether it is RAM or not. */
  public void setWord(long address, int word) {
    Area area = at(address);
    store(area, address, 4, word);
  }

  private Area at(long address) {
    Area area = map.area(address);
    if (area == null) {
      throw new IllegalArgumentException("no further memory at " + address);
    }
    return area;
  }

  @Override
  public int read(long address, int bytes) throws AccessFault {
    Area area = map.area(address);
    return area == null ? beyond.read(address, bytes) : value(area, address, bytes);
  }

  private int value(Area area, long address, int bytes) {
    byte[] memory = contents(area);
    int at = (int) (address - area.base());
    return switch (bytes) {
      case 1 -> memory[at] & 0xFF;
      case 2 -> (memory[at] & 0xFF) | (memory[at + 1] & 0xFF) << 8;
      default -> LittleEndian.get(memory, at);
    };
  }

  @Override
  public void write(long address, int bytes, int value) throws AccessFault {
    Area area = map.area(address);
    if (area == null || !area.writable()) {
      beyond.write(address, bytes, value);
      return;
    }
    store(area, address, bytes, value);
  }

  private void store(Area area, long address, int bytes, int value) {
    byte[] memory = contents(area);
    int at = (int) (address - area.base());
    for (int i = 0; i < bytes; i++) {
      memory[at + i] = (byte) (value >>> (8 * i));
    }
  }

  @Override
  public int fetch(long address) throws AccessFault {
    Area area = map.area(address);
    return area == null ? beyond.fetch(address) : value(area, address, 2);
  }

  @Override
  public boolean waits(long address) {
    return map.waits(address);
  }
}
