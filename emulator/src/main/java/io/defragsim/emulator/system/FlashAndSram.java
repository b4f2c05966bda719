package io.defragsim.emulator.system;

import io.defragsim.emulator.model.Fault;
import java.util.Locale;

/**
 * Where each address of a {@link MemoryMap} leads, and what is wrong with one that leads nowhere;
 * whatever the two memories are kept in.
 */
public abstract class FlashAndSram implements Memory {
  private final MemoryMap map;

  protected FlashAndSram(MemoryMap map) {
    this.map = map;
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
    throw new AccessFault(
        Fault.Kind.UNMAPPED_ACCESS, address, "load from " + map.describeHole(address));
  }

  @Override
  public void write(long address, int bytes, int value) throws AccessFault {
    int offset = map.sramOffset(address);
    if (offset < 0) {
      throw map.flashOffset(address) >= 0
          ? new AccessFault(
              Fault.Kind.WRITE_PROTECTED,
              address,
              String.format(Locale.ROOT, "store to flash at 0x%08x", address))
          : new AccessFault(
              Fault.Kind.UNMAPPED_ACCESS, address, "store to " + map.describeHole(address));
    }
    setSram(offset, bytes, value);
  }

  @Override
  public int fetch(long address) throws AccessFault {
    int offset = map.flashOffset(address);
    if (offset >= 0) {
      return flash(offset, 2);
    }
    offset = map.sramOffset(address);
    if (offset >= 0) {
      return sram(offset, 2);
    }
    throw new AccessFault(
        Fault.Kind.UNMAPPED_FETCH, address, "the program went to " + map.describeHole(address));
  }

  @Override
  public boolean waits(long address) {
    return map.waits(address);
  }
}
