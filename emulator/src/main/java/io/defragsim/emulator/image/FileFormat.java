package io.defragsim.emulator.image;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Tells what a file is that stands where an ELF should, and how to come from it to an ELF. */
final class FileFormat {
  /** So much of a text is looked at. */
  private static final int BEGINNING = 256;

  private static final String READ = "; what is read is an ELF, as the linker writes it";

  /** Formats that begin with bytes of their own, as Latin-1, and what to do with one. */
  private record Magic(String start, String what, String remedy) {}

  private static final List<Magic> MAGICS =
      List.of(
          new Magic(
              "UF2\n",
              "a UF2 file, which a bootloader takes",
              READ + "; it was made from one, which is in the same build's folder"),
          new Magic(
              "!<arch>\n",
              "an ar archive, a library of object files",
              READ + ": link it to a program"),
          new Magic(
              "!<thin>\n",
              "a thin ar archive, a library of object files",
              READ + ": link it to a program"),
          new Magic("PK\u0003\u0004", "a ZIP archive", READ + ": unpack it"),
          new Magic("PK\u0005\u0006", "an empty ZIP archive", READ),
          new Magic("\u001f\u008b", "compressed with gzip", READ + ": unpack it with gunzip"),
          new Magic("BZh", "compressed with bzip2", READ + ": unpack it with bunzip2"),
          new Magic("\u00fd7zXZ\0", "compressed with xz", READ + ": unpack it with unxz"),
          new Magic("(\u00b5/\u00fd", "compressed with zstd", READ + ": unpack it"),
          new Magic("7z\u00bc\u00af'\u001c", "a 7z archive", READ + ": unpack it"),
          new Magic("MZ", "a program for Windows (PE)", READ + " for a Cortex-M0"),
          new Magic("\u00ce\u00fa\u00ed\u00fe", "a Mach-O file", READ + " for a Cortex-M0"),
          new Magic("\u00cf\u00fa\u00ed\u00fe", "a Mach-O file", READ + " for a Cortex-M0"),
          new Magic("\u00fe\u00ed\u00fa\u00ce", "a Mach-O file", READ + " for a Cortex-M0"),
          new Magic("\u00fe\u00ed\u00fa\u00cf", "a Mach-O file", READ + " for a Cortex-M0"),
          new Magic(
              "\u00ca\u00fe\u00ba\u00be",
              "a Mach-O or a Java class file",
              READ + " for a Cortex-M0"),
          new Magic("\0asm", "a WebAssembly module", READ + " for a Cortex-M0"),
          new Magic("BC\u00c0\u00de", "LLVM bitcode", READ + ": compile and link it"),
          new Magic("DfuSe", "a DfuSe file", READ + "; it was made from one"),
          new Magic("#!", "a script", READ));

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
    String start =
        new String(file, 0, Math.min(file.length, BEGINNING), StandardCharsets.ISO_8859_1);
    for (Magic magic : MAGICS) {
      if (start.startsWith(magic.start())) {
        return sentence(magic.what(), magic.remedy());
      }
    }
    String padded = start + "\n";
    if (INTEL_HEX.matcher(padded).matches()) {
      return sentence("an Intel HEX file", READ + converted("ihex"));
    }
    if (S_RECORD.matcher(padded).matches()) {
      return sentence("a Motorola S-record file", READ + converted("srec"));
    }
    if (TI_TEXT.matcher(padded).matches()) {
      return sentence("a file of hexadecimal text", READ);
    }
    if (JSON.matcher(padded).matches()) {
      return sentence("a JSON file, a scenario maybe", READ);
    }
    if (TEXT.matcher(start).matches()) {
      return sentence("a text file", READ);
    }
    return looksLikeVectors(file)
        ? sentence("a raw binary of flash", READ + converted("binary"))
        : sentence(
            "a file of unknown format",
            READ
                + ". If it is a raw binary of flash"
                + converted("binary").replace(". Take", ": take"));
  }

  private static String sentence(String what, String remedy) {
    return "not an ELF file but " + what + remedy;
  }

  /** The way back loses the symbols, so it is the second best. */
  private static String converted(String format) {
    String toBinary =
        format.equals("binary")
            ? ""
            : "'arm-none-eabi-objcopy -I " + format + " -O binary IN x.bin', then ";
    return ". Take the ELF that it was made from, or make one without symbols: "
        + toBinary
        + "'arm-none-eabi-ld -b binary -Tdata=0x08000000 x.bin -o x.elf'";
  }

  /** Whether the first words could be SP in SRAM and an odd address of code. */
  private static boolean looksLikeVectors(byte[] file) {
    return file.length >= 8
        && (file[3] == 0x20 || file[3] == 0x10)
        && (file[4] & 1) == 1
        && (file[7] == 0x00 || file[7] == 0x08 || file[7] == 0x10);
  }
}
