package io.defragsim.emulator.exec;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.FirmwareImage.Segment;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.model.LittleEndian;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.system.MemoryMap.Area;
import io.defragsim.emulator.system.MemoryMap.Flash;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Where an image's memories are, and its table of vectors: as the part or somebody says, and where
 * nobody does, as the image needs it.
 *
 * @param vectors the address of the table that the core starts with
 * @param found whether nobody said where the table is, and it is not where memory begins
 */
public record Layout(MemoryMap map, long vectors, boolean found) {
  /** Where SRAM is on most parts. */
  public static final long SRAM_BASE = 0x2000_0000L;

  /** More than any Cortex-M0 has of either memory. */
  public static final int MOST_BYTES = 64 << 20;

  /** Where parts that run from a flash of another chip see it. */
  private static final long EXTERNAL_FLASH = 0x1000_0000L;

  private static final int LEAST_SRAM = 64 << 10;
  private static final int LEAST_FLASH = 256 << 10;

  /** What is programmed beside the code takes no more than that. */
  private static final int MOST_BESIDE = 64 << 10;

  /** How far into the image a table of vectors is looked for, and at which multiples. */
  private static final int MOST_SEARCHED = 1 << 20;

  private static final int ALIGNMENT = 0x100;

  /**
   * What is known before the image is looked at.
   *
   * @param flashBase empty: as the image says
   * @param alsoAtZero whether flash at {@code flashBase} is seen at 0 as well
   * @param flashBytes empty: what the image fills, at least 256 KiB
   * @param ramBases of each RAM; empty: one, at {@link #SRAM_BASE} or where the image needs it
   * @param ramBytes of each RAM; empty: what the image needs, at least 64 KiB
   * @param areas other memories
   * @param vectors empty: where memory begins, else the first place of the image that looks so
   */
  public record Known(
      OptionalLong flashBase,
      boolean alsoAtZero,
      OptionalInt flashBytes,
      List<Long> ramBases,
      List<OptionalInt> ramBytes,
      List<Area> areas,
      OptionalLong vectors) {

    public Known {
      ramBases = List.copyOf(ramBases);
      ramBytes = List.copyOf(ramBytes);
      areas = List.copyOf(areas);
    }

    /** The memories of a part, with flash at 0x08000000 and at 0. */
    public static Known of(McuConfig part) {
      return new Known(
          OptionalLong.empty(),
          true,
          OptionalInt.of(part.flashBytes()),
          List.of(part.sramBase()),
          List.of(OptionalInt.of(part.sramBytes())),
          List.of(),
          OptionalLong.empty());
    }

    /** Nothing is. */
    public static final Known NOTHING =
        new Known(
            OptionalLong.empty(),
            true,
            OptionalInt.empty(),
            List.of(),
            List.of(),
            List.of(),
            OptionalLong.empty());
  }

  /**
   * The layout for an image.
   *
   * @throws ImageRejectedException if there is none in which it could start
   */
  public static Layout of(FirmwareImage image, Known known) {
    return new Finder(image, known).find();
  }

  /** Bytes of flash for an image of which nothing is known. */
  public static int flashFor(FirmwareImage image) {
    return of(image, Known.NOTHING).map().flashBytes();
  }

  /** The same of SRAM. */
  public static int sramFor(FirmwareImage image) {
    return of(image, Known.NOTHING).map().sramBytes();
  }

  /** Looks an image over, with what is known. */
  private static final class Finder {
    private final FirmwareImage image;
    private final Known known;

    Finder(FirmwareImage image, Known known) {
      this.image = image;
      this.known = known;
    }

    Layout find() {
      long sramBase = known.ramBases.isEmpty() ? sramBase() : known.ramBases.get(0);
      Flash flash = flash(sramBase);
      long start = known.vectors.orElse(flash.base());
      long sp = word(start).orElse(word(MemoryMap.FLASH_LOW).orElse(0));
      List<Area> areas = new ArrayList<>(known.areas);
      int sramBytes = ramBytes(0, sramBase, sp);
      for (int i = 1; i < known.ramBases.size(); i++) {
        long base = known.ramBases.get(i);
        areas.add(new Area("RAM " + (i + 1), base, ramBytes(i, base, 0), true));
      }
      addBeside(areas, flash, sramBase, sramBytes);
      MemoryMap map;
      try {
        map = new MemoryMap(flash, sramBase, sramBytes, areas);
      } catch (IllegalArgumentException e) {
        throw rejected(e.getMessage());
      }
      if (known.vectors.isPresent()) {
        if (word(start).isEmpty() || word(start + 4).isEmpty()) {
          throw rejected(
              String.format(Locale.ROOT, "no vector table at 0x%08x: nothing loads there", start));
        }
        return new Layout(map, start, false);
      }
      long vectors = vectors(map);
      return new Layout(map, vectors, map.flashOffset(vectors) != 0);
    }

    /** Where nobody said: where code or data run below the usual base, else where SP points. */
    private long sramBase() {
      long lowest = SRAM_BASE;
      for (Segment segment : image.segments()) {
        long run = segment.runAddress();
        if (run != segment.loadAddress() && run < SRAM_BASE && run >= EXTERNAL_FLASH) {
          lowest = Math.min(lowest, run / MemoryMap.PAGE * MemoryMap.PAGE);
        }
      }
      long sp = word(MemoryMap.FLASH_LOW).orElse(word(MemoryMap.FLASH_HIGH).orElse(SRAM_BASE));
      boolean low = sp > EXTERNAL_FLASH && sp <= EXTERNAL_FLASH + LEAST_SRAM;
      return low && word(EXTERNAL_FLASH).isEmpty() ? Math.min(lowest, EXTERNAL_FLASH) : lowest;
    }

