package io.defragsim.emulator;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.FirmwareImage.Segment;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.system.MemoryMap.Area;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The contents of memory at power-on: what the segments of an image fill, and the rest.
 *
 * @param flash all of it
 * @param sram all of it
 * @param areas all of each further memory of the map
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record MemoryLoader(byte[] flash, byte[] sram, List<byte[]> areas) {

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
    List<byte[]> areas = new ArrayList<>();
    for (Area area : map.areas()) {
      byte[] bytes = new byte[area.bytes()];
      Arrays.fill(bytes, area.writable() ? sramFill : flashFill);
      areas.add(bytes);
    }
    MemoryLoader loaded = new MemoryLoader(flash, sram, areas);
    for (Segment segment : image.segments()) {
      if (segment.stored().length > 0) {
        loaded.put(map, segment);
      }
    }
    return loaded;
  }

  private void put(MemoryMap map, Segment segment) {
    byte[] stored = segment.stored();
    long at = segment.loadAddress();
    Area area = map.area(at);
    if (map.flashOffset(at) >= 0) {
      System.arraycopy(stored, 0, flash, map.flashOffset(at), stored.length);
    } else if (area != null) {
      byte[] bytes = areas.get(map.areas().indexOf(area));
      System.arraycopy(stored, 0, bytes, (int) (at - area.base()), stored.length);
    } else {
      System.arraycopy(stored, 0, sram, map.sramOffset(at), stored.length);
    }
  }

  private static void check(MemoryMap map, FirmwareImage image, Segment segment) {
    int stored = segment.stored().length;
    if (stored > 0 && !fits(map, segment.loadAddress(), stored)) {
      throw rejected(map, image, segment.loadAddress(), stored, "load");
    }
    if (!fits(map, segment.runAddress(), segment.memoryBytes())) {
      throw rejected(map, image, segment.runAddress(), segment.memoryBytes(), "run");
    }
  }

  private static boolean fits(MemoryMap map, long address, int bytes) {
    Area area = map.area(address);
    return map.isFlash(address, bytes)
        || map.isSram(address, bytes)
        || (area != null && address + bytes <= area.end());
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
              "flash is at %s, SRAM at 0x%08x to 0x%08x",
              map.flash().views().stream()
                  .map(view -> String.format(Locale.ROOT, "0x%08x", view))
                  .collect(Collectors.joining(" and ")),
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
