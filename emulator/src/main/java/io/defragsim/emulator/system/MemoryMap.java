package io.defragsim.emulator.system;

import java.util.Locale;

/**
 * Where flash and SRAM are. All addresses are 0 to 0xFFFFFFFF, all sizes in bytes.
 *
 * <p>Flash is visible twice, at {@link #FLASH_LOW} and at {@link #FLASH_HIGH}, readable and
 * executable. SRAM is readable, writable and executable. Nothing else is mapped for the program:
 * there are no peripherals, and the system control space is not memory.
 *
 * @param flashBytes a multiple of {@link #PAGE}
 * @param sramBase the first address of SRAM, a multiple of {@link #PAGE}
 * @param sramBytes a multiple of {@link #PAGE}
 */
public record MemoryMap(int flashBytes, long sramBase, int sramBytes) {

  /** The granule of the map in bytes. */
  public static final int PAGE = 1024;

  /** The vector table is read here. */
  public static final long FLASH_LOW = 0x0000_0000L;

  /** Where most parts show the same flash. */
  public static final long FLASH_HIGH = 0x0800_0000L;

  /**
   * A place of the host's, with the code that enters and leaves a called function. It stands at the
   * end of the external device space, where no part maps memory and a Cortex-M0 may not execute.
   */
  public static final long HOST_PAGE = 0xDFFF_F000L;

  /** Bytes at {@link #HOST_PAGE}. */
  public static final int HOST_BYTES = 4096;

  /** The core's own registers: the private peripheral bus. */
  private static final long CORE_REGISTERS = 0xE000_0000L;

  private static final long CORE_REGISTERS_END = 0xE010_0000L;

  /**
   * Checks that the regions do not overlap.
   *
   * @throws IllegalArgumentException with the reason
   */
  public MemoryMap {
    if (flashBytes <= 0 || flashBytes % PAGE != 0 || flashBytes > FLASH_HIGH) {
      throw new IllegalArgumentException("flash is 1 KiB to 128 MiB in KiB: " + flashBytes);
    }
    if (sramBytes <= 0 || sramBytes % PAGE != 0 || sramBase % PAGE != 0) {
      throw new IllegalArgumentException("SRAM stands at and has a multiple of 1 KiB");
    }
    long sramEnd = sramBase + sramBytes;
    if (sramBase < flashBytes
        || (sramBase < FLASH_HIGH + flashBytes && sramEnd > FLASH_HIGH)
        || sramEnd > HOST_PAGE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "SRAM at 0x%08x to 0x%08x overlaps flash or reserved addresses",
              sramBase,
              sramEnd));
    }
  }

  /** Where {@code address} is in flash, from its start in bytes, or -1 outside both views. */
  public int flashOffset(long address) {
    if (address >= FLASH_LOW && address < FLASH_LOW + flashBytes) {
      return (int) (address - FLASH_LOW);
    }
    if (address >= FLASH_HIGH && address < FLASH_HIGH + flashBytes) {
      return (int) (address - FLASH_HIGH);
    }
    return -1;
  }

  /** Whether wait states of flash count for what stands at {@code address}: outside SRAM. */
  public boolean waits(long address) {
    return sramOffset(address) < 0;
  }

  /** Where {@code address} is in SRAM, from its start in bytes, or -1 outside. */
  public int sramOffset(long address) {
    return address >= sramBase && address < sramEnd() ? (int) (address - sramBase) : -1;
  }

  /** Whether all of {@code length} bytes from {@code address} on are SRAM. */
  public boolean isSram(long address, long length) {
    return address >= sramBase && length >= 0 && length <= sramEnd() - address;
  }

  /**
   * Throws if not all of {@code length} bytes from {@code address} on are SRAM.
   *
   * @throws IllegalArgumentException then
   */
  public void requireSram(long address, long length) {
    if (!isSram(address, length)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "0x%08x + %d is not in SRAM", address, length));
    }
  }

  /** Whether all of {@code length} bytes from {@code address} on are in one view of flash. */
  public boolean isFlash(long address, long length) {
    int offset = flashOffset(address);
    return offset >= 0 && length >= 0 && length <= flashBytes - offset;
  }

  /** The first address above SRAM. */
  public long sramEnd() {
    return sramBase + sramBytes;
  }

  /** Why nothing is mapped at {@code address}, as the end of a sentence for people. */
  public String describeHole(long address) {
    if (SystemControlSpace.covers(address)) {
      return String.format(
          Locale.ROOT,
          "0x%08x: the system control space is not there for an allocator image, since nothing but"
              + " its functions is measured; exec has it",
          address);
    }
    if (address >= CORE_REGISTERS && address < CORE_REGISTERS_END) {
      return CoreRegisters.describe(address);
    }
    if (address >= 0x4000_0000L && address < 0x6000_0000L) {
      return String.format(
          Locale.ROOT,
          "0x%08x: there are no peripherals here; leave their drivers, and the set-up of clocks and"
              + " pins, out of this build",
          address);
    }
    if (address >= sramEnd() && address < sramEnd() + (1 << 20)) {
      return String.format(
          Locale.ROOT,
          "0x%08x, %d bytes above the end of SRAM (0x%08x)",
          address,
          address - sramEnd(),
          sramEnd());
    }
    if (address < sramBase && address >= sramBase - (1 << 20) && flashOffset(address) < 0) {
      return String.format(
          Locale.ROOT,
          "0x%08x, %d bytes below the start of SRAM (0x%08x)",
          address,
          sramBase - address,
          sramBase);
    }
    return String.format(Locale.ROOT, "0x%08x, where nothing is mapped", address);
  }
}
