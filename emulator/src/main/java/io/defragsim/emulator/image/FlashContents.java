package io.defragsim.emulator.image;

import io.defragsim.emulator.image.FirmwareImage.Segment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Bytes that a file puts at addresses, piece by piece and in any order.
 *
 * <p>An address may come twice with the same byte, as files have it that were joined of others:
 * what flash holds is not in doubt. With two different bytes it is.
 *
 * <p>A piece takes 16 bytes beside its own, and to find what overlaps they are sorted once.
 */
final class FlashContents {
  /** More stretches with gaps between them than any linker leaves. */
  private static final int MOST_SEGMENTS = 4096;

  private static final long ADDRESSES = 1L << 32;
  private static final int INDEX_BITS = 31;
  private static final int INDEX = Integer.MAX_VALUE;

  private final String unit;
  private long[] pieces = new long[64]; // its address, then its number in the lower INDEX_BITS
  private int[] places = new int[64];
  private int[] ends = new int[64]; // in bytes
  private int count;
  private byte[] bytes = new byte[1024];

  /**
   * Nothing yet.
   *
   * @param unit what the file consists of, for messages: lines, blocks
   */
  FlashContents(String unit) {
    this.unit = unit;
  }

  /**
   * Puts bytes somewhere.
   *
   * @param from the file, of which {@code length} bytes from {@code offset} on are meant
   * @param place the number of the unit that they are in
   * @throws IllegalArgumentException with what is wrong, if there is no such address
   */
  void put(long address, byte[] from, int offset, int length, int place) {
    if (length == 0) {
      return;
    }
    if (address + length > ADDRESSES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s %d has %d bytes for 0x%08x, which reach beyond 4 GiB",
              unit,
              place,
              length,
              address));
    }
    if (count == pieces.length) {
      pieces = Arrays.copyOf(pieces, 2 * count);
      places = Arrays.copyOf(places, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
    }
    int start = start(count);
    if (start + length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, start + length));
    }
    System.arraycopy(from, offset, bytes, start, length);
    pieces[count] = address << INDEX_BITS | count;
    places[count] = place;
    ends[count] = start + length;
    count++;
  }

  private int start(int piece) {
    return piece == 0 ? 0 : ends[piece - 1];
  }

  private int length(int piece) {
    return ends[piece] - start(piece);
  }

  boolean isEmpty() {
    return count == 0;
  }

  /**
   * What there is, as segments with no gaps in them, by address.
   *
   * @throws IllegalArgumentException with what is wrong, if an address has two different bytes
   */
  List<Segment> segments() {
    long[] sorted = Arrays.copyOf(pieces, count);
    Arrays.sort(sorted);
    byte[] stretch = new byte[start(count)];
    long begin = 0;
    int filled = 0;
    List<Segment> segments = new ArrayList<>();
    for (long piece : sorted) {
      long address = piece >>> INDEX_BITS;
      int number = (int) piece & INDEX;
      if (filled == 0 || address > begin + filled) {
        add(segments, begin, stretch, filled);
        begin = address;
        filled = 0;
      }
      int at = (int) (address - begin);
      int again = Math.min(filled - at, length(number));
      int differs =
          Arrays.mismatch(stretch, at, at + again, bytes, start(number), start(number) + again);
      if (differs >= 0) {
        throw contradiction(address + differs);
      }
      int more = length(number) - again;
      System.arraycopy(bytes, start(number) + again, stretch, filled, more);
      filled += more;
    }
    add(segments, begin, stretch, filled);
    return segments;
  }

  private void add(List<Segment> segments, long begin, byte[] stretch, int filled) {
    if (filled == 0) {
      return;
    }
    if (segments.size() == MOST_SEGMENTS) {
      throw new IllegalArgumentException(
          "it has more than " + MOST_SEGMENTS + " stretches of bytes with gaps between them");
    }
    segments.add(new Segment(begin, begin, filled, Arrays.copyOf(stretch, filled)));
  }

  /** Names the first two of the file that do not agree in what is at an address. */
  private IllegalArgumentException contradiction(long address) {
    int first = -1;
    byte there = 0;
    for (int piece = 0; piece < count; piece++) {
      long within = address - (pieces[piece] >>> INDEX_BITS);
      if (within < 0 || within >= length(piece)) {
        continue;
      }
      byte its = bytes[start(piece) + (int) within];
      if (first < 0) {
        first = piece;
        there = its;
      } else if (its != there) {
        return new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s %d has 0x%02X for 0x%08x, where %s %d has 0x%02X",
                unit,
                places[piece],
                its,
                address,
                unit,
                places[first],
                there));
      }
    }
    throw new IllegalStateException("no two pieces differ"); // whoever asks has seen two
  }
}
