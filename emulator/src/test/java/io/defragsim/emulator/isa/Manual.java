package io.defragsim.emulator.isa;

import java.util.StringJoiner;

/**
 * ARMv6-M a second time, as a decision tree written by hand from chapters A5 and A6 of the manual
 * (ARM DDI 0419C), to hold the table against. It shares nothing with the table but the spelling of
 * the assembly.
 */
final class Manual {
  static final String UNDEFINED = "UNDEFINED";
  static final String UNPREDICTABLE = "UNPREDICTABLE";

  private static final String[] REGISTER = {
    "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "sp", "lr",
    "pc"
  };
  private static final String[] CONDITION = {
    "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"
  };

  private Manual() {}

  /** The assembly of a 16-bit encoding, or {@link #UNDEFINED}, or {@link #UNPREDICTABLE}. */
  static String narrow(int h) {
    String low = REGISTER[h & 7];
    String middle = REGISTER[(h >> 3) & 7];
    String upper = REGISTER[(h >> 6) & 7];
    String eight = REGISTER[(h >> 8) & 7];
    int imm5 = (h >> 6) & 31;
    int imm8 = h & 255;
    boolean bit11 = bit(h, 11);
    switch (h >> 12) {
      case 0x0 -> {
        if (bit11) {
          return three("lsrs", low, middle, "#" + (imm5 == 0 ? 32 : imm5));
        }
        return imm5 == 0 ? two("movs", low, middle) : three("lsls", low, middle, "#" + imm5);
      }
      case 0x1 -> {
        if (bit11) {
          String third = bit(h, 10) ? "#" + ((h >> 6) & 7) : upper;
          return three(bit(h, 9) ? "subs" : "adds", low, middle, third);
        }
        return three("asrs", low, middle, "#" + (imm5 == 0 ? 32 : imm5));
      }
      case 0x2 -> {
        return two(bit11 ? "cmp" : "movs", eight, "#" + imm8);
      }
      case 0x3 -> {
        return two(bit11 ? "subs" : "adds", eight, "#" + imm8);
      }
      case 0x4 -> {
        if (bit11) {
          return memory("ldr", eight, "pc", "#" + imm8 * 4);
        }
        return bit(h, 10) ? special(h) : dataProcessing(h >> 6 & 15, low, middle);
      }
      case 0x5 -> {
        String[] transfers = {"str", "strh", "strb", "ldrsb", "ldr", "ldrh", "ldrb", "ldrsh"};
        return memory(transfers[(h >> 9) & 7], low, middle, upper);
      }
      case 0x6 -> {
        return memory(bit11 ? "ldr" : "str", low, middle, "#" + imm5 * 4);
      }
      case 0x7 -> {
        return memory(bit11 ? "ldrb" : "strb", low, middle, "#" + imm5);
      }
      case 0x8 -> {
        return memory(bit11 ? "ldrh" : "strh", low, middle, "#" + imm5 * 2);
      }
      case 0x9 -> {
        return memory(bit11 ? "ldr" : "str", eight, "sp", "#" + imm8 * 4);
      }
      case 0xA -> {
        return three("add", eight, bit11 ? "sp" : "pc", "#" + imm8 * 4);
      }
      case 0xB -> {
        return miscellaneous(h, low, middle);
      }
      case 0xC -> {
        if (imm8 == 0) {
          return UNPREDICTABLE;
        }
        if (bit11) {
          boolean loadsBase = bit(imm8, (h >> 8) & 7);
          return "ldm " + eight + (loadsBase ? ", " : "!, ") + list(imm8);
        }
        return "stm " + eight + "!, " + list(imm8);
      }
      case 0xD -> {
        int condition = (h >> 8) & 15;
        if (condition == 14) {
          return UNDEFINED;
        }
        return condition == 15
            ? "svc #" + imm8
            : "b" + CONDITION[condition] + " " + relative(imm8 < 128 ? imm8 : imm8 - 256);
      }
      case 0xE -> {
        int imm11 = h & 2047;
        return "b " + relative(imm11 < 1024 ? imm11 : imm11 - 2048);
      }
      default -> {
        throw new IllegalArgumentException("starts a 32-bit encoding");
      }
    }
  }

  /** A5.2.2. */
  private static String dataProcessing(int opcode, String low, String middle) {
    return switch (opcode) {
      case 0 -> two("ands", low, middle);
      case 1 -> two("eors", low, middle);
      case 2 -> two("lsls", low, middle);
      case 3 -> two("lsrs", low, middle);
      case 4 -> two("asrs", low, middle);
      case 5 -> two("adcs", low, middle);
      case 6 -> two("sbcs", low, middle);
      case 7 -> two("rors", low, middle);
      case 8 -> two("tst", low, middle);
      case 9 -> three("rsbs", low, middle, "#0");
      case 10 -> two("cmp", low, middle);
      case 11 -> two("cmn", low, middle);
      case 12 -> two("orrs", low, middle);
      case 13 -> three("muls", low, middle, low);
      case 14 -> two("bics", low, middle);
      default -> two("mvns", low, middle);
    };
  }

  /** A5.2.3. */
  private static String special(int h) {
    int m = (h >> 3) & 15;
    int dn = ((h >> 4) & 8) + (h & 7);
    switch ((h >> 8) & 3) {
      case 0 -> {
        return dn == 15 && m == 15 ? UNPREDICTABLE : two("add", REGISTER[dn], REGISTER[m]);
      }
      case 1 -> {
        boolean bothLow = dn <= 7 && m <= 7;
        return bothLow || dn == 15 || m == 15
            ? UNPREDICTABLE
            : two("cmp", REGISTER[dn], REGISTER[m]);
      }
      case 2 -> {
        return two("mov", REGISTER[dn], REGISTER[m]);
      }
      default -> {
        if ((h & 7) != 0 || m == 15) {
          return UNPREDICTABLE;
        }
        return (bit(h, 7) ? "blx " : "bx ") + REGISTER[m];
      }
    }
  }

