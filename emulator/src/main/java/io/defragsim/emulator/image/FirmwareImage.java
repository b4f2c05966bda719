package io.defragsim.emulator.image;

import io.defragsim.emulator.file.InputKind;
import io.defragsim.emulator.file.UnreadableFileException;
import io.defragsim.emulator.image.dwarf.SourceLines;
import io.defragsim.emulator.model.AddressRanges;
import io.defragsim.emulator.model.AddressRanges.Range;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.model.SourceLine;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** A program for ARMv6-M, read and checked. Immutable. */
public final class FirmwareImage {
  /** Where many parts show flash a second time; images are linked for either view. */
  private static final long FLASH_VIEW = 0x0800_0000L;

  static final String SOURCES_SECTION = ".image_sources";

  private final String name;
  private final String sha256;
  private final List<Segment> segments;
  private final List<Symbol> functions;
  private final Map<String, Long> functionAddresses = new HashMap<>();
  private final List<Symbol> objects;
  private final Map<String, Long> objectAddresses = new HashMap<>();
  private final List<LoopBound> loopBounds;
  private final @Nullable String compiler;
  private final @Nullable String sources;
  private final SourceLines lines;
  private final AddressRanges<Symbol> functionRanges;
  private final AddressRanges<Symbol> objectRanges;

  /**
   * Checks nothing.
   *
   * @param functions if a name occurs more than once, the first one counts
   * @param objects the same
   */
  FirmwareImage(
      String name,
      String sha256,
      List<Segment> segments,
      List<Symbol> functions,
      List<Symbol> objects,
      List<LoopBound> loopBounds,
      @Nullable String compiler,
      @Nullable String sources,
      SourceLines lines) {
    this.name = name;
    this.sha256 = sha256;
    this.segments =
        segments.stream().sorted(Comparator.comparingLong(Segment::loadAddress)).toList();
    this.functions = functions.stream().sorted(Comparator.comparingLong(Symbol::address)).toList();
    this.objects = List.copyOf(objects);
    this.loopBounds = List.copyOf(loopBounds);
    this.compiler = compiler;
    this.sources = sources;
    this.lines = lines;
    functionRanges = ranges(this.functions, this::segmentEnd);
    objectRanges = ranges(this.objects, address -> address);
    for (Symbol function : functions) {
      functionAddresses.putIfAbsent(function.name(), function.address());
    }
    for (Symbol object : objects) {
      objectAddresses.putIfAbsent(object.name(), object.address());
    }
  }

  /**
   * Reads an ELF file from memory.
   *
   * <p>A file that does not say which architecture it was compiled for (it has no section {@code
   * .ARM.attributes}, as after {@code strip -R}) is accepted: what is not ARMv6-M in it faults when
   * it runs.
   *
   * @param name what messages and reports call the image
   * @throws ImageRejectedException if it is no ELF32 little-endian Arm executable for ARMv6-M
   */
  public static FirmwareImage parse(String name, byte[] elf) {
    return new ElfReader(name, elf).read();
  }

  /**
   * Reads an ELF file; the name is the file's, without its folder and {@code .elf}.
   *
   * @throws UnreadableFileException if there is no file that could be an image
   */
  public static FirmwareImage read(Path file) throws UnreadableFileException {
    Path last = file.getFileName();
    String name = last == null ? file.toString() : last.toString();
    return parse(
        name.endsWith(".elf") ? name.substring(0, name.length() - ".elf".length()) : name,
        InputKind.IMAGE.read(file));
  }

  public String name() {
    return name;
  }

  /** The same under another name. */
  public FirmwareImage called(String other) {
    return new FirmwareImage(
        other, sha256, segments, functions, objects, loopBounds, compiler, sources, lines);
  }

  /** SHA-256 of the file, lower-case hex. */
  public String sha256() {
    return sha256;
  }

  /**
   * What the section {@code .comment} says: compilers and linkers write their names and versions
   * there. Null if there is none, as after {@code strip -R}.
   */
  public @Nullable String compiler() {
    return compiler;
  }

  /**
   * What the section {@code .image_sources} says: the files that the image was built from, each
   * with its checksum, as {@code sha256sum} prints them. Null if there is none.
   */
  public @Nullable String sources() {
    return sources;
  }

  /** Bytes that load at {@code address} (the segment's p_paddr); all segments, in address order. */
  public List<Segment> segments() {
    return segments;
  }

  /**
   * A loadable segment.
   *
   * @param loadAddress p_paddr: where the bytes stand in flash (or SRAM)
   * @param runAddress p_vaddr: where the program expects them
   * @param memoryBytes p_memsz: at least the number of bytes stored
   * @param stored not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // identity is enough for equals
  public record Segment(long loadAddress, long runAddress, int memoryBytes, byte[] stored) {

    /** How it and an earlier one share addresses, in words; null if they share none. */
    @Nullable String overlap(Segment other) {
      String load =
          overlap(loadAddress, stored.length, other.loadAddress, other.stored.length, "load");
      return load != null
          ? load
          : overlap(runAddress, memoryBytes, other.runAddress, other.memoryBytes, "run");
    }

