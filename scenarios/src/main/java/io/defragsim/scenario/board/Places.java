package io.defragsim.scenario.board;

import io.defragsim.emulator.board.Board.Block;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.system.MemoryMap.Area;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.Problems;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where peripherals and memories are. */
final class Places {
  /** The first address behind the system's own. */
  private static final long SYSTEM_END = 0xE010_0000L;

  private final List<Place> all = new ArrayList<>();
  private final TreeMap<Long, Block> blocks = new TreeMap<>();

  /** The addresses of something. */
  private record Place(String name, long base, long end, Json.Location at) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s at 0x%08x to 0x%08x", name, base, end - 1);
    }
  }

  Places() {
    all.add(
        new Place(
            "the system's own addresses", MemoryMap.HOST_PAGE, SYSTEM_END, Json.Location.START));
  }

  void add(Block block, Json.Location at) {
    all.add(new Place(block.name(), block.base(), block.base() + block.bytes(), at));
    blocks.put(block.base(), block);
  }

  void add(Area area, Json.Location at) {
    all.add(new Place(area.name(), area.base(), area.end(), at));
  }

  /** The peripheral at an address; null if there is none. */
  @Nullable Block at(long address) {
    Map.Entry<Long, Block> entry = blocks.floorEntry(address);
    return entry != null && has(entry.getValue(), address) ? entry.getValue() : null;
  }

  static boolean has(Block block, long address) {
    return address >= block.base() && address < block.base() + block.bytes();
  }

  /** Notes what overlaps, and what ends beyond the last address. */
  void check(Problems problems) {
    all.sort(Comparator.comparingLong(Place::base));
    Place last = all.get(0); // of those so far the one with the highest end; no end is too high yet
    for (Place place : all.subList(1, all.size())) {
      if (place.end() > 1L << 32) {
        problems.add(place.at(), () -> place + " ends beyond the last address, 0xffffffff");
      }
      Place before = last;
      if (place.base() < before.end()) {
        boolean isLater = place.at().line() >= before.at().line();
        Place named = isLater ? place : before;
        Place other = isLater ? before : place;
        problems.add(named.at(), () -> named + " overlaps " + other);
      }
      last = place.end() > last.end() ? place : last;
    }
  }
}
