package io.defragsim.emulator.image;

import io.defragsim.emulator.image.FirmwareImage.Segment;
import io.defragsim.emulator.image.FirmwareImage.Symbol;
import io.defragsim.words.Printable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.fornwall.jelf.ElfException;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfSection;
import net.fornwall.jelf.ElfSectionHeader;
import net.fornwall.jelf.ElfSegment;
import net.fornwall.jelf.ElfSymbol;
import net.fornwall.jelf.ElfSymbolTableSection;
import org.jspecify.annotations.Nullable;

/**
 * Reads one ELF file. The header and the bounds of everything it names are checked before the ELF
 * library sees the file, so that a damaged file gets a message and no huge allocation.
 */
final class ElfReader {
  private static final int HEADER_BYTES = 52;
  private static final int PROGRAM_HEADER_BYTES = 32;
  private static final int SECTION_HEADER_BYTES = 40;
  private static final long ADDRESSES = 1L << 32;

  /** More than any Cortex-M0 has of flash and SRAM together. */
  private static final long LARGEST_SEGMENT = 64 << 20;

  /** More is no name of a compiler. */
  private static final int LONGEST_COMMENT = 1024;

  private final String name;
  private final byte[] file;
  private final ByteBuffer in;

  ElfReader(String name, byte[] file) {
    this.name = name;
    this.file = file;
    in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  FirmwareImage read() {
    checkHeader();
    checkTables();
    try {
      ElfFile elf = ElfFile.from(file);
      List<Segment> segments = segments(elf);
      checkArchitecture(elf);
      List<Symbol> functions = new ArrayList<>();
      Map<String, Long> objects = new HashMap<>();
      symbols(elf, functions, objects);
      return new FirmwareImage(
          name,
          FirmwareImage.sha256(file),
          segments,
          functions,
          objects,
          loopBounds(elf),
          compiler(elf));
    } catch (ImageRejectedException e) {
      throw e;
    } catch (RuntimeException e) { // the library has many for what a damaged file does to it
      throw rejected(
          "the ELF file is damaged"
              + (e instanceof ElfException ? ": " + e.getMessage() : ", its parts do not agree"));
    }
  }

  private void checkHeader() {
    if (file.length < 4 || file[0] != 0x7F || file[1] != 'E' || file[2] != 'L' || file[3] != 'F') {
      throw rejected("not an ELF file");
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
      throw rejected("an ELF file for " + machineName(machine) + ", not for Arm");
    }
    if (file.length < HEADER_BYTES) {
      throw rejected("the ELF file is truncated: " + file.length + " bytes");
    }
    int type = half(16);
    if (type != ElfFile.ET_EXEC) {
      throw rejected(
          switch (type) {
            case ElfFile.ET_REL -> "an object file, not linked to an executable";
            case ElfFile.ET_DYN -> "a shared or position-independent ELF file, not an executable";
            case ElfFile.ET_CORE -> "a core dump, not an executable";
            default -> "ELF type " + type + ", not an executable";
          });
    }
  }

  private void checkTables() {
    long programHeaders = word(28);
    int programHeaderCount = half(44);
    if (programHeaderCount == 0) {
      throw rejected("no loadable segments");
    }
    if (half(42) != PROGRAM_HEADER_BYTES) {
      throw rejected("the ELF file is damaged: program headers of " + half(42) + " bytes");
    }
    inFile("the program headers", programHeaders, (long) programHeaderCount * PROGRAM_HEADER_BYTES);
    for (int i = 0; i < programHeaderCount; i++) {
      int at = (int) programHeaders + i * PROGRAM_HEADER_BYTES;
      inFile("segment " + i, word(at + 4), word(at + 16));
    }
    int sectionCount = half(48);
    long sectionHeaders = word(32);
    if (sectionCount == 0) {
      return;
    }
    if (half(46) != SECTION_HEADER_BYTES) {
      throw rejected("the ELF file is damaged: section headers of " + half(46) + " bytes");
    }
    inFile("the section headers", sectionHeaders, (long) sectionCount * SECTION_HEADER_BYTES);
    if (half(50) >= sectionCount) {
      throw rejected("the ELF file is damaged: its section names are in section " + half(50));
    }
    for (int i = 0; i < sectionCount; i++) {
      int at = (int) sectionHeaders + i * SECTION_HEADER_BYTES;
      long type = word(at + 4);
      if (type != ElfSectionHeader.SHT_NULL && type != ElfSectionHeader.SHT_NOBITS) {
        inFile("section " + i, word(at + 16), word(at + 20));
      }
    }
  }

  private void inFile(String what, long offset, long bytes) {
    if (offset + bytes > file.length) {
      throw rejected(
          String.format(
              Locale.ROOT,
              "the ELF file is truncated or damaged: %s would end at byte %d of %d",
              what,
              offset + bytes,
              file.length));
    }
  }

  private List<Segment> segments(ElfFile elf) {
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < (elf.e_phnum & 0xFFFF); i++) {
      ElfSegment header = elf.getProgramHeader(i);
      if (header.p_type != ElfSegment.PT_LOAD || header.p_memsz == 0) {
        continue;
      }
      long load = header.p_paddr & (ADDRESSES - 1);
      long run = header.p_vaddr & (ADDRESSES - 1);
      long stored = header.p_filesz & (ADDRESSES - 1);
      long memory = header.p_memsz & (ADDRESSES - 1);
      if (stored > memory) {
        throw rejected(
            String.format(
                Locale.ROOT,
                "segment %d has %d bytes in the file and room for %d in memory",
                i,
                stored,
                memory));
      }
      if (memory > LARGEST_SEGMENT || run + memory > ADDRESSES || load + stored > ADDRESSES) {
        throw rejected(
            String.format(
                Locale.ROOT, "segment %d of %d bytes at 0x%08x is too large", i, memory, run));
      }
      int offset = (int) header.p_offset;
      int headers = headerBytes(elf, offset, offset + (int) stored);
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
  private static int headerBytes(ElfFile elf, int offset, int end) {
    if (offset != 0) {
      return 0;
    }
    long first = Long.MAX_VALUE;
    for (int i = 0; i < (elf.e_shnum & 0xFFFF); i++) {
      ElfSectionHeader section = elf.getSection(i).header;
      boolean loaded = (section.sh_flags & ElfSectionHeader.FLAG_ALLOC) != 0;
      if (loaded && section.sh_type != ElfSectionHeader.SHT_NOBITS) {
        first = Math.min(first, section.sh_offset & (ADDRESSES - 1));
      }
    }
    return first < end ? (int) first : 0;
  }

  private void checkOverlaps(List<Segment> segments) {
    for (int i = 0; i < segments.size(); i++) {
      for (int j = 0; j < i; j++) {
        Segment a = segments.get(i);
        Segment b = segments.get(j);
        if (overlap(a.loadAddress(), a.stored().length, b.loadAddress(), b.stored().length)) {
          throw rejected(
              String.format(
                  Locale.ROOT,
                  "segments overlap where they load: 0x%08x + %d and 0x%08x + %d",
                  b.loadAddress(),
                  b.stored().length,
                  a.loadAddress(),
                  a.stored().length));
        }
        if (overlap(a.runAddress(), a.memoryBytes(), b.runAddress(), b.memoryBytes())) {
          throw rejected(
              String.format(
                  Locale.ROOT,
                  "segments overlap where they run: 0x%08x + %d and 0x%08x + %d",
                  b.runAddress(),
                  b.memoryBytes(),
                  a.runAddress(),
                  a.memoryBytes()));
        }
      }
    }
  }

  private static boolean overlap(long a, int aBytes, long b, int bBytes) {
    return aBytes > 0 && bBytes > 0 && a < b + bBytes && b < a + aBytes;
  }

  private void checkArchitecture(ElfFile elf) {
    for (int i = 0; i < (elf.e_shnum & 0xFFFF); i++) {
      ElfSection section = elf.getSection(i);
      if (section.header.sh_type == ArmAttributes.SECTION_TYPE) {
        ArmAttributes attributes;
        try {
          attributes = ArmAttributes.parse(section.getData());
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
  }

  private List<LoopBound> loopBounds(ElfFile elf) {
    List<LoopBound> bounds = new ArrayList<>();
    for (int i = 0; i < (elf.e_shnum & 0xFFFF); i++) {
      ElfSectionHeader header = elf.getSection(i).header;
      if (!LoopBound.SECTION.equals(header.getName())) {
        continue;
      }
      int bytes = (int) header.sh_size;
      if (bytes % LoopBound.RECORD_BYTES != 0) {
        throw rejected(
            String.format(
                Locale.ROOT,
                "its section %s has %d bytes, which are no records of %d bytes",
                LoopBound.SECTION,
                bytes,
                LoopBound.RECORD_BYTES));
      }
      for (int at = (int) header.sh_offset, end = at + bytes; at < end; ) {
        long address = word(at);
        if (address != 0) { // of code that the linker discarded
          bounds.add(new LoopBound(address & ~1L, word(at + 4), word(at + 8), word(at + 12)));
        }
        at += LoopBound.RECORD_BYTES;
      }
    }
    return bounds;
  }

  /** The texts of {@code .comment}, each once; null if there is none. */
  private @Nullable String compiler(ElfFile elf) {
    for (int i = 0; i < (elf.e_shnum & 0xFFFF); i++) {
      ElfSectionHeader header = elf.getSection(i).header;
      if (".comment".equals(header.getName())) {
        int offset = (int) header.sh_offset;
        int bytes = Math.min((int) header.sh_size, LONGEST_COMMENT);
        String text = new String(file, offset, bytes, StandardCharsets.UTF_8);
        String each =
            Pattern.compile("\0+")
                .splitAsStream(text)
                .map(String::strip)
                .filter(comment -> !comment.isEmpty())
                .distinct()
                .collect(Collectors.joining(", "));
        return each.isEmpty() ? null : each;
      }
    }
    return null;
  }

  /** Fills in what a linker puts into the symbol table; local symbols are included. */
  private static void symbols(ElfFile elf, List<Symbol> functions, Map<String, Long> objects) {
    ElfSymbolTableSection table = elf.getSymbolTableSection();
    if (table == null) {
      return;
    }
    List<ElfSymbol> symbols = new ArrayList<>();
    for (ElfSymbol symbol : table.symbols) {
      if (symbol.st_shndx != 0) { // defined here
        symbols.add(symbol);
      }
    }
    // Where two have one name, the global one is meant.
    symbols.sort(Comparator.comparing(symbol -> symbol.getBinding() == ElfSymbol.BINDING_LOCAL));
    for (ElfSymbol symbol : symbols) {
      String written = symbol.getName();
      if (written == null || written.isEmpty() || written.startsWith("$")) {
        continue; // $t and $d mark code and data
      }
      String name = Printable.of(written);
      long value = symbol.st_value & (ADDRESSES - 1);
      switch (symbol.getType()) {
        case ElfSymbol.STT_FUNC ->
            functions.add(new Symbol(name, value & ~1L, Math.max(0, (int) symbol.st_size)));
        case ElfSymbol.STT_OBJECT, ElfSymbol.STT_NOTYPE -> objects.putIfAbsent(name, value);
        default -> {}
      }
    }
  }

  private static String machineName(int machine) {
    return switch (machine) {
      case 0 -> "no machine";
      case 3 -> "Intel 80386";
      case 4 -> "Motorola 68000";
      case 8 -> "MIPS";
      case 20 -> "PowerPC";
      case 62 -> "x86-64";
      case 83 -> "AVR";
      case 94 -> "Xtensa";
      case 105 -> "MSP430";
      case 183 -> "AArch64";
      case 243 -> "RISC-V";
      default -> "machine number " + machine;
    };
  }

  private int half(int offset) {
    return in.getShort(offset) & 0xFFFF;
  }

  private long word(int offset) {
    return in.getInt(offset) & 0xFFFF_FFFFL;
  }

  private ImageRejectedException rejected(String why) {
    return new ImageRejectedException(name + ": " + why);
  }
}
