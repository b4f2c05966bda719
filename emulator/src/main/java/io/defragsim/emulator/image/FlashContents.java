package io.defragsim.emulator.image;

import io.defragsim.emulator.image.FirmwareImage.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Bytes that a file puts at addresses, piece by piece and in any order, each address once. */
final class FlashContents {
  private static final long ADDRESSES = 1L << 32;

  private final TreeMap<Long, Piece> pieces = new TreeMap<>();

  /** Bytes, and where in the file they are. */
  private record Piece(byte[] bytes, String where) {}

  /**
   * Puts bytes somewhere.
   *
   * @param bytes kept, and not to be changed
   * @param where in the file they are, for messages, as "line 3"
   * @throws IllegalArgumentException with what is wrong, if an address has a byte already or is
   *     none
   */
  void put(long address, byte[] bytes, String where) {
    if (bytes.length == 0) {
      return;
    }
    long end = address + bytes.length;
    if (end > ADDRESSES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: %d bytes at 0x%08x reach beyond 4 GiB",
              where,
              bytes.length,
              address));
    }
    Map.Entry<Long, Piece> below = pieces.lowerEntry(end);
    if (below != null && below.getKey() + below.getValue().bytes.length > address) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s writes 0x%08x, which %s has written already",
              where,
              Math.max(address, below.getKey()),
              below.getValue().where));
    }
    pieces.put(address, new Piece(bytes, where));
  }

  boolean isEmpty() {
    return pieces.isEmpty();
  }

  /** What there is, as segments with no gaps in them, by address. */
  List<Segment> segments() {
    List<Segment> segments = new ArrayList<>();
    List<byte[]> run = new ArrayList<>();
    long start = 0;
    long end = -1;
    for (Map.Entry<Long, Piece> piece : pieces.entrySet()) {
      if (piece.getKey() != end) {
        add(segments, start, run);
        start = piece.getKey();
        end = start;
      }
      run.add(piece.getValue().bytes);
      end += piece.getValue().bytes.length;
    }
    add(segments, start, run);
    return segments;
  }

  /** Adds what is gathered as a segment, and clears it. */
  private static void add(List<Segment> segments, long start, List<byte[]> run) {
    if (run.isEmpty()) {
      return;
    }
    int length = run.stream().mapToInt(bytes -> bytes.length).sum();
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] bytes : run) {
      System.arraycopy(bytes, 0, all, at, bytes.length);
      at += bytes.length;
    }
    segments.add(new Segment(start, start, length, all));
    run.clear();
  }
}