    private static @Nullable String overlap(long a, int aBytes, long b, int bBytes, String what) {
      return aBytes > 0 && bBytes > 0 && a < b + bBytes && b < a + aBytes
          ? String.format(
              Locale.ROOT,
              "segments overlap where they %s: 0x%08x + %d and 0x%08x + %d",
              what,
              b,
              bBytes,
              a,
              aBytes)
          : null;
    }
  }

  /** Address of a function symbol without the Thumb bit, empty if there is none of that name. */
  public OptionalLong function(String symbol) {
    return optional(functionAddresses.get(symbol));
  }

  /** Address of a data symbol, empty if there is none of that name. */
  public OptionalLong object(String symbol) {
    return optional(objectAddresses.get(symbol));
  }

  /**
   * What a person names a place by: a symbol of whatever kind, {@code symbol+offset}, or an
   * address. Numbers are decimal, or hexadecimal with 0x. The Thumb bit is cleared.
   */
  public OptionalLong place(String text) {
    Long number = number(text);
    if (number != null) {
      return OptionalLong.of(number & ~1L);
    }
    OptionalLong symbol = symbol(text);
    int plus = text.lastIndexOf('+');
    if (symbol.isPresent() || plus < 0) {
      return symbol;
    }
    OptionalLong base = symbol(text.substring(0, plus).strip());
    Long offset = number(text.substring(plus + 1).strip());
    return base.isEmpty() || offset == null
        ? OptionalLong.empty()
        : OptionalLong.of((base.getAsLong() + offset) & ~1L);
  }

  private OptionalLong symbol(String name) {
    OptionalLong function = function(name);
    OptionalLong object = object(name);
    return function.isPresent() || object.isEmpty()
        ? function
        : OptionalLong.of(object.getAsLong() & ~1L);
  }

  /** The names of all symbols, sorted. */
  public Collection<String> symbolNames() {
    TreeSet<String> names = new TreeSet<>(objectAddresses.keySet());
    names.addAll(functionAddresses.keySet());
    return names;
  }

  private static @Nullable Long number(String text) {
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    String digits = hex ? text.substring(2) : text;
    try {
      return digits.startsWith("+")
          ? null
          : Long.valueOf(Integer.parseUnsignedInt(digits, hex ? 16 : 10) & 0xFFFF_FFFFL);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static OptionalLong optional(@Nullable Long address) {
    return address == null ? OptionalLong.empty() : OptionalLong.of(address);
  }

  /** All symbols of functions, sorted by address. */
  public List<Symbol> functions() {
    return functions;
  }

  /**
   * A symbol.
   *
   * @param address that of a function is without the Thumb bit
   * @param bytes its size, 0 if unknown
   */
  public record Symbol(String name, long address, int bytes) {}

  /** What the source says of its loops, in no particular order; empty if it says nothing. */
  public List<LoopBound> loopBounds() {
    return loopBounds;
  }

  /** The function around {@code address}, looked for in both views of flash. */
  public Location locate(long address) {
    long within = address;
    Symbol symbol = functionRanges.at(within);
    if (symbol == null) {
      within = otherView(address);
      symbol = functionRanges.at(within);
    }
    return symbol == null
        ? new Location(address, null, 0)
        : new Location(address, symbol.name(), within - symbol.address());
  }

  /**
   * The data symbol around {@code address}, such as the array that a heap is in; null if there is
   * none whose size is known.
   */
  public @Nullable Symbol objectAround(long address) {
    return objectRanges.at(address);
  }

  /**
   * The source line of the instruction around {@code address}, looked for in both views of flash;
   * null if the file has no debug information of it. A return address is behind its call: ask for
   * the address in front of it.
   */
  public @Nullable SourceLine line(long address) {
    SourceLine line = lines.at(address);
    return line == null ? lines.at(otherView(address)) : line;
  }

  private static long otherView(long address) {
    return address >= FLASH_VIEW ? address - FLASH_VIEW : address + FLASH_VIEW;
  }

  /**
   * Which symbol covers an address: of those that do, the one that begins last, and of several
   * names of one address the first.
   *
   * @param unknownEnd where one of unknown size ends that begins at an address: there, or where the
   *     next symbol begins. The address itself: it covers nothing
   */
  private static AddressRanges<Symbol> ranges(List<Symbol> symbols, LongUnaryOperator unknownEnd) {
    return AddressRanges.of(
        symbols.stream()
            .map(
                symbol ->
                    new Range<>(
                        symbol.address(),
                        symbol.bytes() == 0
                            ? unknownEnd.applyAsLong(symbol.address())
                            : symbol.address() + symbol.bytes(),
                        symbol))
            .toList(),
        Comparator.comparingLong((Range<Symbol> range) -> -range.start()));
  }

  /** Where the segment around an address ends at run time; the address itself if there is none. */
  private long segmentEnd(long address) {
    for (Segment segment : segments) {
      if (address >= segment.runAddress()
          && address < segment.runAddress() + segment.memoryBytes()) {
        return segment.runAddress() + segment.memoryBytes();
      }
    }
    return address;
  }

  /** Flash taken: stored bytes of all segments that load outside SRAM. */
  public int flashBytes(long sramBase, int sramBytes) {
    return segments.stream()
        .filter(
            segment ->
                segment.loadAddress() < sramBase || segment.loadAddress() >= sramBase + sramBytes)
        .mapToInt(segment -> segment.stored().length)
        .sum();
  }

  /** First SRAM address above all segments of the image at run time: where a pool can start. */
  public long sramUsedEnd(long sramBase) {
    return segments.stream()
        .filter(segment -> segment.runAddress() >= sramBase)
        .mapToLong(segment -> segment.runAddress() + segment.memoryBytes())
        .reduce(sramBase, Math::max);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
