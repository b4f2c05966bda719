package io.defragsim.emulator.isa;

import java.util.Locale;

/** The 14 conditions of B, in the order of their encoding (A6.3). */
public enum Condition {
  EQ,
  NE,
  CS,
  CC,
  MI,
  PL,
  VS,
  VC,
  HI,
  LS,
  GE,
  LT,
  GT,
  LE;

  private static final int N = 1 << 31;
  private static final int Z = 1 << 30;
  private static final int C = 1 << 29;
  private static final int V = 1 << 28;

  /**
   * Whether a branch with this condition is taken.
   *
   * @param apsr the flags N, Z, C, V in bits 31 to 28, as APSR and XPSR have them; other bits are
   *     ignored
   */
  public boolean holds(int apsr) {
    boolean n = (apsr & N) != 0;
    boolean z = (apsr & Z) != 0;
    boolean c = (apsr & C) != 0;
    boolean v = (apsr & V) != 0;
    return switch (this) {
      case EQ -> z;
      case NE -> !z;
      case CS -> c;
      case CC -> !c;
      case MI -> n;
      case PL -> !n;
      case VS -> v;
      case VC -> !v;
      case HI -> c && !z;
      case LS -> !c || z;
      case GE -> n == v;
      case LT -> n != v;
      case GT -> !z && n == v;
      case LE -> z || n != v;
    };
  }

  /** The suffix in assembly, for example {@code eq}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
