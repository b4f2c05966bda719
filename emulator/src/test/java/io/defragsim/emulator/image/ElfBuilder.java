package io.defragsim.emulator.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes small ELF files, right ones and wrong ones. */
final class ElfBuilder {
  static final int CODE_BYTES = 64;

  private final List<Segment> segments = new ArrayList<>();
  private final List<Symbol> symbols = new ArrayList<>();
  private final List<int[]> patches = new ArrayList<>(); // offset, bytes, value
  private byte[] attributes = attributes(11, 'M', "");
  private int[] loopBounds = {};
  private String loopBoundsSection = ".loop_bounds";
  private String comment = "";

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Segment(int load, int run, byte[] stored, int memory) {}

  private record Symbol(String name, int value, int size, int type, int binding) {}

  ElfBuilder() {
    segments.add(new Segment(0, 0, new byte[CODE_BYTES], CODE_BYTES));
  }

  ElfBuilder segment(int load, int run, byte[] stored, int memory) {
    segments.add(new Segment(load, run, stored, memory));
    return this;
  }

  ElfBuilder withoutSegments() {
    segments.clear();
    return this;
  }

  ElfBuilder symbol(String name, int value, int size, int type, int binding) {
    symbols.add(new Symbol(name, value, size, type, binding));
    return this;
  }

  ElfBuilder architecture(int architecture, int profile, String cpu) {
    attributes = attributes(architecture, profile, cpu);
    return this;
  }

  ElfBuilder withoutAttributes() {
    attributes = new byte[0];
    return this;
  }

  /** A section of loop bounds with these words. */
  ElfBuilder loopBounds(int... words) {
    loopBounds = words;
    return this;
  }

  /** What the section of loop bounds is named. */
  ElfBuilder loopBoundsSection(String name) {
    loopBoundsSection = name;
    return this;
  }

  /** A section {@code .comment}; each text in it ends in a NUL. */
  ElfBuilder comment(String texts) {
    comment = texts;
    return this;
  }

  ElfBuilder octet(int offset, int value) {
    patches.add(new int[] {offset, 1, value});
    return this;
  }

  ElfBuilder half(int offset, int value) {
    patches.add(new int[] {offset, 2, value});
    return this;
  }

  ElfBuilder word(int offset, int value) {
    patches.add(new int[] {offset, 4, value});
    return this;
  }

  FirmwareImage parse() {
    return FirmwareImage.parse("x", build());
  }

  byte[] build() {
    ByteBuffer out = ByteBuffer.allocate(16 * 1024).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {0x7F, 'E', 'L', 'F', 1, 1, 1, 0});
    out.position(52 + 32 * segments.size());
    int[] offsets = new int[segments.size()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = out.position();
      out.put(segments.get(i).stored);
    }

    ByteArrayOutputStream names = new ByteArrayOutputStream();
    names.write(0);
    int symbolsAt = out.position();
    out.put(new byte[16]);
    for (Symbol symbol : symbols) {
      out.putInt(names.size()).putInt(symbol.value).putInt(symbol.size);
      out.put((byte) (symbol.binding << 4 | symbol.type)).put((byte) 0).putShort((short) 1);
      names.writeBytes((symbol.name + "\0").getBytes(StandardCharsets.US_ASCII));
    }
    int symbolBytes = out.position() - symbolsAt;
    int namesAt = out.position();
    out.put(names.toByteArray());
    int attributesAt = out.position();
    out.put(attributes);
    int loopBoundsAt = out.position();
    for (int word : loopBounds) {
      out.putInt(word);
    }
    int commentAt = out.position();
    out.put(comment.getBytes(StandardCharsets.US_ASCII));
    int sectionNamesAt = out.position();
    String sectionNames =
        "\0.symtab\0.strtab\0.ARM.attributes\0.shstrtab\0.comment\0" + loopBoundsSection + "\0";
    out.put(sectionNames.getBytes(StandardCharsets.UTF_8));

    int sectionsAt = out.position();
    section(out, 0, 0, 0, 0, 0, 0);
    section(out, 1, 2, symbolsAt, symbolBytes, 2, 16);
    section(out, 9, 3, namesAt, names.size(), 0, 0);
    int sectionCount = 4;
    if (attributes.length > 0) {
      section(out, 17, ArmAttributes.SECTION_TYPE, attributesAt, attributes.length, 0, 0);
      sectionCount++;
    }
    if (loopBounds.length > 0) {
      section(out, 52, 1, loopBoundsAt, 4 * loopBounds.length, 0, 0);
      sectionCount++;
    }
    if (!comment.isEmpty()) {
      section(out, 43, 1, commentAt, comment.length(), 0, 0);
      sectionCount++;
    }
    section(out, 33, 3, sectionNamesAt, sectionNames.length(), 0, 0);
    final int length = out.position();

    out.putShort(16, (short) 2).putShort(18, (short) 40).putInt(20, 1).putInt(24, 0x41);
    out.putInt(28, 52).putInt(32, sectionsAt).putInt(36, 0x0500_0200).putShort(40, (short) 52);
    out.putShort(42, (short) 32).putShort(44, (short) segments.size()).putShort(46, (short) 40);
    out.putShort(48, (short) sectionCount).putShort(50, (short) (sectionCount - 1));
    out.position(52);
    for (int i = 0; i < offsets.length; i++) {
      Segment segment = segments.get(i);
      out.putInt(1).putInt(offsets[i]).putInt(segment.run).putInt(segment.load);
      out.putInt(segment.stored.length).putInt(segment.memory).putInt(5).putInt(4);
    }
    for (int[] patch : patches) {
      for (int i = 0; i < patch[1]; i++) {
        out.put(patch[0] + i, (byte) (patch[2] >>> (8 * i)));
      }
    }
    byte[] file = new byte[length];
    out.get(0, file);
    return file;
  }

  private static void section(
      ByteBuffer out, int name, int type, int offset, int size, int link, int entrySize) {
    out.putInt(name).putInt(type).putInt(0).putInt(0).putInt(offset).putInt(size).putInt(link);
    out.putInt(0).putInt(1).putInt(entrySize);
  }

  private static byte[] attributes(int architecture, int profile, String cpu) {
    ByteArrayOutputStream tags = new ByteArrayOutputStream();
    if (!cpu.isEmpty()) {
      tags.write(5);
      tags.writeBytes((cpu + "\0").getBytes(StandardCharsets.US_ASCII));
    }
    tags.writeBytes(new byte[] {6, (byte) architecture});
    if (profile != 0) {
      tags.writeBytes(new byte[] {7, (byte) profile});
    }
    tags.writeBytes(new byte[] {9, 1, 67, '2', '.', '0', '9', 0, 34, 1}); // others, to be skipped
    int file = 5 + tags.size();
    int vendor = 4 + "aeabi".length() + 1 + file;
    ByteBuffer out = ByteBuffer.allocate(1 + vendor).order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 'A').putInt(vendor).put("aeabi\0".getBytes(StandardCharsets.US_ASCII));
    out.put((byte) 1).putInt(file).put(tags.toByteArray());
    return out.array();
  }
}
