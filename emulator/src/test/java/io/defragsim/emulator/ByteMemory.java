package io.defragsim.emulator;

import io.defragsim.emulator.system.FlashAndSram;
import io.defragsim.emulator.system.MemoryMap;

/** Memory of an interpreter that tests look into, and change, by bytes. */
public final class ByteMemory extends FlashAndSram {
  private final byte[] flash;
  private final byte[] sram;

  /**
   * Works on the arrays themselves.
   *
   * @param flash all of it, as long as the map says
   * @param sram all of it, as long as the map says
   */
  public ByteMemory(MemoryMap map, byte[] flash, byte[] sram) {
    super(map);
    if (flash.length != map.flashBytes() || sram.length != map.sramBytes()) {
      throw new IllegalArgumentException(
          "memory of " + flash.length + " and " + sram.length + " bytes for " + map);
    }
    this.flash = flash;
    this.sram = sram;
  }

  @Override
  protected int flash(int offset, int bytes) {
    return value(flash, offset, bytes);
  }

  @Override
  protected int sram(int offset, int bytes) {
    return value(sram, offset, bytes);
  }

  @Override
  protected void setSram(int offset, int bytes, int value) {
    for (int i = 0; i < bytes; i++) {
      sram[offset + i] = (byte) (value >>> (8 * i));
    }
  }

  private static int value(byte[] bytes, int offset, int length) {
    int value = 0;
    for (int i = 0; i < length; i++) {
      value |= (bytes[offset + i] & 0xFF) << (8 * i);
    }
    return value;
  }
}
