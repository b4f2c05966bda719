package io.defragsim.emulator.image;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Writes Intel HEX, right and wrong. */
public final class HexWriter {
  private final List<String> lines = new ArrayList<>();

  /** A record with the checksum that it should have. */
  public static String record(int type, int address, byte... data) {
    StringBuilder line = new StringBuilder();
    int sum = data.length + (address >> 8) + address + type;
    line.append(String.format(":%02X%04X%02X", data.length, address & 0xFFFF, type));
    for (byte octet : data) {
      line.append(String.format("%02X", octet));
      sum += octet;
    }
    return line.append(String.format("%02X", -sum & 0xFF)).toString();
  }

  /** Adds a line as it is. */
  public HexWriter line(String line) {
    lines.add(line);
    return this;
  }

  /** Adds the base of addresses that follow, a multiple of 64 KiB. */
  public HexWriter base(long address) {
    return line(record(4, 0, (byte) (address >> 24), (byte) (address >> 16)));
  }

  /** Adds bytes at an address as linkers do, 16 in a record at most. */
  public HexWriter bytes(long address, byte... data) {
    long upper = -1;
    for (int at = 0; at < data.length; at += 16) {
      long here = address + at;
      if (here >>> 16 != upper) {
        upper = here >>> 16;
        base(here & -0x1_0000L);
      }
      int length = Math.min(16, data.length - at);
      line(record(0, (int) here & 0xFFFF, Arrays.copyOfRange(data, at, at + length)));
    }
    return this;
  }

  /** Puts each record, behind a base of its own, anywhere among the others. */
  public HexWriter shuffled(Random random) {
    List<String> pairs = new ArrayList<>();
    String base = "";
    for (String line : lines) {
      if (line.startsWith("04", 7)) {
        base = line;
      } else {
        pairs.add(base + "\n" + line);
      }
    }
    Collections.shuffle(pairs, random);
    lines.clear();
    pairs.forEach(pair -> lines.addAll(List.of(pair.split("\n", -1))));
    return this;
  }

  /** The file, with an end. */
  public byte[] build() {
    return line(record(1, 0)).text("\n");
  }

  /** The file as it is. */
  public byte[] text(String newline) {
    return (String.join(newline, lines) + newline).getBytes(StandardCharsets.ISO_8859_1);
  }
}
