package io.defragsim.emulator.image;

import io.defragsim.emulator.image.FirmwareImage.Segment;
import io.defragsim.emulator.image.FirmwareImage.Symbol;
import io.defragsim.emulator.image.dwarf.DebugSection;
import io.defragsim.emulator.image.dwarf.SourceLines;
import io.defragsim.words.Printable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads one ELF file (System V ABI, chapter 4). Every number of the file's own is checked before it
 * is used, so that a damaged file gets a message, and what is kept of a file is bounded by its
 * size.
 */
final class ElfReader {
  private static final int HEADER_BYTES = 52;
  private static final int PROGRAM_HEADER_BYTES = 32;
  private static final int SECTION_HEADER_BYTES = 40;
  private static final int SYMBOL_BYTES = 16;
  private static final long ADDRESSES = 1L << 32;

  private static final int EXECUTABLE = 2; // ET_EXEC
  private static final int LOADABLE = 1; // PT_LOAD
  private static final int NO_SECTION = 0; // SHT_NULL
  private static final int SYMBOL_TABLE = 2; // SHT_SYMTAB
  private static final int STRING_TABLE = 3; // SHT_STRTAB
  private static final int NO_BITS = 8; // SHT_NOBITS
  private static final int ALLOCATED = 2; // SHF_ALLOC
  private static final int COMPRESSED = 0x800; // SHF_COMPRESSED
  private static final int LOCAL = 0; // STB_LOCAL
  private static final int NO_TYPE = 0; // STT_NOTYPE
  private static final int OBJECT = 1; // STT_OBJECT
  private static final int FUNCTION = 2; // STT_FUNC

  /** More than any Cortex-M0 has of flash and SRAM together. */
  private static final long LARGEST_SEGMENT = 64 << 20;

  /** Linkers make a handful. */
  private static final int MOST_SEGMENTS = 256;

  /** Compilers write some 50 bytes. */
  private static final int LARGEST_ATTRIBUTES = 64 << 10;

  /** More is no name of a compiler. */
  private static final int LONGEST_COMMENT = 1024;

  /** More is no name of a source file, in bytes. */
  private static final int LONGEST_FILE_NAME = 255;

  /** More is no list of the sources of an image for a Cortex-M0. */
  private static final int LONGEST_LIST = 1 << 16;

  /** The names of symbols may share their ends, and so be longer together than their table. */
  private static final int MOST_SHARING = 8;

  /** A section as its header has it; its bytes are in the file, unless it has none there. */
  private record Section(
      int name, int type, int flags, int offset, int bytes, int link, int entryBytes) {}

  private final String name;
  private final byte[] file;
  private final ByteBuffer in;
  private final List<Section> sections = new ArrayList<>();

