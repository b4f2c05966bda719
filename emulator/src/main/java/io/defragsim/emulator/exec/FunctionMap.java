package io.defragsim.emulator.exec;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.model.Location;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which function each address of code lies in, as {@link FirmwareImage#locate} says, by halves of
 * what is left instead of by all symbols.
 */
final class FunctionMap {
  private static final long ADDRESSES = 1L << 32;

  /** What stands for code that no symbol covers. */
  static final String UNKNOWN = "(unknown)";

  /**
   * A function.
   *
   * @param address where it begins, 0 to 0xFFFFFFFF; of {@link #UNKNOWN}, 0
   */
  record Function(String name, long address) {}

  /** A stretch of addresses, all in one function. */
  record Range(int start, int last, Function function) {
    boolean holds(int address) {
      return Integer.compareUnsigned(address, start) >= 0
          && Integer.compareUnsigned(address, last) <= 0;
    }
  }

  private final Program program;
  private final long[] starts;
  private final List<Range> ranges = new ArrayList<>();

  FunctionMap(Program program) {
    this.program = program;
    FirmwareImage image = program.image();
    TreeSet<Long> edges = new TreeSet<>(List.of(0L));
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
      Function function =
          name == null
              ? new Function(UNKNOWN, 0)
              : new Function(name, canonical(location.address() - location.offset()));
      Function first = same.computeIfAbsent(function, f -> f);
      ranges.add(new Range((int) start, (int) (end - 1), first));
    }
    starts = ordered.stream().mapToLong(Long::longValue).toArray();
  }

  private long canonical(long address) {
    return address < ADDRESSES ? Integer.toUnsignedLong(program.canonical((int) address)) : address;
  }

  /**
   * The stretch around an address.
   *
   * @param address as {@link Program#canonical} gives it
   */
  Range at(int address) {
    int index = Arrays.binarySearch(starts, Integer.toUnsignedLong(address));
    return ranges.get(index >= 0 ? index : -index - 2);
  }
}
