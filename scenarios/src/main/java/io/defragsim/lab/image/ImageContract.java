package io.defragsim.lab.image;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.FirmwareImage.Segment;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.lab.result.Subject;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What an ELF file says of itself as an allocator image, checked before anything runs.
 *
 * @param functions the addresses of those that it has
 * @param pointers bytes a handle of a table in the pool that only the glue needs
 */
public record ImageContract(Map<String, Long> functions, Subject.Features features, int pointers) {
  /** The version of the contract that is spoken here. */
  public static final int VERSION = 1;

  private static final List<String> CONSTANTS = List.of("image_contract", "image_features");

  private static final List<String> FUNCTIONS =
      List.of(
          "image_init",
          "image_alloc",
          "image_free",
          "image_lock",
          "image_unlock",
          "image_address",
          "image_free_bytes");

  private static final List<String> OPTIONAL_FUNCTIONS =
      List.of(
          "image_step",
          "image_alloc_pinned",
          "image_resize",
          "image_keep_ready",
          "image_blocker",
          "image_check",
          "image_walk");

  private static final int GUARANTEE_WORDS = 8;

  public ImageContract {
    functions = Map.copyOf(functions);
  }

  /** The address of a function that it has. */
  long address(String function) {
    return Objects.requireNonNull(functions.get(function), function);
  }

  /** Whether there is an {@code image_step} that compacts. */
  public boolean steps() {
    return features.movesInStep();
  }

  /** Whether there is an {@code image_alloc_pinned}. */
  public boolean pins() {
    return functions.containsKey("image_alloc_pinned");
  }

  /** Whether there is an {@code image_resize}. */
  public boolean resizes() {
    return functions.containsKey("image_resize");
  }

  /** Whether there is an {@code image_keep_ready}, and steps for it. */
  public boolean keepsReady() {
    return functions.containsKey("image_keep_ready") && steps();
  }

  /** Whether there is an {@code image_walk}. */
  public boolean walks() {
    return functions.containsKey("image_walk");
  }

  /**
   * That of {@code image}.
   *
   * @throws ImageRejectedException if it is no allocator image of this contract
   */
  public static ImageContract of(FirmwareImage image) {
    List<String> missing =
        Stream.concat(
                CONSTANTS.stream().filter(name -> image.object(name).isEmpty()),
                FUNCTIONS.stream().filter(name -> image.function(name).isEmpty()))
            .toList();
    if (!missing.isEmpty()) {
      throw ContractRule.SYMBOLS.refused(image, "it has no " + String.join(", ", missing));
    }
    Map<String, Long> functions = new HashMap<>();
    for (String function :
        Stream.concat(FUNCTIONS.stream(), OPTIONAL_FUNCTIONS.stream()).toList()) {
      OptionalLong address = image.function(function);
      if (address.isPresent()) {
        if (image.segments().stream().noneMatch(s -> holds(s, address.getAsLong(), 2, true))) {
          throw outside(image, function, address.getAsLong());
        }
        functions.put(function, address.getAsLong());
      }
    }
    int contract = constant(image, "image_contract", 1).get(0);
    if (contract != VERSION) {
      throw ContractRule.VERSION.refused(
          image, "it follows image contract " + Integer.toUnsignedLong(contract));
    }
    int sum = constant(image, "image_features", 1).get(0);
    if ((sum & ~15) != 0) {
      throw ContractRule.FEATURES.refused(
          image, String.format(Locale.ROOT, "image_features is 0x%x", sum));
    }
    if ((sum & 1) != 0 && image.function("image_step").isEmpty()) {
      throw ContractRule.FEATURES.refused(image, "it promises feature 1 and has no image_step");
    }
    if (image.object("image_guarantee").isPresent()) {
      constant(image, "image_guarantee", GUARANTEE_WORDS);
    }
    int pointers =
        image.object("image_pointers").isPresent()
            ? constant(image, "image_pointers", 1).get(0)
            : 0;
    return new ImageContract(
        functions,
        new Subject.Features((sum & 1) != 0, (sum & 2) != 0, (sum & 4) != 0, (sum & 8) != 0),
        pointers);
  }

  /** The words of a constant, as the file stores them. */
  private static IntBuffer constant(FirmwareImage image, String name, int words) {
    long address = image.object(name).orElseThrow();
    int bytes = words * Integer.BYTES;
    for (Segment segment : image.segments()) {
      if (address % Integer.BYTES == 0 && holds(segment, address, bytes, false)) {
        int offset = (int) (address - segment.runAddress());
        return ByteBuffer.wrap(segment.stored(), offset, bytes)
            .slice()
            .order(LITTLE_ENDIAN)
            .asIntBuffer();
      }
    }
    throw outside(image, name, address);
  }

  /**
   * Whether the segment has all of a place where it runs.
   *
   * @param filled whether what the file does not store, and start-up code fills, counts as well
   */
  private static boolean holds(Segment segment, long address, int bytes, boolean filled) {
    long length = filled ? segment.memoryBytes() : segment.stored().length;
    return address >= segment.runAddress() && address + bytes <= segment.runAddress() + length;
  }

  private static ImageRejectedException outside(FirmwareImage image, String name, long address) {
    return ContractRule.IN_MEMORY.refused(
        image, String.format(Locale.ROOT, "%s is at 0x%08x", name, address));
  }
}