    private Flash flash(long sramBase) {
      long base =
          known.flashBase.orElseGet(
              () -> {
                long lowest = lowest(sramBase);
                return lowest >= EXTERNAL_FLASH ? EXTERNAL_FLASH : MemoryMap.FLASH_HIGH;
              });
      boolean alsoAtZero = known.alsoAtZero && base == MemoryMap.FLASH_HIGH;
      int bytes = known.flashBytes.orElseGet(() -> flashBytes(base, alsoAtZero));
      try {
        return new Flash(base, bytes, alsoAtZero);
      } catch (IllegalArgumentException e) {
        throw rejected(e.getMessage());
      }
    }

    /** The lowest address at which code loads. */
    private long lowest(long sramBase) {
      for (Segment segment : image.segments()) {
        if (segment.stored().length > 0 && segment.loadAddress() < sramBase) {
          return segment.loadAddress();
        }
      }
      return MemoryMap.FLASH_LOW;
    }

    private int flashBytes(long base, boolean alsoAtZero) {
      long end = 0;
      for (Segment segment : image.segments()) {
        end = Math.max(end, end(base, alsoAtZero, segment.loadAddress(), segment.stored().length));
        end = Math.max(end, end(base, alsoAtZero, segment.runAddress(), segment.memoryBytes()));
      }
      return size(end, LEAST_FLASH);
    }

    private static long end(long base, boolean alsoAtZero, long address, int bytes) {
      long most = Math.min(MOST_BYTES, SRAM_BASE);
      if (bytes > 0 && address >= base && address < base + most) {
        return address - base + bytes;
      }
      return bytes > 0 && alsoAtZero && address < most ? address + bytes : 0;
    }

    private int ramBytes(int number, long base, long sp) {
      if (number < known.ramBytes.size() && known.ramBytes.get(number).isPresent()) {
        return known.ramBytes.get(number).getAsInt();
      }
      long end = base;
      for (Segment segment : image.segments()) {
        long run = segment.runAddress();
        if (run >= base && run < base + MOST_BYTES) {
          end = Math.max(end, run + segment.memoryBytes());
        }
      }
      if (sp > base && sp <= base + MOST_BYTES) {
        end = Math.max(end, sp);
      }
      return size(end - base, LEAST_SRAM);
    }

    private static int size(long bytes, int least) {
      long page = MemoryMap.PAGE;
      return (int) Math.max(least, Math.min((bytes + page - 1) / page * page, MOST_BYTES));
    }

    /** What loads beside flash and RAM, as words that are programmed once. */
    private void addBeside(List<Area> areas, Flash flash, long sramBase, int sramBytes) {
      MemoryMap main = new MemoryMap(flash, sramBase, sramBytes, List.of());
      int beside = 0;
      for (Segment segment : image.segments()) {
        long load = segment.loadAddress();
        int bytes = segment.stored().length + 3 & ~3;
        boolean placed =
            bytes == 0
                || main.flashOffset(load) >= 0
                || main.sramOffset(load) >= 0
                || areas.stream().anyMatch(area -> load >= area.base() && load < area.end());
        if (!placed && load < SRAM_BASE && load % 4 == 0) {
          beside += bytes;
          if (beside > MOST_BESIDE) {
            return; // whoever loads it says that it does not fit
          }
          areas.add(new Area("what is beside flash", load, bytes, false));
        }
      }
    }

    private long vectors(MemoryMap map) {
      for (long view : map.flash().views()) {
        if (word(view).isPresent() && word(view + 4).isPresent()) {
          return map.flash().base() == view ? view : MemoryMap.FLASH_LOW;
        }
      }
      for (Segment segment : image.segments()) {
        long first = (segment.loadAddress() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        long end = segment.loadAddress() + Math.min(segment.stored().length, MOST_SEARCHED);
        for (long at = first; at + 8 <= end; at += ALIGNMENT) {
          if (looksLikeVectors(map, at)) {
            return at;
          }
        }
      }
      throw rejected(
          String.format(
              Locale.ROOT,
              "no vector table: nothing loads at %s, where a Cortex-M0 looks for SP and the"
                  + " reset vector, and no other place of the image looks like one; --vectors says"
                  + " where it is",
              map.flash().alsoAtZero()
                  ? "0x00000000 or 0x08000000"
                  : String.format(Locale.ROOT, "0x%08x", map.flash().base())));
    }

    /** Whether SP would be in or right above RAM, and the first instruction in what loads. */
    private boolean looksLikeVectors(MemoryMap map, long at) {
      long sp = word(at).orElse(0);
      long pc = word(at + 4).orElse(0);
      boolean inRam = sp % 4 == 0 && (map.sramOffset(sp) > 0 || sp == map.sramEnd());
      return inRam && (pc & 1) == 1 && word(pc & ~3L).isPresent();
    }

    /** A word as the image stores it. */
    private OptionalLong word(long address) {
      for (Segment segment : image.segments()) {
        long offset = address - segment.loadAddress();
        if (offset >= 0 && offset + 4 <= segment.stored().length) {
          return OptionalLong.of(LittleEndian.get(segment.stored(), (int) offset) & 0xFFFF_FFFFL);
        }
      }
      return OptionalLong.empty();
    }

    private ImageRejectedException rejected(@Nullable String why) {
      return new ImageRejectedException(image.name() + ": " + why);
    }
  }
}
