package io.defragsim.emulator.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a UF2 file, which has a program in blocks of 512 bytes for a bootloader (Microsoft, "USB
 * Flashing Format"). Blocks may come in any order; all of those that belong to the program must be
 * there. Where the program leaves a hole between them, flash is erased.
 */
final class Uf2Reader {
  private static final int BLOCK = 512;
  private static final int FIRST_MAGIC = 0x0A32_4655;
  private static final int SECOND_MAGIC = 0x9E5D_5157;
  private static final int LAST_MAGIC = 0x0AB1_6F30;
  private static final int HEADER = 32;
  private static final int MOST_PAYLOAD = 476;

  private static final int NOT_MAIN_FLASH = 0x0001;
  private static final int FILE_CONTAINER = 0x1000;
  private static final int HAS_FAMILY = 0x2000;

  private final ByteBuffer in;
  private final int blocks;

  private Uf2Reader(byte[] file) {
    in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length % BLOCK != 0) {
      throw new IllegalArgumentException(
          "a UF2 file has blocks of 512 bytes, and this one has "
              + file.length
              + ": it is cut off");
    }
    blocks = file.length / BLOCK;
  }

  /** Whether a file begins as one. */
  static boolean isOne(byte[] file) {
    return file.length >= 4
        && ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(0) == FIRST_MAGIC;
  }

  /** A program, and for which family of parts it says that it is; null if it says none we know. */
  record Read(FlashContents contents, @Nullable Uf2Family family) {}

  /** The blocks of one family. */
  private static final class Blocks {
    final FlashContents contents = new FlashContents("block");
    final Set<Integer> numbers = new TreeSet<>();
    int total = -1;

    /** The first number that no block has. */
    int missing() {
      int expected = 0;
      for (int number : numbers) {
        if (number != expected) {
          break;
        }
        expected++;
      }
      return expected;
    }
  }

  /**
   * What a file puts where.
   *
   * @throws IllegalArgumentException with what is wrong with it, and in which block
   */
  static Read read(byte[] file) {
    return new Uf2Reader(file).read();
  }

  private Read read() {
    Map<@Nullable Integer, Blocks> families = new LinkedHashMap<>();
    for (int block = 0; block < blocks; block++) {
      block(block, families);
    }
    families.values().removeIf(family -> family.contents.isEmpty());
    if (families.isEmpty()) {
      throw new IllegalArgumentException("no block of it is for the main flash");
    }
    Map.Entry<@Nullable Integer, Blocks> ours = ours(families);
    Blocks found = ours.getValue();
    if (found.missing() < found.total) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "it has no block of the number %d, and should have 0 to %d: it is cut off, or was put"
                  + " together wrongly",
              found.missing(),
              found.total - 1));
    }
    return new Read(found.contents, known(ours.getKey()).orElse(null));
  }

  private void block(int block, Map<@Nullable Integer, Blocks> families) {
    int at = block * BLOCK;
    if (in.getInt(at) != FIRST_MAGIC
        || in.getInt(at + 4) != SECOND_MAGIC
        || in.getInt(at + BLOCK - 4) != LAST_MAGIC) {
      throw wrong(block, "does not begin and end as a UF2 block does");
    }
    int flags = in.getInt(at + 8);
    if ((flags & FILE_CONTAINER) != 0) {
      return; // its field of the family is another
    }
    int number = in.getInt(at + 20);
    int total = in.getInt(at + 24);
    if (number < 0 || number >= total) {
      throw wrong(
          block, "says that it is number %d of %d", number & 0xFFFF_FFFFL, total & 0xFFFF_FFFFL);
    }
    Blocks family =
        families.computeIfAbsent(
            (flags & HAS_FAMILY) != 0 ? in.getInt(at + 28) : null, f -> new Blocks());
    if (family.total >= 0 && family.total != total) {
      throw wrong(
          block,
          "says that there are %d blocks, and one of its family before it %d",
          total,
          family.total);
    }
    family.total = total;
    family.numbers.add(number);
    if ((flags & NOT_MAIN_FLASH) != 0) {
      return; // it counts, and that is all
    }
    int bytes = in.getInt(at + 16);
    if (bytes < 0 || bytes > MOST_PAYLOAD) {
      throw wrong(
          block,
          "says that it has %d bytes, and has room for %d",
          bytes & 0xFFFF_FFFFL,
          MOST_PAYLOAD);
    }
    family.contents.put(in.getInt(at + 12) & 0xFFFF_FFFFL, in.array(), at + HEADER, bytes, block);
  }

  /** The one family that may be for us: a file can have programs for several parts. */
  private static Map.Entry<@Nullable Integer, Blocks> ours(
      Map<@Nullable Integer, Blocks> families) {
    List<Map.Entry<@Nullable Integer, Blocks>> candidates =
        families.entrySet().stream()
            .filter(family -> known(family.getKey()).map(f -> f.core().isPresent()).orElse(true))
            .toList();
    if (candidates.size() == 1) {
      return candidates.get(0);
    }
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException(
          "it has nothing for a Cortex-M0 or M0+, but for "
              + families.keySet().stream()
                  .map(Uf2Reader::name)
                  .collect(Collectors.joining(" and ")));
    }
    throw new IllegalArgumentException(
        "it has programs for several families of parts: "
            + candidates.stream()
                .map(family -> name(family.getKey()))
                .collect(Collectors.joining(", ")));
  }

  private static Optional<Uf2Family> known(@Nullable Integer number) {
    return number == null ? Optional.empty() : Uf2Family.of(number);
  }

  private static String name(@Nullable Integer number) {
    if (number == null) {
      return "one of no name";
    }
    return Uf2Family.of(number)
        .map(Uf2Family::title)
        .orElseGet(() -> String.format(Locale.ROOT, "family 0x%08x", number));
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a library of its own
  private static IllegalArgumentException wrong(int block, String what, Object... arguments) {
    return new IllegalArgumentException(
        "block " + block + " " + String.format(Locale.ROOT, what, arguments));
  }
}
