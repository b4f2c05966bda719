package io.defragsim.emulator;

import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.Memory;
import io.defragsim.emulator.system.MemoryMap;
import java.util.Locale;

/** Memory of an interpreter that tests look into, and change, by bytes. */
public final class ByteMemory implements Memory {
  private final MemoryMap map;
  private final byte[] flash;
  private final byte[] sram;

  /**
   * Works on the arrays themselves.
   *
   * @param flash all of it, as long as the map says
   * @param sram all of it, as long as the map says
   */
  public ByteMemory(MemoryMap map, byte[] flash, byte[] sram) {
    if (flash.length != map.flashBytes() || sram.length != map.sramBytes()) {
      throw new IllegalArgumentException(
          "memory of " + flash.length + " and " + sram.length + " bytes for " + map);
    }
    this.map = map;
    this.flash = flash;
    this.sram = sram;
  }

  @Override
  public int read(long address, int bytes) throws AccessFault {
    int offset = map.sramOffset(address);
    if (offset >= 0) {
      return value(sram, offset, bytes);
    }
    offset = map.flashOffset(address);
    if (offset >= 0) {
      return value(flash, offset, bytes);
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
    for (int i = 0; i < bytes; i++) {
      sram[offset + i] = (byte) (value >>> (8 * i));
    }
  }

  @Override
  public int fetch(long address) throws AccessFault {
    int offset = map.flashOffset(address);
    if (offset >= 0) {
      return value(flash, offset, 2);
    }
    offset = map.sramOffset(address);
    if (offset >= 0) {
      return value(sram, offset, 2);
    }
    throw new AccessFault(
        Fault.Kind.UNMAPPED_FETCH, address, "the program went to " + map.describeHole(address));
  }

  @Override
  public boolean waits(long address) {
    return map.sramOffset(address) < 0;
  }

  private static int value(byte[] bytes, int offset, int length) {
    int value = 0;
    for (int i = 0; i < length; i++) {
      value |= (bytes[offset + i] & 0xFF) << (8 * i);
    }
    return value;
  }
}
