package io.defragsim.command.option;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.exec.Layout;
import io.defragsim.emulator.exec.Layout.Known;
import io.defragsim.emulator.image.FirmwareFile;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.system.MemoryMap.Area;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where memories are, how large, and where in them the image is. */
public final class LayoutOptions {

  @Option(
      names = "--flash",
      paramLabel = "SIZE",
      description =
          "The part's flash (default: that of --mcu, else what the image needs, at least 256 KiB).")
  @Nullable String flash;

  @Option(
      names = "--flash-base",
      paramLabel = "ADDRESS",
      description =
          "Where flash is (default: as --mcu has it, else 0x08000000, seen at 0 as well, or"
              + " 0x10000000, by what the image says).")
  @Nullable String flashBase;

  @Option(
      names = "--sram",
      paramLabel = "SIZE",
      description =
          "The part's SRAM (default: that of --mcu, else what the image needs, at least 64 KiB);"
              + " again for each further --sram-base.")
  List<String> sram = List.of();

  @Option(
      names = "--sram-base",
      paramLabel = "ADDRESS",
      description =
          "Where SRAM is (default: as --mcu has it, else 0x20000000 or where the image has its data);"
              + " again for a second one.")
  List<String> sramBase = List.of();

  @Option(
      names = "--load-at",
      paramLabel = "ADDRESS",
      description =
          "Where the first byte of a raw binary goes (default: where flash begins), as behind a"
              + " boot loader.")
  @Nullable String loadAt;

  @Option(
      names = "--vectors",
      paramLabel = "ADDRESS",
      description =
          "Where the table of vectors is that the core starts with (default: where flash begins, else"
              + " the first place of the image that looks like one).")
  @Nullable String vectors;

  /** What is known of the memories before the image is read: what was said, else the part's. */
  Known known(@Nullable McuConfig mcu, List<Area> beside) {
    List<Long> bases = new ArrayList<>();
    sramBase.forEach(base -> bases.add(address("--sram-base", base, MemoryMap.PAGE)));
    List<OptionalInt> sizes = new ArrayList<>();
    sram.forEach(size -> sizes.add(OptionalInt.of(memory("--sram", size))));
    if (sizes.size() > Math.max(1, bases.size())) {
      throw CommandFailedException.wrongUsage(
          "--sram: " + sizes.size() + " sizes need as many --sram-base");
    }
    if (mcu != null && bases.isEmpty()) {
      bases.add(mcu.sramBase());
    }
    if (mcu != null && sizes.isEmpty()) {
      sizes.add(OptionalInt.of(mcu.sramBytes()));
    }
    return new Known(
        flashBase(mcu),
        flash != null
            ? OptionalInt.of(memory("--flash", flash))
            : mcu == null ? OptionalInt.empty() : OptionalInt.of(mcu.flashBytes()),
        bases,
        sizes,
        beside,
        optional("--vectors", vectors, Layout.ALIGNMENT));
  }

  /** Where a raw binary loads; empty if nobody said. */
  OptionalLong binaryBase(@Nullable McuConfig mcu) {
    OptionalLong said = optional("--load-at", loadAt, 4);
    return said.isPresent() ? said : flashBase(mcu);
  }

  /** Refuses what does not belong to a file of that format. */
  void check(FirmwareFile.Format format) {
    if (loadAt != null && format != FirmwareFile.Format.BINARY) {
      throw CommandFailedException.wrongUsage(
          "--load-at: this is no raw binary ("
              + format.title()
              + "), and says itself where it goes");
    }
  }

  private OptionalLong flashBase(@Nullable McuConfig mcu) {
    OptionalLong said = optional("--flash-base", flashBase, MemoryMap.PAGE);
    return said.isPresent() || mcu == null ? said : OptionalLong.of(McuProfiles.flashBase(mcu));
  }

  private static OptionalLong optional(String option, @Nullable String text, int multiple) {
    return text == null ? OptionalLong.empty() : OptionalLong.of(address(option, text, multiple));
  }

  private static long address(String option, String text, int multiple) {
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    String digits = hex ? text.substring(2) : text;
    long address;
    try {
      if (!Character.isLetterOrDigit(digits.isEmpty() ? ' ' : digits.charAt(0))) {
        throw new NumberFormatException("a sign");
      }
      address = Integer.toUnsignedLong(Integer.parseUnsignedInt(digits, hex ? 16 : 10));
    } catch (NumberFormatException e) {
      throw CommandFailedException.wrongUsage(
          option + ": \"" + text + "\" is no address; expected one such as 0x08000000");
    }
    if (address % multiple != 0) {
      throw CommandFailedException.wrongUsage(
          String.format(Locale.ROOT, "%s: %s is no multiple of 0x%x", option, text, multiple));
    }
    return address;
  }

  private static int memory(String option, String text) {
    long bytes =
        OptionValue.of(
            option, () -> Quantity.parse(text, Quantity.Kind.SIZE, OptionalLong.empty()));
    if (bytes <= 0) {
      throw CommandFailedException.wrongUsage(option + ": " + text + " is not above 0");
    }
    if (bytes % MemoryMap.PAGE != 0 || bytes > Layout.MOST_BYTES) {
      throw CommandFailedException.wrongUsage(
          option + ": memory is a multiple of 1 KiB up to 64 MiB, not " + text);
    }
    return (int) bytes;
  }
}
