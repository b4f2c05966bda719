package io.defragsim.emulator;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.FirmwareImage.Segment;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.system.MemoryMap;
import java.util.Arrays;
import java.util.Locale;

/**
 * The contents of memory at power-on: what the segments of an image fill, and the rest.
 *
 * @param flash all of it
 * @param sram all of it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record MemoryLoader(byte[] flash, byte[] sram) {

  /**
   * Puts every segment where it loads.
   *
   * @throws ImageRejectedException if one does not fit
   */
  public static MemoryLoader load(
      MemoryMap map, FirmwareImage image, byte flashFill, byte sramFill) {
    image.segments().forEach(segment -> check(map, image, segment));
    byte[] flash = new byte[map.flashBytes()];
    byte[] sram = new byte[map.sramBytes()];
    Arrays.fill(flash, flashFill);
    Arrays.fill(sram, sramFill);
    for (Segment segment : image.segments()) {
      byte[] stored = segment.stored();
      int offset = map.flashOffset(segment.loadAddress());
      if (offset >= 0) {
        System.arraycopy(stored, 0, flash, offset, stored.length);
      } else if (stored.length > 0) {
        System.arraycopy(stored, 0, sram, map.sramOffset(segment.loadAddress()), stored.length);
      }
    }
    return new MemoryLoader(flash, sram);
  }

  private static void check(MemoryMap map, FirmwareImage image, Segment segment) {
    long loads = segment.loadAddress();
    int stored = segment.stored().length;
    if (stored > 0 && !map.isFlash(loads, stored) && !map.isSram(loads, stored)) {
      throw rejected(map, image, loads, stored, "load");
    }
    long runs = segment.runAddress();
    int bytes = segment.memoryBytes();
    if (!map.isFlash(runs, bytes) && !map.isSram(runs, bytes)) {
      throw rejected(map, image, runs, bytes, "run");
    }
  }

  private static ImageRejectedException rejected(
      MemoryMap map, FirmwareImage image, long address, int bytes, String verb) {
    String sum;
    int flashOffset = map.flashOffset(address);
    int sramOffset = map.sramOffset(address);
    if (flashOffset >= 0) {
      sum = sum("flash", flashOffset, bytes, map.flashBytes());
    } else if (sramOffset >= 0) {
      sum = sum("SRAM", sramOffset, bytes, map.sramBytes());
    } else {
      sum =
          String.format(
              Locale.ROOT,
              "flash is at 0x%08x (and 0x%08x), SRAM at 0x%08x to 0x%08x",
              MemoryMap.FLASH_LOW,
              MemoryMap.FLASH_HIGH,
              map.sramBase(),
              map.sramEnd() - 1);
    }
    return new ImageRejectedException(
        String.format(
            Locale.ROOT,
            "%s: %d bytes that %s at 0x%08x do not fit the part: %s",
            image.name(),
            bytes,
            verb,
            address,
            sum));
  }

  private static String sum(String memory, long offset, int bytes, int there) {
    return String.format(
        Locale.ROOT,
        "%s %d bytes needed (%d before + %d), %d there",
        memory,
        offset + bytes,
        offset,
        bytes,
        there);
  }
}
