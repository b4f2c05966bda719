package io.defragsim.lab;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.defragsim.emulator.image.FirmwareImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A test image's file with other values in it, so that one file stands for many images. */
final class PatchedElf {
  private static final int PROGRAM_HEADERS_AT = 28;
  private static final int SECTION_HEADERS_AT = 32;
  private static final int PROGRAM_HEADER = 32;
  private static final int SECTION_HEADER = 40;
  private static final int SYMBOL = 16;
  private static final int SYMTAB = 2;

  private final String name;
  private final FirmwareImage original;
  private final ByteBuffer elf;

  /** One of the test images. */
  PatchedElf(String name) {
    this.name = name;
    byte[] bytes = Bench.elf(name);
    original = FirmwareImage.parse(name, bytes);
    elf = ByteBuffer.wrap(bytes.clone()).order(LITTLE_ENDIAN);
  }

  /** Writes words from a constant's first on. */
  PatchedElf words(String constant, int... values) {
    int offset = fileOffset((int) original.object(constant).orElseThrow());
    for (int value : values) {
      elf.putInt(offset, value);
      offset += Integer.BYTES;
    }
    return this;
  }

  /** Moves a symbol. */
  PatchedElf symbol(String symbol, int address) {
    elf.putInt(symbolOffset(symbol) + 4, address);
    return this;
  }

  /** Takes a symbol away: its name is another one. */
  PatchedElf without(String symbol) {
    elf.putInt(symbolOffset(symbol), 0);
    return this;
  }

  FirmwareImage image() {
    return FirmwareImage.parse(name, elf.array());
  }

  private int fileOffset(int address) {
    int headers = elf.getInt(PROGRAM_HEADERS_AT);
    for (int i = 0; i < elf.getShort(44); i++) {
      int header = headers + i * PROGRAM_HEADER;
      int within = address - elf.getInt(header + 8);
      if (within >= 0 && within < elf.getInt(header + 16)) {
        return elf.getInt(header + 4) + within;
      }
    }
    throw new IllegalArgumentException("no segment stores " + Integer.toHexString(address));
  }

  private int symbolOffset(String symbol) {
    int sections = elf.getInt(SECTION_HEADERS_AT);
    for (int i = 0; i < elf.getShort(48); i++) {
      int section = sections + i * SECTION_HEADER;
      if (elf.getInt(section + 4) == SYMTAB) {
        int strings = elf.getInt(sections + elf.getInt(section + 24) * SECTION_HEADER + 16);
        int start = elf.getInt(section + 16);
        for (int at = start; at < start + elf.getInt(section + 20); at += SYMBOL) {
          if (text(strings + elf.getInt(at)).equals(symbol)) {
            return at;
          }
        }
      }
    }
    throw new IllegalArgumentException("no symbol " + symbol);
  }

  private String text(int offset) {
    int end = offset;
    while (elf.get(end) != 0) {
      end++;
    }
    return new String(elf.array(), offset, end - offset, StandardCharsets.US_ASCII);
  }
}
