package io.defragsim.emulator.image;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells what a file is that stands where a program should, and how to come from it to one. */
final class FileFormat {
  /** So much of a text is looked at. */
  private static final int BEGINNING = 256;

  /** Of what may run from reset, but has no functions to call. */
  private static final String NO_SYMBOLS =
      ", which has no symbols; functions are called by their names, so take the ELF that it was made"
          + " from";

  /** Formats that begin with bytes of their own, as Latin-1, and what to do with one. */
  private record Magic(String start, String what, String remedy) {

    /** What a file is that begins so, with what is read in its place. */
    String sentence(String read) {
      return remedy.equals(NO_SYMBOLS) ? what + NO_SYMBOLS : what + read + remedy;
    }
  }

  private static final List<Magic> MAGICS =
      List.of(
          new Magic("UF2\n", "a UF2 file, which a bootloader takes", NO_SYMBOLS),
          new Magic(
              "!<arch>\n", "an ar archive, a library of object files", ": link it to a program"),
          new Magic(
              "!<thin>\n",
              "a thin ar archive, a library of object files",
              ": link it to a program"),
          new Magic("PK\u0003\u0004", "a ZIP archive", ": unpack it"),
          new Magic("PK\u0005\u0006", "an empty ZIP archive", ""),
          new Magic("\u001f\u008b", "compressed with gzip", ": unpack it with gunzip"),
          new Magic("BZh", "compressed with bzip2", ": unpack it with bunzip2"),
          new Magic("\u00fd7zXZ\0", "compressed with xz", ": unpack it with unxz"),
          new Magic("(\u00b5/\u00fd", "compressed with zstd", ": unpack it"),
          new Magic("7z\u00bc\u00af'\u001c", "a 7z archive", ": unpack it"),
          new Magic("MZ", "a program for Windows (PE)", ""),
          new Magic("\u00ce\u00fa\u00ed\u00fe", "a Mach-O file", ""),
          new Magic("\u00cf\u00fa\u00ed\u00fe", "a Mach-O file", ""),
          new Magic("\u00fe\u00ed\u00fa\u00ce", "a Mach-O file", ""),
          new Magic("\u00fe\u00ed\u00fa\u00cf", "a Mach-O file", ""),
          new Magic("\u00ca\u00fe\u00ba\u00be", "a Mach-O or a Java class file", ""),
          new Magic("\0asm", "a WebAssembly module", ""),
          new Magic("BC\u00c0\u00de", "LLVM bitcode", ": compile and link it"),
          new Magic("DfuSe", "a DfuSe file", "; it was made from one"),
          new Magic("#!", "a script", ""));

  private static final Pattern INTEL_HEX =
      Pattern.compile(":(?:[0-9A-Fa-f]{2}){5,}\\s.*", Pattern.DOTALL);
  private static final Pattern S_RECORD =
      Pattern.compile("S[0-9](?:[0-9A-Fa-f]{2}){4,}\\s.*", Pattern.DOTALL);
  private static final Pattern TI_TEXT =
      Pattern.compile("@[0-9A-Fa-f]{2,8}\\s+(?:[0-9A-Fa-f]{2}\\s+).*", Pattern.DOTALL);
  private static final Pattern JSON =
      Pattern.compile("(?:\u00ef\u00bb\u00bf)?\\s*\\{\\s*[\"/}].*", Pattern.DOTALL);
  private static final Pattern TEXT = Pattern.compile("[\\t\\n\\r\\x20-\\x7e\\x80-\\xff]+");

  private FileFormat() {}

  /** What is wrong with a file that does not begin as an ELF does. */
  static String notElf(byte[] file) {
    if (file.length == 0) {
      return "not an ELF file: it is empty";
    }
    String known = known(file, "; what is read is an ELF, as the linker writes it");
    if (known != null) {
      return "not an ELF file but " + known;
    }
    return "not an ELF file but "
        + (looksLikeVectors(file) ? "a raw binary of flash" : "a file of unknown format")
        + NO_SYMBOLS;
  }

  /** What is wrong with a file that is no program; null if it may be a raw binary. */
  static @Nullable String notProgram(byte[] file) {
    if (file.length == 0) {
      return "not a program: it is empty";
    }
    String known =
        looksLikeVectors(file)
            ? null
            : known(file, "; what runs is an ELF, an Intel HEX, a UF2 or a raw binary");
    return known == null ? null : "not a program but " + known;
  }

  private static @Nullable String known(byte[] file, String read) {
    String start =
        new String(file, 0, Math.min(file.length, BEGINNING), StandardCharsets.ISO_8859_1);
    for (Magic magic : MAGICS) {
      if (start.startsWith(magic.start())) {
        return magic.sentence(read);
      }
    }
    String padded = start + "\n";
    if (INTEL_HEX.matcher(padded).matches()) {
      return "an Intel HEX file" + NO_SYMBOLS;
    }
    if (S_RECORD.matcher(padded).matches()) {
      return "a Motorola S-record file" + read + ": 'arm-none-eabi-objcopy -I srec -O ihex'";
    }
    if (TI_TEXT.matcher(padded).matches()) {
      return "a file of hexadecimal text" + read;
    }
    if (JSON.matcher(padded).matches()) {
      return "a JSON file, a scenario maybe" + read;
    }
    return TEXT.matcher(start).matches() ? "a text file" + read : null;
  }

  /** Whether the first words could be SP in SRAM and an odd address of code. */
  private static boolean looksLikeVectors(byte[] file) {
    return file.length >= 8
        && (file[3] == 0x20 || file[3] == 0x10)
        && (file[4] & 1) == 1
        && (file[7] == 0x00 || file[7] == 0x08 || file[7] == 0x10);
  }

  /** For whom an ELF file is, by e_machine. */
  static String machine(int machine) {
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
}
