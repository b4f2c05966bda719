package io.defragsim.emulator.image.dwarf;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A section of debug information, as it stands in a file.
 *
 * @param file the whole file, not to be changed
 * @param offset where the section is in it; it is inside
 * @param compressed whether a header says how it is compressed (SHF_COMPRESSED)
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record DebugSection(byte[] file, int offset, int bytes, boolean compressed) {
  /** One that a file does not have. */
  public static final DebugSection NONE = new DebugSection(new byte[0], 0, 0, false);

  private static final int HEADER_BYTES = 12;
  private static final int ZLIB = 1; // ELFCOMPRESS_ZLIB

  /** The debug information of the largest firmware is smaller by far. */
  private static final int MOST_INFLATED = 64 << 20;

  /** Zlib makes no byte of a file more than so many. */
  private static final long MOST_PER_BYTE = 1032;

  /** What is in it; nothing if it is compressed and too large, damaged, or not by zlib. */
  Cursor contents() {
    if (!compressed) {
      return new Cursor(file, offset, offset + bytes);
    }
    byte[] inflated = inflated();
    return new Cursor(inflated, 0, inflated.length);
  }

  private byte[] inflated() {
    if (bytes < HEADER_BYTES) {
      return new byte[0];
    }
    Cursor header = new Cursor(file, offset, offset + HEADER_BYTES);
    long type = header.word();
    long size = header.word();
    int packed = bytes - HEADER_BYTES;
    if (type != ZLIB || size > MOST_INFLATED || size > packed * MOST_PER_BYTE) {
      return new byte[0];
    }
    byte[] inflated = new byte[(int) size];
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(file, offset + HEADER_BYTES, packed);
      int length = inflater.inflate(inflated);
      return length == inflated.length ? inflated : Arrays.copyOf(inflated, length);
    } catch (DataFormatException e) {
      return new byte[0];
    } finally {
      inflater.end();
    }
  }
}