  ElfReader(String name, byte[] file) {
    this.name = name;
    this.file = file;
    in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  FirmwareImage read() {
    checkHeader();
    checkProgramHeaders();
    readSectionHeaders();
    List<Segment> segments = segments();
    checkArchitecture();
    List<Symbol> functions = new ArrayList<>();
    List<Symbol> objects = new ArrayList<>();
    symbols(functions, objects);
    return new FirmwareImage(
        name,
        FirmwareImage.sha256(file),
        segments,
        functions,
        objects,
        loopBounds(),
        compiler(),
        text(FirmwareImage.SOURCES_SECTION, LONGEST_LIST),
        new SourceLines(
            debug(SourceLines.LINE), debug(SourceLines.LINE_STRINGS), debug(SourceLines.STRINGS)));
  }

  /** Whether a file begins as an ELF does. */
  static boolean isOne(byte[] file) {
    return file.length >= 4
        && file[0] == 0x7F
        && file[1] == 'E'
        && file[2] == 'L'
        && file[3] == 'F';
  }

  private void checkHeader() {
    if (!isOne(file)) {
      throw rejected(FileFormat.notElf(file));
    }
    if (file.length < 20) {
      throw rejected("the ELF file is truncated: " + file.length + " bytes");
    }
    if (file[4] == 2) {
      throw rejected("a 64-bit ELF file, not one for a 32-bit Cortex-M0");
    }
    if (file[5] == 2) {
      throw rejected("a big-endian ELF file, a Cortex-M0 is little-endian here");
    }
    if (file[4] != 1 || file[5] != 1) {
      throw rejected("the ELF file is damaged: class " + file[4] + ", data encoding " + file[5]);
    }
    int machine = half(18);
    if (machine != 40) {
      throw rejected("an ELF file for " + FileFormat.machine(machine) + ", not for Arm");
    }
    if (file.length < HEADER_BYTES) {
      throw rejected("the ELF file is truncated: " + file.length + " bytes");
    }
    int type = half(16);
    if (type != EXECUTABLE) {
      throw rejected(
          switch (type) {
            case 1 -> "an object file, not linked to an executable";
            case 3 -> "a shared or position-independent ELF file, not an executable";
            case 4 -> "a core dump, not an executable";
            default -> "ELF type " + type + ", not an executable";
          });
    }
  }

  private void checkProgramHeaders() {
    long headers = word(28);
    int count = half(44);
    if (count == 0) {
      throw rejected("no loadable segments");
    }
    if (half(42) != PROGRAM_HEADER_BYTES) {
      throw damaged("program headers of " + half(42) + " bytes");
    }
    inFile("the program headers", headers, (long) count * PROGRAM_HEADER_BYTES);
    for (int i = 0; i < count; i++) {
      int at = (int) headers + i * PROGRAM_HEADER_BYTES;
      inFile("segment " + i, word(at + 4), word(at + 16));
    }
  }

  private void readSectionHeaders() {
    int count = half(48);
    long headers = word(32);
    if (count == 0) {
      return;
    }
    if (half(46) != SECTION_HEADER_BYTES) {
      throw damaged("section headers of " + half(46) + " bytes");
    }
    inFile("the section headers", headers, (long) count * SECTION_HEADER_BYTES);
    if (half(50) >= count) {
      throw damaged("its section names are in section " + half(50));
    }
    for (int i = 0; i < count; i++) {
      int at = (int) headers + i * SECTION_HEADER_BYTES;
      int type = in.getInt(at + 4);
      boolean stored = type != NO_SECTION && type != NO_BITS;
      if (stored) {
        inFile("section " + i, word(at + 16), word(at + 20));
      }
      sections.add(
          new Section(
              in.getInt(at),
              type,
              in.getInt(at + 8),
              in.getInt(at + 16),
              stored ? in.getInt(at + 20) : 0,
              in.getInt(at + 24),
              in.getInt(at + 36)));
    }
  }

  private void inFile(String what, long offset, long bytes) {
    if (offset + bytes > file.length) {
      throw rejected(
          "the ELF file is truncated or damaged: %s would end at byte %d of %d",
          what, offset + bytes, file.length);
    }
  }

  private List<Segment> segments() {
    List<Segment> segments = new ArrayList<>();
    long storedBytes = 0;
    for (int i = 0; i < half(44); i++) {
      int at = (int) word(28) + i * PROGRAM_HEADER_BYTES;
      long memory = word(at + 20);
      if (word(at) != LOADABLE || memory == 0) {
        continue;
      }
      int offset = in.getInt(at + 4);
      long run = word(at + 8);
      long load = word(at + 12);
      long stored = word(at + 16);
      if (stored > memory) {
        throw rejected(
            "segment %d has %d bytes in the file and room for %d in memory", i, stored, memory);
      }
      if (memory > LARGEST_SEGMENT || run + memory > ADDRESSES || load + stored > ADDRESSES) {
        throw rejected("segment %d of %d bytes at 0x%08x is too large", i, memory, run);
      }
      storedBytes += stored;
      if (storedBytes > file.length) {
        throw damaged("its segments have more bytes together than the file");
      }
      if (segments.size() == MOST_SEGMENTS) {
        throw rejected("more than " + MOST_SEGMENTS + " loadable segments");
      }
      int headers = headerBytes(offset, offset + (int) stored);
      segments.add(
          new Segment(
              load + headers,
              run + headers,
              (int) memory - headers,
              Arrays.copyOfRange(file, offset + headers, offset + (int) stored)));
    }
    if (segments.isEmpty()) {
      throw rejected("no loadable segments");
    }
    checkOverlaps(segments);
    return segments;
  }

  /**
   * How many bytes of a segment are the file's own headers: linkers may put them in front of the
   * first section, below where flash begins, to have the segment start on a page of the file.
   */
  private int headerBytes(int offset, int end) {
    if (offset != 0) {
      return 0;
    }
    int first = Integer.MAX_VALUE;
    for (Section section : sections) {
      if ((section.flags & ALLOCATED) != 0 && isStored(section)) {
        first = Math.min(first, section.offset);
      }
    }
    return first < end ? first : 0;
  }

  private static boolean isStored(Section section) {
    return section.type != NO_SECTION && section.type != NO_BITS;
  }

  private void checkOverlaps(List<Segment> segments) {
    for (int i = 0; i < segments.size(); i++) {
      for (int j = 0; j < i; j++) {
        String overlap = segments.get(i).overlap(segments.get(j));
        if (overlap != null) {
          throw rejected(overlap);
        }
      }
    }
  }

  private void checkArchitecture() {
    boolean seen = false;
    for (Section section : sections) {
      if (section.type != ArmAttributes.SECTION_TYPE) {
        continue;
      }
      if (seen || section.bytes > LARGEST_ATTRIBUTES) {
        throw rejected("its build attributes are damaged: there are too many");
      }
      seen = true;
      ArmAttributes attributes;
      try {
        attributes = ArmAttributes.parse(bytes(section));
      } catch (IllegalArgumentException e) {
        throw rejected("its build attributes are damaged: " + e.getMessage());
      }
      if (attributes.architecture() >= 0 && !attributes.isArmv6m()) {
        throw rejected(
            "compiled for "
                + attributes.describe()
                + ", a Cortex-M0 runs ARMv6-M (-mcpu=cortex-m0)");
      }
    }
  }

  private List<LoopBound> loopBounds() {
    List<LoopBound> bounds = new ArrayList<>();
    long all = 0;
    for (Section section : sections) {
      String source = sourceOfBounds(section);
      if (source == null) {
        continue;
      }
      if (section.bytes % LoopBound.RECORD_BYTES != 0) {
        throw rejected(
            "its section %s has %d bytes, which are no records of %d bytes",
            LoopBound.SECTION, section.bytes, LoopBound.RECORD_BYTES);
      }
      all += section.bytes;
      if (all > file.length) {
        throw damaged("its sections " + LoopBound.SECTION + " overlap");
      }
      for (int at = section.offset, end = at + section.bytes; at < end; ) {
        long address = word(at);
        if (address != 0) { // of code that the linker discarded
          bounds.add(
              new LoopBound(address & ~1L, word(at + 4), word(at + 8), word(at + 12), source));
        }
        at += LoopBound.RECORD_BYTES;
      }
    }
    return bounds;
  }

  /** The source file that a section of loop bounds is named after; null for other sections. */
  private @Nullable String sourceOfBounds(Section section) {
    String prefix = LoopBound.SECTION + ".";
    String sectionName = name(section, prefix.length() + LONGEST_FILE_NAME);
    if (sectionName.startsWith(prefix)) {
      return Printable.of(sectionName.substring(prefix.length()));
    }
    return sectionName.equals(LoopBound.SECTION) ? "" : null;
  }

  /** The texts of {@code .comment}, each once; null if there is none. */
  private @Nullable String compiler() {
    String text = text(".comment", LONGEST_COMMENT);
    if (text == null) {
      return null;
    }
    String each =
        Pattern.compile("\0+")
            .splitAsStream(text)
            .map(String::strip)
            .filter(comment -> !comment.isEmpty())
            .distinct()
            .collect(Collectors.joining(", "));
    return each.isEmpty() ? null : each;
  }

  /** What a section holds, up to {@code most} bytes of it; null if there is none of that name. */
  private @Nullable String text(String name, int most) {
    Section section = named(name);
    return section == null
        ? null
        : new String(file, section.offset, Math.min(section.bytes, most), StandardCharsets.UTF_8);
  }

  private DebugSection debug(String name) {
    Section section = named(name);
    return section == null
        ? DebugSection.NONE
        : new DebugSection(file, section.offset, section.bytes, (section.flags & COMPRESSED) != 0);
  }

  private @Nullable Section named(String name) {
    return sections.stream().filter(section -> isNamed(section, name)).findFirst().orElse(null);
  }

  private boolean isNamed(Section section, String text) {
    return name(section, text.length() + 1).equals(text);
  }

  /** The name of a section that has bytes in the file, up to {@code most} bytes; else empty. */
  private String name(Section section, int most) {
    Section names = sections.get(half(50));
    long from = Integer.toUnsignedLong(section.name);
    if (!isStored(section) || from >= names.bytes) {
      return "";
    }
    int start = names.offset + (int) from;
    int limit = start + (int) Math.min(most, names.bytes - from);
    int end = start;
    while (end < limit && file[end] != 0) {
      end++;
    }
    return new String(file, start, end - start, StandardCharsets.UTF_8);
  }

  private byte[] bytes(Section section) {
    return Arrays.copyOfRange(file, section.offset, section.offset + section.bytes);
  }

  /** A symbol with its name still in the file. */
  private record RawSymbol(int name, long value, int bytes, int type, int binding) {}

  /** Fills in what a linker puts into the symbol table; local symbols are included. */
  private void symbols(List<Symbol> functions, List<Symbol> objects) {
    Section table =
        sections.stream().filter(section -> section.type == SYMBOL_TABLE).findFirst().orElse(null);
    if (table == null) {
      return;
    }
    if (table.entryBytes != SYMBOL_BYTES || table.bytes % SYMBOL_BYTES != 0) {
      throw damaged(
          "its symbol table has %d bytes, and %d for a symbol",
          table.bytes, Integer.toUnsignedLong(table.entryBytes));
    }
    Section names = names(table);
    List<RawSymbol> symbols = new ArrayList<>();
    for (int at = table.offset, end = at + table.bytes; at < end; at += SYMBOL_BYTES) {
      int info = in.get(at + 12) & 0xFF;
      if (half(at + 14) != 0) { // defined here
        symbols.add(
            new RawSymbol(in.getInt(at), word(at + 4), in.getInt(at + 8), info & 0xF, info >>> 4));
      }
    }
    // Where two have one name, the global one is meant.
    symbols.sort(Comparator.comparing(symbol -> symbol.binding == LOCAL));
    long length = 0;
    for (RawSymbol symbol : symbols) {
      String symbolName = Printable.of(text(names, symbol.name));
      length += symbolName.length();
      if (length > (long) MOST_SHARING * file.length) {
        throw damaged("the names of its symbols overlap");
      }
      if (symbolName.isEmpty() || symbolName.startsWith("$")) {
        continue; // $t and $d mark code and data
      }
      int bytes = Math.max(0, symbol.bytes);
      switch (symbol.type) {
        case FUNCTION -> functions.add(new Symbol(symbolName, symbol.value & ~1L, bytes));
        case OBJECT, NO_TYPE -> objects.add(new Symbol(symbolName, symbol.value, bytes));
        default -> {}
      }
    }
  }

  private Section names(Section table) {
    if (table.link > 0 && table.link < sections.size()) {
      Section names = sections.get(table.link);
      if (names.type == STRING_TABLE) {
        return names;
      }
    }
    throw damaged("its symbols have no table of names");
  }

  /** A text of a table, up to its NUL. */
  private String text(Section table, int offset) {
    long from = table.offset + Integer.toUnsignedLong(offset);
    int end = table.offset + table.bytes;
    for (long at = from; at < end; at++) {
      if (file[(int) at] == 0) {
        return new String(file, (int) from, (int) (at - from), StandardCharsets.UTF_8);
      }
    }
    throw damaged("a symbol's name is outside the table of names");
  }

  private int half(int offset) {
    return in.getShort(offset) & 0xFFFF;
  }

  private long word(int offset) {
    return in.getInt(offset) & 0xFFFF_FFFFL;
  }

  private ImageRejectedException damaged(String how, Object... arguments) {
    return rejected("the ELF file is damaged: " + how, arguments);
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a library of its own
  private ImageRejectedException rejected(String why, Object... arguments) {
    String said = arguments.length == 0 ? why : String.format(Locale.ROOT, why, arguments);
    return new ImageRejectedException(name + ": " + said);
  }
}
