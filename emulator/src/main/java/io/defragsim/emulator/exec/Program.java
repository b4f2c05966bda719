package io.defragsim.emulator.exec;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.MemoryLoader;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.FirmwareImage.Segment;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.model.LittleEndian;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.MemoryMap;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * An image on a part, ready to run from reset any number of times. Code stands at 0x00000000 or
 * 0x08000000, which show the same flash.
 */
public final class Program {
  /** Where SRAM is on most parts. */
  public static final long SRAM_BASE = 0x2000_0000L;

  /** More than any Cortex-M0 has of either memory. */
  public static final int MOST_BYTES = 64 << 20;

  private static final int LEAST_SRAM = 64 << 10;
  private static final int LEAST_FLASH = 256 << 10;
  private static final byte SRAM_FILL = (byte) 0xA5;
  private static final byte FLASH_FILL = (byte) 0xFF;

  private final McuConfig part;
  private final FirmwareImage image;
  private final MemoryMap map;
  private final MemoryLoader memory;
  private final int[] flash;

  private Program(McuConfig part, FirmwareImage image, MemoryMap map, MemoryLoader memory) {
    this.part = part;
    this.image = image;
    this.map = map;
    this.memory = memory;
    flash = MappedMemory.words(memory.flash());
  }

  /**
   * Puts {@code image} into the memories of {@code part}. SRAM that no segment fills starts as
   * 0xA5, flash as 0xFF.
   *
   * @throws ImageRejectedException if it does not fit, or has no vector table where flash begins
   */
  public static Program load(McuConfig part, FirmwareImage image) {
    MemoryMap map = new MemoryMap(part.flashBytes(), part.sramBase(), part.sramBytes());
    if (!hasVectors(image)) {
      throw new ImageRejectedException(
          String.format(
              Locale.ROOT,
              "%s: no vector table: nothing loads at 0x%08x or 0x%08x, where a Cortex-M0 looks for"
                  + " SP and the reset vector",
              image.name(),
              MemoryMap.FLASH_LOW,
              MemoryMap.FLASH_HIGH));
    }
    return new Program(part, image, map, MemoryLoader.load(map, image, FLASH_FILL, SRAM_FILL));
  }

  private static boolean hasVectors(FirmwareImage image) {
    return vector(image, 0).isPresent() && vector(image, 1).isPresent();
  }

  /** A word of the vector table as the image stores it. */
  private static OptionalLong vector(FirmwareImage image, int number) {
    for (Segment segment : image.segments()) {
      long view =
          segment.loadAddress() >= MemoryMap.FLASH_HIGH
              ? MemoryMap.FLASH_HIGH
              : MemoryMap.FLASH_LOW;
      long offset = view + 4L * number - segment.loadAddress();
      if (offset >= 0 && offset + 4 <= segment.stored().length) {
        return OptionalLong.of(LittleEndian.get(segment.stored(), (int) offset) & 0xFFFF_FFFFL);
      }
    }
    return OptionalLong.empty();
  }

  /** Bytes of flash for {@code image}: what it fills, at least 256 KiB, a multiple of 1 KiB. */
  public static int flashFor(FirmwareImage image) {
    long end = 0;
    for (Segment segment : image.segments()) {
      end = Math.max(end, flashEnd(segment.loadAddress(), segment.stored().length));
      end = Math.max(end, flashEnd(segment.runAddress(), segment.memoryBytes()));
    }
    return size(end, LEAST_FLASH);
  }

  private static long flashEnd(long address, int bytes) {
    if (bytes == 0 || address >= SRAM_BASE) {
      return 0;
    }
    return (address >= MemoryMap.FLASH_HIGH ? address - MemoryMap.FLASH_HIGH : address) + bytes;
  }

  /**
   * Bytes of SRAM at {@link #SRAM_BASE} for {@code image}: up to the end of its segments and to the
   * SP of its vector table, at least 64 KiB, a multiple of 1 KiB.
   */
  public static int sramFor(FirmwareImage image) {
    long end = image.sramUsedEnd(SRAM_BASE);
    long sp = vector(image, 0).orElse(0);
    if (sp <= SRAM_BASE + MOST_BYTES) {
      end = Math.max(end, sp);
    }
    return size(end - SRAM_BASE, LEAST_SRAM);
  }

  private static int size(long bytes, int least) {
    long page = MemoryMap.PAGE;
    return (int) Math.max(least, Math.min((bytes + page - 1) / page * page, MOST_BYTES));
  }

  public McuConfig part() {
    return part;
  }

  public FirmwareImage image() {
    return image;
  }

  /** Whether flash or SRAM is at {@code address}. */
  public boolean isMemory(long address) {
    return map.flashOffset(address) >= 0 || map.sramOffset(address) >= 0;
  }

  /**
   * One name for the two addresses of a place in flash: the lower one. Other addresses are as they
   * are.
   */
  int canonical(int address) {
    int offset = map.flashOffset(Integer.toUnsignedLong(address));
    return offset >= 0 ? offset : address;
  }

  MemoryMap map() {
    return map;
  }

  /** Flash by words, not to be changed. */
  int[] flash() {
    return flash;
  }

  /** SRAM as it is at power-on. */
  byte[] freshSram() {
    return memory.sram().clone();
  }
}
