package io.defragsim.scenario.image;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Nearest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The allocator images that come with defrag-sim.
 *
 * <p>An image is linked for one SRAM base. Each shipped image is there for 0x20000000 as {@code
 * NAME.elf}, and for another base as {@code NAME-10000000.elf}, say; which one a scenario gets
 * follows from its MCU.
 */
public final class ShippedImages {
  private static final String FOLDER = "/io/defragsim/firmware/";
  private static final long USUAL_SRAM_BASE = 0x2000_0000L;
  private static final List<String> BUILDS =
      List.of("defrag", "defrag-sliding", "defrag-small", "defrag-os");
  private static final List<String> TO_COMPARE_WITH =
      List.of(
          "newlib-nano",
          "picolibc",
          "first-fit",
          "next-fit",
          "best-fit",
          "worst-fit",
          "buddy",
          "tlsf",
          "half-fit",
          "fixed-blocks",
          "sliding-handles");
  private static final List<String> NAMES =
      Stream.of(BUILDS, TO_COMPARE_WITH).flatMap(List::stream).toList();

  private ShippedImages() {}

  /** The names of all shipped images. */
  public static List<String> names() {
    return NAMES;
  }

  /** Those with this project's library in them. */
  public static List<String> builds() {
    return BUILDS;
  }

  /** Those of others, to compare with. */
  public static List<String> toCompareWith() {
    return TO_COMPARE_WITH;
  }

  /** Where the shipped images are read from: a folder or a jar; null if that is no file. */
  static @Nullable Path place() {
    URL images = ShippedImages.class.getResource(FOLDER + NAMES.get(0) + ".elf");
    if (images == null) {
      return null;
    }
    String url = images.toString();
    int inJar = url.indexOf("!/");
    try {
      return Path.of(
          URI.create(
              url.startsWith("jar:file:") && inJar > 0
                  ? url.substring("jar:".length(), inJar)
                  : url));
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      return null;
    }
  }

  /**
   * Loads what a scenario refers to.
   *
   * @throws FileNotFoundException if there is no such image, or none linked for the MCU's SRAM
   * @throws ImageRejectedException if the file is no image for ARMv6-M
   */
  public static FirmwareImage load(ImageReference reference, McuConfig mcu) throws IOException {
    if (reference instanceof ImageReference.Elf elf) {
      return FirmwareImage.read(elf.file());
    }
    String name = ((ImageReference.Shipped) reference).name();
    String file =
        mcu.sramBase() == USUAL_SRAM_BASE
            ? name + ".elf"
            : String.format(Locale.ROOT, "%s-sram%02x.elf", name, mcu.sramBase() >>> 24);
    try (InputStream in = ShippedImages.class.getResourceAsStream(FOLDER + file)) {
      if (in == null) {
        throw new FileNotFoundException(
            NAMES.contains(name)
                ? String.format(
                    Locale.ROOT,
                    "the image \"%s\" is not linked for SRAM at 0x%08x",
                    name,
                    mcu.sramBase())
                : "no image is called \"" + name + "\"" + Nearest.hint(name, NAMES));
      }
      return FirmwareImage.parse(name, in.readAllBytes());
    }
  }
}
