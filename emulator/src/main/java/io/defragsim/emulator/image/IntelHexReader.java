package io.defragsim.emulator.image;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Reads an Intel HEX file (Intel, "Hexadecimal Object File Format Specification", revision A), and
 * of a Universal Hex, which holds programs for both versions of the micro:bit, what is for the
 * first (micro:bit Educational Foundation, "micro:bit Universal Hex Format Specification", 0.4.0).
 *
 * <p>Records may come in any order. Each line of the file is a record whose checksum is right.
 * Where a program starts is not taken from it: the core takes that from its table of vectors.
 */
final class IntelHexReader {
  private static final int DATA = 0x00;
  private static final int END = 0x01;
  private static final int SEGMENT_BASE = 0x02;
  private static final int SEGMENT_START = 0x03;
  private static final int LINEAR_BASE = 0x04;
  private static final int LINEAR_START = 0x05;

  // of Universal Hex
  private static final int BLOCK_START = 0x0A;
  private static final int BLOCK_END = 0x0B;
  private static final int PADDED_DATA = 0x0C;
  private static final int CUSTOM_DATA = 0x0D;
  private static final int OTHER_DATA = 0x0E;
  private static final long RAM = 0x2000_0000L;
  private static final int FIRST_MICROBIT = 0x9900;
  private static final int FIRST_MICROBIT_LATER = 0x9901;

  private static final int DATA_OFFSET = 4; // after count, address and type
  private static final int OVERHEAD = DATA_OFFSET + 1; // a checksum follows
  private static final int LONGEST_LINE = 1 + 2 * (OVERHEAD + 255);

  private final byte[] file;
  private final FlashContents contents = new FlashContents("line");
  private long base;
  private boolean segmented;
  private boolean ended;
  private boolean universal;
  private boolean forUs = true;

  private IntelHexReader(byte[] file) {
    this.file = file;
  }

  /** Whether a file begins as one. */
  static boolean isOne(byte[] file) {
    int at = 0;
    while (at < file.length && (file[at] == '\r' || file[at] == '\n' || file[at] == ' ')) {
      at++;
    }
    return at + 2 < file.length
        && file[at] == ':'
        && HexFormat.isHexDigit(file[at + 1])
        && HexFormat.isHexDigit(file[at + 2]);
  }

  /**
   * What a file puts where.
   *
   * @throws IllegalArgumentException with what is wrong with it, and in which line
   */
  static FlashContents read(byte[] file) {
    return new IntelHexReader(file).read();
  }

  private FlashContents read() {
    int at = 0;
    int number = 0;
    while (at < file.length) {
      int end = at;
      while (end < file.length && file[end] != '\n' && file[end] != '\r') {
        end++;
      }
      number++;
      if (end - at > LONGEST_LINE) {
        throw wrong(number, "is longer than any record");
      }
      String line = new String(file, at, end - at, StandardCharsets.ISO_8859_1).strip();
      if (!line.isEmpty()) {
        record(number, line);
      }
      boolean both = end + 1 < file.length && file[end] == '\r' && file[end + 1] == '\n';
      at = end + (both ? 2 : 1);
    }
    if (!ended) {
      throw new IllegalArgumentException(
          "it has no end-of-file record (:00000001FF): the file is cut off");
    }
    if (contents.isEmpty()) {
      throw new IllegalArgumentException(
          universal ? "it has nothing for the first micro:bit" : "it has no data");
    }
    return contents;
  }

  private void record(int number, String line) {
    byte[] bytes = bytes(number, line);
    int count = bytes[0] & 0xFF;
    if (bytes.length != count + OVERHEAD) {
      throw wrong(
          number,
          "says that it has %d bytes of data, and has %d",
          count,
          Math.max(0, bytes.length - OVERHEAD));
    }
    int sum = 0;
    for (int i = 0; i < bytes.length - 1; i++) {
      sum += bytes[i];
    }
    int expected = -sum & 0xFF;
    int checksum = bytes[bytes.length - 1] & 0xFF;
    if (checksum != expected) {
      throw wrong(number, "has the checksum %02X, and its bytes give %02X", checksum, expected);
    }
    int type = bytes[3] & 0xFF;
    switch (type) {
      case DATA -> {
        if (ended) {
          checkNoProgram(number);
        } else if (forUs) {
          data(number, bytes, count);
        }
      }
      case END -> ended = true;
      case SEGMENT_BASE -> setBase(number, bytes, 4, true);
      case LINEAR_BASE -> setBase(number, bytes, 16, false);
      case SEGMENT_START, LINEAR_START ->
          length(number, count, 4); // the vectors say where it starts
      case BLOCK_START -> {
        length(number, count, 4);
        universal = true;
        int board = half(bytes, DATA_OFFSET);
        forUs = board == FIRST_MICROBIT || board == FIRST_MICROBIT_LATER;
      }
      case BLOCK_END, PADDED_DATA, CUSTOM_DATA, OTHER_DATA -> {
        if (!universal) {
          throw unknown(number, type);
        }
      }
      default -> throw unknown(number, type);
    }
  }

  private void setBase(int number, byte[] bytes, int shift, boolean bySegment) {
    length(number, bytes[0] & 0xFF, 2);
    base = (long) half(bytes, DATA_OFFSET) << shift;
    segmented = bySegment;
  }

  /** Of segments, offsets wrap at 64 KiB. */
  private void data(int number, byte[] bytes, int count) {
    int address = half(bytes, 1);
    int before = segmented ? Math.min(count, 0x1_0000 - address) : count;
    contents.put(base + address, bytes, DATA_OFFSET, before, number);
    contents.put(base, bytes, DATA_OFFSET + before, count - before, number);
  }

  /**
   * What comes behind the end is no part of the program: MakeCode keeps its source there, at
   * addresses of RAM. More for flash would be a second program, and only one can be meant.
   */
  private void checkNoProgram(int number) {
    if (base < RAM) {
      throw wrong(number, "has data after the end-of-file record: two files seem to be joined");
    }
  }

  private static void length(int number, int count, int expected) {
    if (count != expected) {
      throw wrong(number, "has %d bytes of data where its type has %d", count, expected);
    }
  }

  private static byte[] bytes(int number, String line) {
    if (line.charAt(0) != ':') {
      throw wrong(number, "does not begin with a colon");
    }
    try {
      byte[] bytes = HexFormat.of().parseHex(line, 1, line.length());
      if (bytes.length >= OVERHEAD) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw wrong(number, "is no row of pairs of hexadecimal digits");
    }
    throw wrong(number, "is too short for a record");
  }

  private static int half(byte[] bytes, int at) {
    return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
  }

  private static IllegalArgumentException unknown(int number, int type) {
    return wrong(number, "has the type %02X, which Intel HEX does not have", type);
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a library of its own
  private static IllegalArgumentException wrong(int number, String what, Object... arguments) {
    return new IllegalArgumentException(
        "line " + number + " " + String.format(Locale.ROOT, what, arguments));
  }
}
