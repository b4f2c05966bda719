package io.defragsim.emulator.system;

/**
 * Where each address of a {@link MemoryMap} leads, whatever flash and SRAM are kept in. What is
 * neither, and each store to flash, is left to another memory.
 */
public abstract class FlashAndSram implements Memory {
  private final MemoryMap map;
  private final Memory beyond;

  /** With nothing besides. */
  protected FlashAndSram(MemoryMap map) {
    this(map, new Nowhere(map));
  }

  /**
   * The two.
   *
   * @param beyond what else there is
   */
  protected FlashAndSram(MemoryMap map, Memory beyond) {
    this.map = map;
    this.beyond = beyond;
  }

  public final MemoryMap map() {
    return map;
  }

  /** What flash holds, zero-extended; {@code offset} is from its start, in bytes. */
  protected abstract int flash(int offset, int bytes);

  /** The same of SRAM. */
  protected abstract int sram(int offset, int bytes);

  /** Has SRAM hold the low bytes of {@code value}. */
  protected abstract void setSram(int offset, int bytes, int value);

  @Override
  public int read(long address, int bytes) throws AccessFault {
    int offset = map.sramOffset(address);
    if (offset >= 0) {
      return sram(offset, bytes);
    }
    offset = map.flashOffset(address);
    if (offset >= 0) {
      return flash(offset, bytes);
    }
    return beyond.read(address, bytes);
  }

  @Override
  public void write(long address, int bytes, int value) throws AccessFault {
    int offset = map.sramOffset(address);
    if (offset >= 0) {
      setSram(offset, bytes, value);
    } else {
      beyond.write(address, bytes, value);
    }
  }

  @Override
  public int fetch(long address) throws AccessFault {
    int offset = map.flashOffset(address);
    if (offset >= 0) {
      return flash(offset, 2);
    }
    offset = map.sramOffset(address);
    return offset >= 0 ? sram(offset, 2) : beyond.fetch(address);
  }

  @Override
  public boolean waits(long address) {
    return map.waits(address);
  }
}
