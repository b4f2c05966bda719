package io.defragsim.emulator.image;

import io.defragsim.emulator.image.FirmwareImage.Segment;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Bytes at random places, to be written in a format and read again. */
final class Pieces {
  private final Map<Long, byte[]> pieces = new TreeMap<>();

  /**
   * Some, with gaps between them.
   *
   * @param from the lowest address
   * @param most bytes in a piece
   */
  Pieces(Random random, long from, int count, int most) {
    long address = from;
    for (int i = 0; i < count; i++) {
      address += 1 + random.nextInt(0x2_0000);
      byte[] bytes = new byte[1 + random.nextInt(most)];
      random.nextBytes(bytes);
      pieces.put(address, bytes);
      address += bytes.length;
    }
  }

  Map<Long, byte[]> map() {
    return pieces;
  }

  /** Each byte by its address. */
  Map<Long, Byte> octets() {
    Map<Long, Byte> octets = new TreeMap<>();
    pieces.forEach((address, bytes) -> add(octets, address, bytes));
    return octets;
  }

  static Map<Long, Byte> octets(List<Segment> segments) {
    Map<Long, Byte> octets = new TreeMap<>();
    segments.forEach(segment -> add(octets, segment.loadAddress(), segment.stored()));
    return octets;
  }

  private static void add(Map<Long, Byte> octets, long address, byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      octets.put(address + i, bytes[i]);
    }
  }
}
