package io.defragsim.emulator.image;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Which architecture a file was compiled for, from its section {@code .ARM.attributes} (Addenda to
 * the Application Binary Interface for the Arm Architecture, chapter 3).
 *
 * @param architecture Tag_CPU_arch, -1 if not given
 * @param profile Tag_CPU_arch_profile: 'A', 'R', 'M', 'S', or 0
 * @param cpu Tag_CPU_name, empty if not given
 */
record ArmAttributes(int architecture, int profile, String cpu) {
  static final int SECTION_TYPE = 0x7000_0003;

  private static final int V6_M = 11;
  private static final int V6S_M = 12;

  private static final int TAG_FILE = 1;
  private static final int TAG_CPU_RAW_NAME = 4;
  private static final int TAG_CPU_NAME = 5;
  private static final int TAG_CPU_ARCH = 6;
  private static final int TAG_CPU_ARCH_PROFILE = 7;
  private static final int TAG_COMPATIBILITY = 32;

  /** Whether a Cortex-M0 runs it. */
  boolean isArmv6m() {
    return architecture == V6_M || architecture == V6S_M;
  }

  /**
   * Reads the section.
   *
   * @throws IllegalArgumentException if it is damaged
   */
  static ArmAttributes parse(byte[] section) {
    Cursor in = new Cursor(section, 0, section.length);
    int architecture = -1;
    int profile = 0;
    String cpu = "";
    if (in.octet() != 'A') {
      throw new IllegalArgumentException("unknown version");
    }
    while (in.more()) {
      Cursor vendor = in.part(in.word() - 4);
      if (!vendor.string().equals("aeabi")) {
        continue;
      }
      while (vendor.more()) {
        int start = vendor.at;
        int scope = vendor.number();
        int size = vendor.word();
        Cursor attributes = vendor.part(size - (vendor.at - start));
        while (scope == TAG_FILE && attributes.more()) {
          int tag = attributes.number();
          switch (tag) {
            case TAG_CPU_ARCH -> architecture = attributes.number();
            case TAG_CPU_ARCH_PROFILE -> profile = attributes.number();
            case TAG_CPU_NAME -> cpu = attributes.string();
            case TAG_CPU_RAW_NAME -> attributes.string();
            case TAG_COMPATIBILITY -> {
              attributes.number();
              attributes.string();
            }
            default -> {
              if (tag > TAG_COMPATIBILITY && tag % 2 == 1) {
                attributes.string();
              } else {
                attributes.number();
              }
            }
          }
        }
      }
    }
    return new ArmAttributes(architecture, profile, cpu);
  }

  /** For people, for example {@code ARMv7E-M (Cortex-M4)}. */
  String describe() {
    String known =
        switch (architecture) {
          case 0 -> "a core before ARMv4";
          case 1 -> "ARMv4";
          case 2 -> "ARMv4T";
          case 3 -> "ARMv5T";
          case 4 -> "ARMv5TE";
          case 5 -> "ARMv5TEJ";
          case 6 -> "ARMv6";
          case 7 -> "ARMv6KZ";
          case 8 -> "ARMv6T2";
          case 9 -> "ARMv6K";
          case 10 ->
              profile == 'M' ? "ARMv7-M (Cortex-M3)" : "ARMv7-" + (char) Math.max(profile, 'A');
          case V6_M -> "ARMv6-M (Cortex-M0)";
          case V6S_M -> "ARMv6S-M (Cortex-M0)";
          case 13 -> "ARMv7E-M (Cortex-M4)";
          case 14 -> "ARMv8-A";
          case 15 -> "ARMv8-R";
          case 16 -> "ARMv8-M Baseline (Cortex-M23)";
          case 17 -> "ARMv8-M Mainline (Cortex-M33)";
          case 21 -> "ARMv8.1-M Mainline (Cortex-M55)";
          case 22 -> "ARMv9-A";
          default -> "architecture number " + architecture + " of the Arm ABI";
        };
    boolean named =
        cpu.isEmpty() || known.toLowerCase(Locale.ROOT).contains(cpu.toLowerCase(Locale.ROOT));
    boolean readable = cpu.length() <= 40 && cpu.chars().allMatch(c -> c >= ' ' && c < 0x7F);
    return named || !readable ? known : known + ", compiled for " + cpu;
  }

  /** Reads a range of bytes; throws rather than leave it. */
  private static final class Cursor {
    private final byte[] bytes;
    private final int end;
    private int at;

    Cursor(byte[] bytes, int from, int end) {
      this.bytes = bytes;
      this.at = from;
      this.end = end;
    }

    boolean more() {
      return at < end;
    }

    int octet() {
      if (at >= end) {
        throw new IllegalArgumentException("ends too early");
      }
      return bytes[at++] & 0xFF;
    }

    int word() {
      return octet() | octet() << 8 | octet() << 16 | octet() << 24;
    }

    /** ULEB128. */
    int number() {
      long value = 0;
      for (int shift = 0; shift < 35; shift += 7) {
        int octet = octet();
        value |= (long) (octet & 0x7F) << shift;
        if ((octet & 0x80) == 0) {
          if (value > Integer.MAX_VALUE) {
            break;
          }
          return (int) value;
        }
      }
      throw new IllegalArgumentException("a number is too large");
    }

    String string() {
      int from = at;
      while (octet() != 0) {
        // the terminator ends it
      }
      return new String(bytes, from, at - 1 - from, StandardCharsets.ISO_8859_1);
    }

    Cursor part(int size) {
      if (size < 0 || size > end - at) {
        throw new IllegalArgumentException("a part is larger than the whole");
      }
      Cursor part = new Cursor(bytes, at, at + size);
      at += size;
      return part;
    }
  }
}
