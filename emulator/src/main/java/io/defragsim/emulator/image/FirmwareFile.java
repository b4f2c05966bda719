package io.defragsim.emulator.image;

import io.defragsim.emulator.file.InputKind;
import io.defragsim.emulator.file.UnreadableFileException;
import io.defragsim.emulator.image.FirmwareImage.Segment;
import io.defragsim.emulator.image.dwarf.SourceLines;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A file with a program, in any of the formats in which programs are flashed.
 *
 * @param image what is in it; only an ELF has symbols
 * @param family the parts that it says it is for; null if it says none that we know
 */
public record FirmwareFile(FirmwareImage image, Format format, @Nullable Uf2Family family) {

  /** What a file can be. */
  public enum Format {
    ELF("ELF", ".elf"),
    INTEL_HEX("Intel HEX", ".hex"),
    UF2("UF2", ".uf2"),
    BINARY("raw binary", ".bin");

    private final String title;
    private final String ending;

    Format(String title, String ending) {
      this.title = title;
      this.ending = ending;
    }

    /**
     * The name of the program in a file. It has no ending: a program is told its name, and is to
     * run alike out of any format.
     */
    private String program(String file) {
      return file.endsWith(ending) ? file.substring(0, file.length() - ending.length()) : file;
    }

    /** What people call it. */
    public String title() {
      return title;
    }
  }

  /**
   * Reads a file.
   *
   * @param binaryBase where the first byte of a raw binary goes; empty if nobody said
   * @throws UnreadableFileException if there is no file that could be one
   * @throws ImageRejectedException if it is of none of the formats, or damaged
   */
  public static FirmwareFile read(Path file, OptionalLong binaryBase)
      throws UnreadableFileException {
    Path last = file.getFileName();
    return parse(
        last == null ? file.toString() : last.toString(), InputKind.PROGRAM.read(file), binaryBase);
  }

  /** The same of bytes, with the name that messages and reports are to have for them. */
  static FirmwareFile parse(String name, byte[] file, OptionalLong binaryBase) {
    try {
      if (IntelHexReader.isOne(file)) {
        return of(name, file, Format.INTEL_HEX, IntelHexReader.read(file).segments(), null);
      }
      if (Uf2Reader.isOne(file)) {
        Uf2Reader.Read read = Uf2Reader.read(file);
        return of(name, file, Format.UF2, read.contents().segments(), read.family());
      }
    } catch (IllegalArgumentException e) {
      throw new ImageRejectedException(name + ": " + e.getMessage());
    }
    if (ElfReader.isOne(file)) {
      return new FirmwareFile(
          FirmwareImage.parse(Format.ELF.program(name), file), Format.ELF, null);
    }
    String refusal = FileFormat.notProgram(file);
    if (refusal != null) {
      throw new ImageRejectedException(name + ": " + refusal);
    }
    if (binaryBase.isEmpty()) {
      throw new ImageRejectedException(
          name
              + ": a raw binary does not say where its first byte goes: exec is told by --mcu NAME,"
              + " --flash-base ADDRESS or --load-at ADDRESS");
    }
    long base = binaryBase.getAsLong();
    Segment all = new Segment(base, base, file.length, file);
    return of(name, file, Format.BINARY, List.of(all), null);
  }

  private static FirmwareFile of(
      String name, byte[] file, Format format, List<Segment> segments, @Nullable Uf2Family family) {
    FirmwareImage image =
        new FirmwareImage(
            format.program(name),
            FirmwareImage.sha256(file),
            segments,
            List.of(),
            List.of(),
            List.of(),
            null,
            null,
            SourceLines.NONE);
    return new FirmwareFile(image, format, family);
  }
}
