package io.defragsim.emulator.image.dwarf;

import java.nio.charset.StandardCharsets;

/** Reads a section, or a part of one, in order, little-endian; throws rather than leave it. */
final class Cursor {
  private final byte[] bytes;
  private final int section;
  private final int end;
  private int at;

  private Cursor(byte[] bytes, int section, int at, int end) {
    this.bytes = bytes;
    this.section = section;
    this.at = at;
    this.end = end;
  }

  /** At the start of the section that is from {@code start} to {@code end}. */
  Cursor(byte[] bytes, int start, int end) {
    this(bytes, start, start, end);
  }

  /** Bytes that are left. */
  int left() {
    return end - at;
  }

  /** Where it is, from the start of the section. */
  int offset() {
    return at - section;
  }

  /** The next bytes, which are thereby read. */
  Cursor part(long size) {
    int from = at;
    skip(size);
    return new Cursor(bytes, section, from, at);
  }

  void skip(long size) {
    if (size < 0 || size > left()) {
      throw new DamagedException();
    }
    at += (int) size;
  }

  int octet() {
    skip(1);
    return bytes[at - 1] & 0xFF;
  }

  int half() {
    return octet() | octet() << 8;
  }

  /** Unsigned. */
  long word() {
    return half() | (long) half() << 16;
  }

  /** 4 bytes, or 8, as the format of a unit has it. */
  long offset(int size) {
    return size == 4 ? word() : word() | word() << 32;
  }

  /** ULEB128, cut to 64 bits. */
  long number() {
    return leb128(false);
  }

  /** SLEB128, cut to 64 bits. */
  long signedNumber() {
    return leb128(true);
  }

  private long leb128(boolean signed) {
    long value = 0;
    int shift = 0;
    int octet;
    do {
      octet = octet();
      if (shift < Long.SIZE) {
        value |= (long) (octet & 0x7F) << shift;
      }
      shift += 7;
    } while ((octet & 0x80) != 0);
    return signed && (octet & 0x40) != 0 && shift < Long.SIZE ? value | -1L << shift : value;
  }

  /** Goes behind the next NUL. */
  void skipText() {
    while (octet() != 0) {
      // the terminator ends it
    }
  }

  /** The text at an offset from the start of the section, up to its NUL, or cut. */
  String text(long offset, int most) {
    if (offset < 0 || offset >= end - section) {
      return "";
    }
    int from = section + (int) offset;
    int to = from;
    while (to < end && to - from < most && bytes[to] != 0) {
      to++;
    }
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
