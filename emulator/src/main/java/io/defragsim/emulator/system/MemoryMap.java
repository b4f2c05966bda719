package io.defragsim.emulator.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where memories are. All addresses are 0 to 0xFFFFFFFF, all sizes in bytes.
 *
 * <p>Flash is readable and executable. SRAM is readable, writable and executable. The system
 * control space is not memory, and peripherals are none either.
 *
 * @param sramBase the first address of SRAM, a multiple of {@link #PAGE}
 * @param sramBytes a multiple of {@link #PAGE}
 * @param areas what memories there are besides
 */
public record MemoryMap(Flash flash, long sramBase, int sramBytes, List<Area> areas) {

  /** The granule of the map in bytes. */
  public static final int PAGE = 1024;

  /** Where a core without another word looks for its table of vectors. */
  public static final long FLASH_LOW = 0x0000_0000L;

  /** Where many parts have their flash, which they show at {@link #FLASH_LOW} as well. */
  public static final long FLASH_HIGH = 0x0800_0000L;

  /** The most flash that does not reach from one to the other, in bytes. */
  private static final int MOST_FLASH = 1 << 27;

  /**
   * A place of the host's, with the code that enters and leaves a called function. It stands at the
   * end of the external device space, where no part maps memory and a Cortex-M0 may not execute.
   */
  public static final long HOST_PAGE = 0xDFFF_F000L;

  /** Bytes at {@link #HOST_PAGE}. */
  public static final int HOST_BYTES = 4096;

  /**
   * The memory that programs are in.
   *
   * @param base its first address, a multiple of {@link #PAGE}
   * @param bytes a multiple of {@link #PAGE}
   * @param alsoAtZero whether it is seen at {@link #FLASH_LOW} as well; then {@code base} is a
   *     power of two, and flash is no larger
   */
  public record Flash(long base, int bytes, boolean alsoAtZero) {

    /**
     * Checks that.
     *
     * @throws IllegalArgumentException with the reason
     */
    public Flash {
      if (bytes <= 0 || bytes % PAGE != 0 || bytes > MOST_FLASH) {
        throw new IllegalArgumentException("flash is 1 KiB to 128 MiB in KiB: " + bytes);
      }
      if (base % PAGE != 0 || (alsoAtZero && (Long.bitCount(base) != 1 || bytes > base))) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "flash of %d bytes cannot be at 0x%08x", bytes, base));
      }
    }

    /** Seen at {@link #FLASH_HIGH} and at {@link #FLASH_LOW}. */
    public static Flash seenTwice(int bytes) {
      return new Flash(FLASH_HIGH, bytes, true);
    }

    /** The addresses at which it begins. */
    public List<Long> views() {
      return alsoAtZero ? List.of(FLASH_LOW, base) : List.of(base);
    }

    /** An address of it is so far from its start, in bytes, when this is taken away from it... */
    public int minuend() {
      return alsoAtZero ? 0 : (int) base;
    }

    /** ... and only these bits of what is left count. */
    public int mask() {
      return alsoAtZero ? ~(int) base : -1;
    }
  }

  /**
   * A further memory: a second RAM, or words that are programmed beside the code.
   *
   * @param base its first address, a multiple of 4
   * @param bytes a multiple of 4
   * @param writable whether it is RAM
   */
  public record Area(String name, long base, int bytes, boolean writable) {
    /** The first address above. */
    public long end() {
      return base + bytes;
    }

    boolean has(long address) {
      return address >= base && address < end();
    }
  }

  /** Flash that is {@linkplain Flash#seenTwice seen twice}, SRAM, and nothing else. */
  public MemoryMap(int flashBytes, long sramBase, int sramBytes) {
    this(Flash.seenTwice(flashBytes), sramBase, sramBytes, List.of());
  }

  /**
   * Checks that the regions do not overlap.
   *
   * @throws IllegalArgumentException with the reason
   */
  public MemoryMap {
    areas = List.copyOf(areas);
    if (sramBytes <= 0 || sramBytes % PAGE != 0 || sramBase % PAGE != 0) {
      throw new IllegalArgumentException("SRAM stands at and has a multiple of 1 KiB");
    }
    List<Area> all = new ArrayList<>();
    for (long view : flash.views()) {
      all.add(new Area("flash", view, flash.bytes(), false));
    }
    all.add(new Area("SRAM", sramBase, sramBytes, true));
    all.addAll(areas);
    for (int i = 0; i < all.size(); i++) {
      Area area = all.get(i);
      if (area.end() > HOST_PAGE) {
        throw new IllegalArgumentException(words(area) + " overlaps reserved addresses");
      }
      for (Area other : all.subList(0, i)) {
        if (area.base < other.end() && other.base < area.end()) {
          throw new IllegalArgumentException(words(area) + " overlaps " + words(other));
        }
      }
    }
  }

  private static String words(Area area) {
    return String.format(
        Locale.ROOT, "%s at 0x%08x to 0x%08x", area.name, area.base, area.end() - 1);
  }

  public int flashBytes() {
    return flash.bytes();
  }

  /** Where {@code address} is in flash, from its start in bytes, or -1 outside. */
  public int flashOffset(long address) {
    long offset = address - flash.minuend() & 0xFFFF_FFFFL & flash.mask();
    return offset < flash.bytes() ? (int) offset : -1;
  }

  /**
   * One name for the two addresses of a place in flash that is seen twice: the lower one. Other
   * addresses are as they are.
   */
  public int canonical(int address) {
    int offset = flash.alsoAtZero() ? flashOffset(Integer.toUnsignedLong(address)) : -1;
    return offset >= 0 ? offset : address;
  }

  /** Whether a memory is at {@code address}. */
  public boolean isMemory(long address) {
    return flashOffset(address) >= 0 || sramOffset(address) >= 0 || area(address) != null;
  }

  /** The further memory at {@code address}, null if there is none. */
  public @Nullable Area area(long address) {
    for (int i = 0; i < areas.size(); i++) { // of each access that is neither: no iterator
      if (areas.get(i).has(address)) {
        return areas.get(i);
      }
    }
    return null;
  }

  /** Whether wait states of flash count for what stands at {@code address}: outside RAM. */
  public boolean waits(long address) {
    Area area = sramOffset(address) >= 0 ? null : area(address);
    return sramOffset(address) < 0 && (area == null || !area.writable);
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

  /** Whether all of {@code length} bytes from {@code address} on are in flash. */
  public boolean isFlash(long address, long length) {
    int offset = flashOffset(address);
    return offset >= 0 && length >= 0 && length <= flash.bytes() - offset;
  }

  /** The first address above SRAM. */
  public long sramEnd() {
    return sramBase + sramBytes;
  }
}
