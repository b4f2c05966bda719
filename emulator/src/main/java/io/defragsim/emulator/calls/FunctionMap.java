package io.defragsim.emulator.calls;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.MemoryMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which function each address of code lies in, as {@link FirmwareImage#locate} says, by halves of
 * what is left instead of by all symbols.
 */
public final class FunctionMap {
  private static final long ADDRESSES = 1L << 32;

  /** What stands for code that no symbol covers. */
  public static final String UNKNOWN = "(unknown)";

  /**
   * A function.
   *
   * @param address where it begins, 0 to 0xFFFFFFFF; of code that no symbol covers, 0
   */
  public record Function(String name, long address) {}

  /** A stretch of addresses, all in one function. */
  public record Range(int start, int last, Function function) {
    /** Whether an address is in it. */
    public boolean holds(int address) {
      return Integer.compareUnsigned(address, start) >= 0
          && Integer.compareUnsigned(address, last) <= 0;
    }

    /** Whether its function begins at an address, which is canonical. */
    boolean begins(int address) {
      return function.address == Integer.toUnsignedLong(address);
    }
  }

  private final MemoryMap map;
  private final boolean unknownIsCalled;
  private final long[] starts;
  private final List<Range> ranges = new ArrayList<>();

  /** By the symbols of an image. Code that no symbol covers is one function. */
  public FunctionMap(FirmwareImage image, MemoryMap map) {
    this(image, map, Set.of(), false);
  }

  /**
   * By the symbols of an image, and by what else is known to be a function. A call into code that
   * no symbol covers is taken for one of a function that begins there.
   *
   * @param entries where functions begin, canonical
   */
  public FunctionMap(FirmwareImage image, MemoryMap map, Set<Integer> entries) {
    this(image, map, entries, true);
  }

  private FunctionMap(
      FirmwareImage image, MemoryMap map, Set<Integer> entries, boolean unknownIsCalled) {
    this.map = map;
    this.unknownIsCalled = unknownIsCalled;
    TreeSet<Long> edges = new TreeSet<>(List.of(0L));
    entries.forEach(entry -> edges.add(Integer.toUnsignedLong(entry)));
    image
        .functions()
        .forEach(
            symbol -> {
              edges.add(canonical(symbol.address()));
              edges.add(canonical(symbol.address() + symbol.bytes()));
            });
    image
        .segments()
        .forEach(
            segment -> {
              edges.add(canonical(segment.runAddress()));
              edges.add(canonical(segment.runAddress() + segment.memoryBytes()));
            });
    Map<Function, Function> same = new HashMap<>();
    List<Long> ordered = edges.stream().filter(edge -> edge < ADDRESSES).toList();
    for (int i = 0; i < ordered.size(); i++) {
      long start = ordered.get(i);
      long end = i + 1 < ordered.size() ? ordered.get(i + 1) : ADDRESSES;
      Location location = image.locate(start);
      String name = location.function();
      long begin =
          entries.contains((int) start)
              ? start
              : name == null ? 0 : canonical(location.address() - location.offset());
      Function function = new Function(name == null ? UNKNOWN : name, begin);
      Function first = same.computeIfAbsent(function, f -> f);
      ranges.add(new Range((int) start, (int) (end - 1), first));
    }
    starts = ordered.stream().mapToLong(Long::longValue).toArray();
  }

  private long canonical(long address) {
    return address < ADDRESSES ? Integer.toUnsignedLong(map.canonical((int) address)) : address;
  }

  /**
   * The stretch around an address.
   *
   * @param address canonical
   */
  public Range at(int address) {
    int index = Arrays.binarySearch(starts, Integer.toUnsignedLong(address));
    return ranges.get(index >= 0 ? index : -index - 2);
  }

  /**
   * Whether functions may begin anywhere in a stretch: no symbol covers it, and calls into it are
   * taken for those of functions.
   */
  boolean hidesFunctions(Range range) {
    return unknownIsCalled && range.function.name.equals(UNKNOWN);
  }
}