  /** A5.2.5. */
  private static String miscellaneous(int h, String low, String middle) {
    int imm7 = h & 127;
    switch ((h >> 8) & 15) {
      case 0x0 -> {
        return two(bit(h, 7) ? "sub" : "add", "sp", "#" + imm7 * 4);
      }
      case 0x2 -> {
        String[] extend = {"sxth", "sxtb", "uxth", "uxtb"};
        return two(extend[(h >> 6) & 3], low, middle);
      }
      case 0x4, 0x5 -> {
        int pushed = (h & 255) + (bit(h, 8) ? 1 << 14 : 0);
        return pushed == 0 ? UNPREDICTABLE : "push " + list(pushed);
      }
      case 0x6 -> {
        if ((h & 0xE0) != 0x60) {
          return UNDEFINED;
        }
        if ((h & 15) != 2) {
          return UNPREDICTABLE;
        }
        return bit(h, 4) ? "cpsid i" : "cpsie i";
      }
      case 0xA -> {
        return switch ((h >> 6) & 3) {
          case 0 -> two("rev", low, middle);
          case 1 -> two("rev16", low, middle);
          case 3 -> two("revsh", low, middle);
          default -> UNDEFINED;
        };
      }
      case 0xC, 0xD -> {
        int popped = (h & 255) + (bit(h, 8) ? 1 << 15 : 0);
        return popped == 0 ? UNPREDICTABLE : "pop " + list(popped);
      }
      case 0xE -> {
        return "bkpt #" + (h & 255);
      }
      case 0xF -> {
        if ((h & 15) != 0) {
          return UNDEFINED;
        }
        String[] hint = {"nop", "yield", "wfe", "wfi", "sev"};
        int number = (h >> 4) & 15;
        return number < hint.length ? hint[number] : "nop {" + number + "}";
      }
      default -> {
        return UNDEFINED; // CBZ, CBNZ and what ARMv7-M leaves undefined too
      }
    }
  }

  /** What a 32-bit encoding is (A5.3, A5.3.1). */
  enum Wide {
    UNDEFINED,
    BL,
    MSR,
    MSR_UNPREDICTABLE,
    MRS,
    MRS_UNPREDICTABLE,
    BARRIER,
    BARRIER_UNPREDICTABLE
  }

  static Wide wide(int first, int second) {
    if (first >> 11 != 0b11110 || !bit(second, 15)) {
      return Wide.UNDEFINED;
    }
    if (bit(second, 14)) {
      return bit(second, 12) ? Wide.BL : Wide.UNDEFINED;
    }
    if (bit(second, 12)) {
      return Wide.UNDEFINED;
    }
    boolean bit13 = bit(second, 13);
    int field8 = (second >> 8) & 15;
    switch ((first >> 4) & 127) {
      case 0x38, 0x39 -> {
        boolean writes =
            (first & 16) == 0 && !bit13 && field8 == 8 && usable(first & 15, second & 255);
        return writes ? Wide.MSR : Wide.MSR_UNPREDICTABLE;
      }
      case 0x3B -> {
        int operation = (second >> 4) & 15;
        if (operation < 4 || operation > 6) {
          return Wide.UNDEFINED;
        }
        boolean barrier = (first & 15) == 15 && !bit13 && field8 == 15;
        return barrier ? Wide.BARRIER : Wide.BARRIER_UNPREDICTABLE;
      }
      case 0x3E, 0x3F -> {
        boolean reads =
            (first & 16) == 0 && (first & 15) == 15 && !bit13 && usable(field8, second & 255);
        return reads ? Wide.MRS : Wide.MRS_UNPREDICTABLE;
      }
      default -> {
        return Wide.UNDEFINED;
      }
    }
  }

  private static boolean usable(int register, int sysm) {
    return register != 13
        && register != 15
        && (sysm <= 3 || (sysm >= 5 && sysm <= 9) || sysm == 16 || sysm == 20);
  }

  /** A6.7.13, with the offset summed up by the weight of its bits; relative to address + 4. */
  static int branchLinkOffset(int first, int second) {
    boolean s = bit(first, 10);
    int offset = (first & 0x3FF) * 4096 + (second & 0x7FF) * 2;
    offset += bit(second, 13) == s ? 1 << 23 : 0;
    offset += bit(second, 11) == s ? 1 << 22 : 0;
    return s ? offset - (1 << 24) : offset;
  }

  private static boolean bit(int value, int number) {
    return ((value >> number) & 1) == 1;
  }

  private static String two(String mnemonic, String a, String b) {
    return mnemonic + " " + a + ", " + b;
  }

  private static String three(String mnemonic, String a, String b, String c) {
    return mnemonic + " " + a + ", " + b + ", " + c;
  }

  private static String memory(String mnemonic, String register, String base, String offset) {
    return mnemonic + " " + register + ", [" + base + ", " + offset + "]";
  }

  private static String list(int registers) {
    StringJoiner names = new StringJoiner(", ", "{", "}");
    for (int r = 0; r < 16; r++) {
      if (bit(registers, r)) {
        names.add(REGISTER[r]);
      }
    }
    return names.toString();
  }

  private static String relative(int halfwords) {
    int bytes = halfwords * 2 + 4;
    return bytes < 0 ? "." + bytes : ".+" + bytes;
  }
}
