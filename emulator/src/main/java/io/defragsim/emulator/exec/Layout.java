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
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
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

  /** What is programmed beside the code (UICR, option bytes) is from here to SRAM ... */
  private static final long LOWEST_BESIDE = 0x1000_0000L;

  /** ... and takes no more pages than that. */
  private static final int MOST_BESIDE = 4;

  /** How far into the image a table of vectors is looked for. */
  private static final int MOST_SEARCHED = 1 << 20;

  /** A table of vectors is at a multiple of it, in bytes. */
  public static final int ALIGNMENT = 0x100;

  /** SP can point at, or right above, what is from here ... */
  private static final long LOWEST_RAM = EXTERNAL_FLASH;

  /** ... to here. */
  private static final long RAM_END = 0x4000_0000L;

  /**
   * What is known before the image is looked at.
   *
   * @param flashBase empty: as the image says; flash at 0x08000000 is seen at 0 as well
   * @param flashBytes empty: what the image fills, at least 256 KiB
   * @param ramBases of each RAM; empty: one, at {@link #SRAM_BASE} or where the image needs it
   * @param ramBytes of each RAM; empty: what the image needs, at least 64 KiB
   * @param areas other memories
   * @param vectors empty: where memory begins, else the first place of the image that looks so
   */
  public record Known(
      OptionalLong flashBase,
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
          OptionalLong.of(MemoryMap.FLASH_HIGH),
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

  /** Looks an image over, with what is known. */
  private static final class Finder {
    private final FirmwareImage image;
    private final Known known;
    private final NavigableMap<Long, Segment> loaded = new TreeMap<>();

    Finder(FirmwareImage image, Known known) {
      this.image = image;
      this.known = known;
      for (Segment segment : image.segments()) {
        if (segment.stored().length > 0) {
          loaded.put(segment.loadAddress(), segment);
        }
      }
    }

    Layout find() {
      long sramBase = known.ramBases.isEmpty() ? sramBase() : known.ramBases.get(0);
      Flash flash = flash(sramBase);
      long vectors =
          known.vectors.isPresent() ? known.vectors.getAsLong() : vectors(flash, sramBase);
      boolean start = flash.views().contains(vectors);
      OptionalLong sp = start ? first(flash) : word(vectors);
      if (sp.isEmpty() || (!start && word(vectors + 4).isEmpty())) {
        throw rejected(
            String.format(Locale.ROOT, "no vector table at 0x%08x: nothing loads there", vectors));
      }
      List<Area> areas = new ArrayList<>(known.areas);
      int sramBytes = ramBytes(0, sramBase, sp.getAsLong());
      for (int i = 1; i < known.ramBases.size(); i++) {
        long base = known.ramBases.get(i);
        areas.add(new Area("RAM " + (i + 1), base, ramBytes(i, base, sp.getAsLong()), true));
      }
      try {
        addBeside(areas, new MemoryMap(flash, sramBase, sramBytes, areas));
        MemoryMap map = new MemoryMap(flash, sramBase, sramBytes, areas);
        return new Layout(map, vectors, known.vectors.isEmpty() && !start);
      } catch (IllegalArgumentException e) {
        throw rejected(e.getMessage());
      }
    }

    /** The first word of flash, in whatever view it loads; empty if there is no table. */
    private OptionalLong first(Flash flash) {
      return flash.views().stream()
          .filter(view -> word(view + 4).isPresent())
          .map(this::word)
          .filter(OptionalLong::isPresent)
          .findFirst()
          .orElse(OptionalLong.empty());
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
      boolean alsoAtZero = base == MemoryMap.FLASH_HIGH;
      int bytes = known.flashBytes.orElseGet(() -> flashBytes(base, alsoAtZero));
      try {
        return new Flash(base, bytes, alsoAtZero);
      } catch (IllegalArgumentException e) {
        throw rejected(e.getMessage());
      }
    }

    /** The lowest address at which code loads. */
    private long lowest(long sramBase) {
      return loaded.isEmpty() || loaded.firstKey() >= sramBase
          ? MemoryMap.FLASH_LOW
          : loaded.firstKey();
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
      OptionalInt said = saidBytes(number);
      if (said.isPresent()) {
        return said.getAsInt();
      }
      long next = // up to the RAM above
          known.ramBases.stream()
              .filter(above -> above > base)
              .reduce(base + MOST_BYTES, Math::min);
      long end = base;
      for (Segment segment : image.segments()) {
        long run = segment.runAddress();
        if (run >= base && run < next) {
          end = Math.max(end, run + segment.memoryBytes());
        }
      }
      if (sp > base && sp <= next) {
        end = Math.max(end, sp);
      }
      return (int) Math.min(size(end - base, LEAST_SRAM), next - base);
    }

    private OptionalInt saidBytes(int ram) {
      return ram < known.ramBytes.size() ? known.ramBytes.get(ram) : OptionalInt.empty();
    }

    private static int size(long bytes, int least) {
      long page = MemoryMap.PAGE;
      return (int) Math.max(least, Math.min((bytes + page - 1) / page * page, MOST_BYTES));
    }

    /**
     * What loads beside flash and RAM, as words that are programmed once: the whole {@link
     * MemoryMap#PAGE}s, since what the image leaves of them is erased, and is read.
     */
    private void addBeside(List<Area> areas, MemoryMap main) {
      TreeSet<Long> pages = new TreeSet<>();
      for (Segment segment : loaded.values()) {
        long load = segment.loadAddress();
        boolean placed =
            main.flashOffset(load) >= 0 || main.sramOffset(load) >= 0 || main.area(load) != null;
        long end = load + segment.stored().length;
        if (!placed && load >= LOWEST_BESIDE && end <= SRAM_BASE) {
          for (long page = load & -MemoryMap.PAGE; page < end; page += MemoryMap.PAGE) {
            pages.add(page);
            if (pages.size() > MOST_BESIDE) {
              return; // whoever loads it says that it does not fit
            }
          }
        }
      }
      while (!pages.isEmpty()) {
        long base = pages.first();
        int bytes = 0;
        while (pages.remove(base + bytes)) {
          bytes += MemoryMap.PAGE;
        }
        areas.add(new Area("what is programmed beside flash", base, bytes, false));
      }
    }

    /**
     * Where memory begins, if there is anything that could be SP; behind a loader there is not.
     * Else the first place that looks like a table, and if none does, where memory begins after
     * all.
     */
    private long vectors(Flash flash, long sramBase) {
      OptionalLong first = first(flash);
      long start = flash.views().get(0);
      if (first.isPresent() && (couldBeSp(first.getAsLong()) || startsWithCode(flash))) {
        return start;
      }
      for (Segment segment : loaded.values()) {
        long begin = (segment.loadAddress() + ALIGNMENT - 1) & -ALIGNMENT;
        long end = segment.loadAddress() + Math.min(segment.stored().length, MOST_SEARCHED);
        for (long at = begin; at + 8 <= end; at += ALIGNMENT) {
          if (looksLikeVectors(sramBase, at)) {
            return at;
          }
        }
      }
      if (first.isPresent()) {
        return start;
      }
      throw rejected(
          String.format(
              Locale.ROOT,
              "no vector table: nothing loads at %s, where a Cortex-M0 looks for SP and the"
                  + " reset vector, and no other place of the image looks like one; --vectors says"
                  + " where it is",
              flash.views().stream()
                  .map(view -> String.format(Locale.ROOT, "0x%08x", view))
                  .collect(Collectors.joining(" or "))));
    }

    /** Whether the reset vector leads into the image, as where code sets SP before it uses it. */
    private boolean startsWithCode(Flash flash) {
      return flash.views().stream().anyMatch(view -> isCode(word(view + 4).orElse(0)));
    }

    private boolean isCode(long vector) {
      return (vector & 1) == 1 && word(vector & ~3L).isPresent();
    }

    private static boolean couldBeSp(long word) {
      return word % 4 == 0 && word >= LOWEST_RAM && word <= RAM_END;
    }

    /** Whether SP would be in or right above RAM, and the first instruction in what loads. */
    private boolean looksLikeVectors(long sramBase, long at) {
      long sp = word(at).orElse(0);
      long pc = word(at + 4).orElse(0);
      return couldBeSp(sp)
          && sp > sramBase
          && sp - sramBase <= saidBytes(0).orElse(MOST_BYTES)
          && isCode(pc);
    }

    /** A word as the image stores it. */
    private OptionalLong word(long address) {
      Map.Entry<Long, Segment> below = loaded.floorEntry(address);
      if (below == null) {
        return OptionalLong.empty();
      }
      byte[] stored = below.getValue().stored();
      long offset = address - below.getKey();
      return offset + 4 <= stored.length
          ? OptionalLong.of(LittleEndian.get(stored, (int) offset) & 0xFFFF_FFFFL)
          : OptionalLong.empty();
    }

    private ImageRejectedException rejected(@Nullable String why) {
      return new ImageRejectedException(image.name() + ": " + why);
    }
  }
}
