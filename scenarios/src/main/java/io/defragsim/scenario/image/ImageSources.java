package io.defragsim.scenario.image;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.scenario.ImageReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sources that an image was built from, if they lie beside it: whether the image is stale.
 *
 * <p>An image names them relative to the folder of its Makefile. That is the nearest folder above
 * the image, or {@code allocator-firmware} in one of those, which has most of the files.
 */
public final class ImageSources {
  private static final String KIT = "allocator-firmware";

  /** As {@code sha256sum} prints it. Names are shown, so nothing but visible characters. */
  private static final Pattern LINE = Pattern.compile("(?m)^([0-9a-f]{64})  (\\P{C}+)$");

  /** A larger file is no source, and is not read. */
  private static final long LARGEST = 1 << 20;

  private record Source(String sha256, String name) {}

  private ImageSources() {}

  /**
   * What a user has to know of an image whose sources are not what it was built from: a clause
   * without a full stop. Null if they are, if they are not there, or if the image does not name
   * them.
   */
  public static @Nullable String stale(ImageReference reference, FirmwareImage image) {
    Path place = reference instanceof ImageReference.Elf elf ? elf.file() : ShippedImages.place();
    if (place == null || image.sources() == null) {
      return null;
    }
    boolean committed = reference instanceof ImageReference.Shipped || isIn("prebuilt", place);
    return stale(image.name(), image.sources(), place.toAbsolutePath().normalize(), committed);
  }

  /**
   * The same of an image that lies at {@code place}.
   *
   * @param committed whether it is one of those that {@code make prebuilt} builds
   */
  static @Nullable String stale(String name, String text, Path place, boolean committed) {
    List<Source> sources = named(text);
    Path kit = kit(place, sources);
    if (kit == null) {
      return null;
    }
    List<String> changed = new ArrayList<>();
    for (Source source : sources) {
      Path file = kit.resolve(source.name());
      if (!source.sha256().equals(sha256(file))) {
        changed.add(shown(file.normalize()));
      }
    }
    if (changed.isEmpty()) {
      return null;
    }
    return "the image "
        + name
        + " was built from other sources: "
        + changed.get(0)
        + switch (changed.size()) {
          case 1 -> " has";
          case 2 -> " and " + changed.get(1) + " have";
          default -> " and " + (changed.size() - 1) + " other files have";
        }
        + " changed since; build it anew with make -C "
        + shown(kit)
        + (committed ? " prebuilt" : "");
  }

  private static List<Source> named(String text) {
    return LINE.matcher(text)
        .results()
        .map(line -> new Source(line.group(1), line.group(2)))
        .toList();
  }

  private static @Nullable Path kit(Path image, List<Source> sources) {
    for (Path folder = image.getParent(); folder != null; folder = folder.getParent()) {
      for (Path kit : List.of(folder, folder.resolve(KIT))) {
        if (hasMost(kit, sources)) {
          return kit;
        }
      }
    }
    return null;
  }

  private static boolean hasMost(Path folder, List<Source> sources) {
    try {
      return sources.stream().filter(s -> Files.isRegularFile(folder.resolve(s.name()))).count() * 2
          > sources.size();
    } catch (InvalidPathException e) { // a name that is none on this machine
      return false;
    }
  }

  /** Of a file that can be read; null else. */
  private static @Nullable String sha256(Path file) {
    try {
      return Files.isRegularFile(file) && Files.size(file) <= LARGEST
          ? HexFormat.of()
              .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)))
          : null;
    } catch (IOException e) {
      return null;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  private static boolean isIn(String folder, Path file) {
    Path parent = file.getParent();
    return parent != null && parent.endsWith(folder);
  }

  /** As a user of this folder would write it. */
  private static String shown(Path file) {
    Path here = Path.of("").toAbsolutePath();
    return file.startsWith(here) && !file.equals(here)
        ? here.relativize(file).toString()
        : file.equals(here) ? "." : file.toString();
  }
}
