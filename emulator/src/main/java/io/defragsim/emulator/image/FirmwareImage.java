package io.defragsim.emulator.image;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** An ELF for ARMv6-M, read and checked. Immutable. */
@SuppressWarnings({"DoNotCallSuggester", "ArrayRecordComponent"}) // not built yet
public final class FirmwareImage {

  private FirmwareImage() {}

  /**
   * Reads an ELF file from memory.
   *
   * @param name what messages and reports call the image
   * @throws ImageRejectedException if it is no ELF32 little-endian Arm executable for ARMv6-M
   */
  public static FirmwareImage parse(String name, byte[] elf) {
    throw new UnsupportedOperationException();
  }

  /** Reads an ELF file; the name is the file's, without its folder and {@code .elf}. */
  public static FirmwareImage read(Path file) throws java.io.IOException {
    throw new UnsupportedOperationException();
  }

  public String name() {
    throw new UnsupportedOperationException();
  }

  /** SHA-256 of the ELF file, lower-case hex. */
  public String sha256() {
    throw new UnsupportedOperationException();
  }

  /** Bytes that load at {@code address} (the segment's p_paddr); all segments, in address order. */
  public List<Segment> segments() {
    throw new UnsupportedOperationException();
  }

  /**
   * A loadable segment.
   *
   * @param loadAddress p_paddr: where the bytes stand in flash (or SRAM)
   * @param runAddress p_vaddr: where the program expects them
   * @param memoryBytes p_memsz: at least the number of bytes stored
   */
  public record Segment(long loadAddress, long runAddress, int memoryBytes, byte[] stored) {}

  /** Address of a function symbol without the Thumb bit, empty if there is none of that name. */
  public OptionalLong function(String symbol) {
    throw new UnsupportedOperationException();
  }

  /** Address of a data symbol, empty if there is none of that name. */
  public OptionalLong object(String symbol) {
    throw new UnsupportedOperationException();
  }

  /** All symbols of functions, sorted by address. */
  public List<Symbol> functions() {
    throw new UnsupportedOperationException();
  }

  /**
   * A symbol.
   *
   * @param address without the Thumb bit
   * @param bytes its size, 0 if unknown
   */
  public record Symbol(String name, long address, int bytes) {}

  /** Flash taken: stored bytes of all segments that load outside SRAM. */
  public int flashBytes(long sramBase, int sramBytes) {
    throw new UnsupportedOperationException();
  }

  /** First SRAM address above all segments of the image at run time: where a pool can start. */
  public long sramUsedEnd(long sramBase) {
    throw new UnsupportedOperationException();
  }
}
