package io.defragsim.emulator.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a UF2 file, which has a program in blocks of 512 bytes for a bootloader (Microsoft, "USB
 * Flashing Format"). Blocks may come in any order; all of those that belong to the program must be
 * there.
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

  /** Families of parts with a Cortex-M0 or M0+, by their numbers (uf2families.json). */
  private static final Map<Integer, String> CORTEX_M0 =
      Map.of(
          0xE48B_FF56, "RP2040",
          0x68ED_2B88, "SAMD21",
          0x1851_780A, "SAML21",
          0x6478_24B6, "STM32F0",
          0x300F_5633, "STM32G0",
          0x202E_3A91, "STM32L0",
          0x7F83_E793, "KL32L2");

  /** Families with another core that are often met. */
  private static final Map<Integer, String> OTHERS =
      Map.of(
          0xE48B_FF59, "RP2350",
          0xE48B_FF5A, "RP2350 (RISC-V)",
          0xADA5_2840, "nRF52840",
          0x621E_937A, "nRF52833",
          0x1B57_745F, "nRF52",
          0x5511_4460, "SAMD51",
          0x5775_5A57, "STM32F4",
          0x5EE2_1072, "STM32F1",
          0xC47E_5767, "ESP32-S3",
          0xBFDD_4EEE, "ESP32-S2");

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
    return file.length >= 8
        && ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(0) == FIRST_MAGIC
        && ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(4) == SECOND_MAGIC;
  }

  /** A program, and for which family of parts it says that it is; null if it says nothing. */
  record Read(FlashContents contents, @Nullable String family) {}

  /** The blocks of one family. */
  private static final class Family {
    final FlashContents contents = new FlashContents();
    final List<Integer> numbers = new ArrayList<>();
    int total = -1;
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
    Map<@Nullable Integer, Family> families = new LinkedHashMap<>();
    for (int block = 0; block < blocks; block++) {
      block(block, families);
    }
    if (families.isEmpty()) {
      throw new IllegalArgumentException("no block of it is for the main flash");
    }
    Map.Entry<@Nullable Integer, Family> ours = ours(families);
    complete(ours.getValue());
    Integer number = ours.getKey();
    return new Read(
        ours.getValue().contents,
        number == null ? null : CORTEX_M0.getOrDefault(number, hex(number)));
  }

  private void block(int block, Map<@Nullable Integer, Family> families) {
    int at = block * BLOCK;
    if (in.getInt(at) != FIRST_MAGIC
        || in.getInt(at + 4) != SECOND_MAGIC
        || in.getInt(at + BLOCK - 4) != LAST_MAGIC) {
      throw wrong(block, "does not begin and end as a UF2 block does");
    }
    int flags = in.getInt(at + 8);
    if ((flags & (NOT_MAIN_FLASH | FILE_CONTAINER)) != 0) {
      return;
    }
    int bytes = in.getInt(at + 16);
    if (bytes < 0 || bytes > MOST_PAYLOAD) {
      throw wrong(
          block,
          "says that it has %d bytes, and has room for %d",
          bytes & 0xFFFF_FFFFL,
          MOST_PAYLOAD);
    }
    int number = in.getInt(at + 20);
    int total = in.getInt(at + 24);
    if (number < 0 || number >= total) {
      throw wrong(
          block, "says that it is block %d of %d", number & 0xFFFF_FFFFL, total & 0xFFFF_FFFFL);
    }
    Family family =
        families.computeIfAbsent(
            (flags & HAS_FAMILY) != 0 ? in.getInt(at + 28) : null, f -> new Family());
    if (family.total >= 0 && family.total != total) {
      throw wrong(block, "counts %d blocks, and one before it %d", total, family.total);
    }
    family.total = total;
    family.numbers.add(number);
    byte[] payload = Arrays.copyOfRange(in.array(), at + HEADER, at + HEADER + bytes);
    family.contents.put(in.getInt(at + 12) & 0xFFFF_FFFFL, payload, "block " + block);
  }

  private static Map.Entry<@Nullable Integer, Family> ours(
      Map<@Nullable Integer, Family> families) {
    List<Map.Entry<@Nullable Integer, Family>> candidates =
        families.entrySet().stream()
            .filter(family -> family.getKey() == null || !OTHERS.containsKey(family.getKey()))
            .toList();
    if (candidates.size() == 1) {
      return candidates.get(0);
    }
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException(
          "it is for "
              + families.keySet().stream().map(OTHERS::get).collect(Collectors.joining(" and "))
              + ", which no Cortex-M0 or M0+ is");
    }
    throw new IllegalArgumentException(
        "it has programs for several families of parts: "
            + candidates.stream()
                .map(family -> name(family.getKey()))
                .collect(Collectors.joining(", ")));
  }

  private static void complete(Family family) {
    Set<Integer> numbers = new TreeSet<>(family.numbers);
    int expected = 0;
    for (int number : numbers) {
      if (number != expected) {
        break;
      }
      expected++;
    }
    if (expected < family.total) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "its block number %d of %d is missing: the file is cut off, or has a hole",
              expected,
              family.total));
    }
  }

  private static String name(@Nullable Integer number) {
    return number == null ? "one of no name" : CORTEX_M0.getOrDefault(number, hex(number));
  }

  private static String hex(int number) {
    return String.format(Locale.ROOT, "family 0x%08x", number);
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a library of its own
  private static IllegalArgumentException wrong(int block, String what, Object... arguments) {
    return new IllegalArgumentException(
        "block " + block + " " + String.format(Locale.ROOT, what, arguments));
  }
}
