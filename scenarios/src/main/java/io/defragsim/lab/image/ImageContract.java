package io.defragsim.lab.image;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.FirmwareImage.Segment;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.Subject;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an ELF file says of itself as an allocator image, checked before anything runs.
 *
 * @param functions the addresses of those that it has
 * @param pointers bytes a handle of a table that only the glue needs, because the allocator hands
 *     out pointers; it stands before the pool, and no block is in it
 * @param guarantee null of an allocator that follows no rules with a proof known here
 */
public record ImageContract(
    Map<ContractFunction, Long> functions,
    Subject.Features features,
    int pointers,
    @Nullable Guarantee guarantee) {
  /** The version of the contract that is spoken here. */
  public static final int VERSION = 1;

  static final String CONTRACT = "image_contract";
  static final String FEATURES = "image_features";
  static final String POINTERS = "image_pointers";
  static final String GUARANTEE = "image_guarantee";

  /** An entry holds a pointer, and perhaps as much again of what the allocator has to be told. */
  static final int MOST_POINTER_BYTES = 16;

  public ImageContract {
    functions = Map.copyOf(functions);
  }

  /** The address of a function that it has. */
  long address(ContractFunction function) {
    return Objects.requireNonNull(functions.get(function), function.symbol());
  }

  boolean has(ContractFunction function) {
    return functions.containsKey(function);
  }

  /** Whether there is an {@code image_step} that compacts. */
  public boolean steps() {
    return features.movesInStep();
  }

  /** Whether there is an {@code image_alloc_pinned}. */
  public boolean pins() {
    return has(ContractFunction.ALLOC_PINNED);
  }

  /** Whether there is an {@code image_resize}. */
  public boolean resizes() {
    return has(ContractFunction.RESIZE);
  }

  /** Whether there is an {@code image_keep_ready}, and steps for it. */
  public boolean keepsReady() {
    return has(ContractFunction.KEEP_READY) && steps();
  }

  /** Whether there is an {@code image_walk}. */
  public boolean walks() {
    return has(ContractFunction.WALK);
  }

  /**
   * That of {@code image}.
   *
   * @throws ImageRejectedException if it is no allocator image of this contract
   */
  public static ImageContract of(FirmwareImage image) {
    List<String> missing =
        Stream.concat(
                Stream.of(CONTRACT, FEATURES).filter(name -> image.object(name).isEmpty()),
                ContractFunction.required().stream()
                    .map(ContractFunction::symbol)
                    .filter(name -> image.function(name).isEmpty()))
            .toList();
    if (!missing.isEmpty()) {
      throw ContractRule.SYMBOLS.refused(image, "it has no " + String.join(", ", missing));
    }
    Map<ContractFunction, Long> functions = new EnumMap<>(ContractFunction.class);
    for (ContractFunction function : ContractFunction.values()) {
      OptionalLong address = image.function(function.symbol());
      if (address.isPresent()) {
        if (image.segments().stream().noneMatch(s -> holds(s, address.getAsLong(), 2, true))) {
          throw outside(image, function.symbol(), address.getAsLong());
        }
        functions.put(function, address.getAsLong());
      }
    }
    int contract = constant(image, CONTRACT, 1).get(0);
    if (contract != VERSION) {
      throw ContractRule.VERSION.refused(
          image, "it follows image contract " + Integer.toUnsignedLong(contract));
    }
    int sum = constant(image, FEATURES, 1).get(0);
    if ((sum & ~15) != 0) {
      throw ContractRule.FEATURES.refused(
          image, String.format(Locale.ROOT, "%s is 0x%x", FEATURES, sum));
    }
    if ((sum & 1) != 0 && !functions.containsKey(ContractFunction.STEP)) {
      throw ContractRule.FEATURES.refused(
          image, "it promises feature 1 and has no " + ContractFunction.STEP);
    }
    int pointers = image.object(POINTERS).isPresent() ? constant(image, POINTERS, 1).get(0) : 0;
    if (pointers < 0 || pointers > MOST_POINTER_BYTES) {
      throw ContractRule.POINTERS.refused(
          image,
          String.format(Locale.ROOT, "%s is %d", POINTERS, Integer.toUnsignedLong(pointers)));
    }
    return new ImageContract(
        functions,
        new Subject.Features((sum & 1) != 0, (sum & 2) != 0, (sum & 4) != 0, (sum & 8) != 0),
        pointers,
        image.object(GUARANTEE).isPresent() ? guarantee(image) : null);
  }

  private static Guarantee guarantee(FirmwareImage image) {
    IntBuffer head = constant(image, GUARANTEE, 2);
    if (head.get(0) != Guarantee.VERSION || head.get(1) != Guarantee.WORDS) {
      throw ContractRule.GUARANTEE.refused(
          image,
          String.format(
              Locale.ROOT,
              "%s is of version %d and has %d words",
              GUARANTEE,
              Integer.toUnsignedLong(head.get(0)),
              Integer.toUnsignedLong(head.get(1))));
    }
    Guarantee guarantee = Guarantee.of(constant(image, GUARANTEE, Guarantee.WORDS));
    if (!guarantee.makesSense()) {
      throw ContractRule.GUARANTEE.refused(image, "its guarantee is " + guarantee);
    }
    return guarantee;
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
