package io.defragsim.emulator.fast;

import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.system.CoreState;

/**
 * Registers while plain instructions run, in a form in which flags cost nothing until they are
 * looked at: N and Z are those of a number, C and V may be those of an addition or a subtraction
 * that is not carried out.
 */
final class FastState {
  /** C and V are what they are. */
  static final int KNOWN = 0;

  /** C and V are those of {@link #first} - {@link #second}. */
  static final int SUBTRACTION = 1;

  /** C and V are those of {@link #first} + {@link #second}. */
  static final int ADDITION = 2;

  /** C is that of the operation. */
  static final int OF_OPERATION = -1;

  private static final int N = 1 << 31;
  private static final int Z = 1 << 30;
  private static final int C = 1 << 29;
  private static final int V = 1 << 28;

  final int[] sram;
  final int[] flash;

  /** R0 to R12, the current SP, LR. */
  final int[] r = new int[15];

  /** N and Z are those of this number. */
  int result;

  /** C, or {@link #OF_OPERATION}. */
  int carry;

  /** What V is of: the sign of {@link #first} if {@link #KNOWN}. */
  int operation;

  int first;
  int second;

  /** That of no word. */
  static final int NO_GUARD = Integer.MIN_VALUE;

  /** The index of a word of SRAM that nothing here stores to. */
  int guard = NO_GUARD;

  int primask;

  /** Whether nothing is pending that is enabled, so that PRIMASK may change. */
  boolean quiet;

  boolean privileged;

  int pc;

  /** The place in {@link Flow} of a call or a computed branch that came last; else that of NEXT. */
  int flow;

  /** Cycles that instructions may still take. */
  long left;

  long instructions;

  /** Around memories that are used as they are, in words. */
  FastState(int[] sram, int[] flash) {
    this.sram = sram;
    this.flash = flash;
  }

  /** Whether {@code core} can be taken over: not if N and Z are both set. */
  static boolean fits(CoreState core) {
    return core.thumb() && (core.flags() & (N | Z)) != (N | Z);
  }

  void load(CoreState core) {
    for (int i = 0; i < r.length; i++) {
      r[i] = core.register(i);
    }
    int flags = core.flags();
    result = (flags & Z) != 0 ? 0 : (flags & N) | 1;
    carry = flags >>> 29 & 1;
    operation = KNOWN;
    first = flags << 3;
    primask = core.primask() ? 1 : 0;
    privileged = core.privileged();
    pc = core.pc();
  }

  void store(CoreState core) {
    for (int i = 0; i < r.length; i++) {
      core.setRegister(i, r[i]);
    }
    core.setFlags(
        (result & N)
            | (result == 0 ? Z : 0)
            | (carry(carry, operation, first, second) != 0 ? C : 0)
            | (overflow(operation, first, second) < 0 ? V : 0));
    core.setPrimask(primask != 0);
    core.setPc(pc);
  }

  /** C, 0 or 1. */
  static int carry(int carry, int operation, int first, int second) {
    if (carry >= 0) {
      return carry;
    }
    boolean set =
        operation == SUBTRACTION
            ? Integer.compareUnsigned(first, second) >= 0
            : Integer.compareUnsigned(first + second, first) < 0;
    return set ? 1 : 0;
  }

  /** V, as a sign. */
  static int overflow(int operation, int first, int second) {
    return switch (operation) {
      case SUBTRACTION -> (first ^ second) & (first ^ first - second);
      case ADDITION -> ~(first ^ second) & (first ^ first + second);
      default -> first;
    };
  }

  // Shifts by 0 to 255, and C behind them. By 0 it stays.

  static int shiftLeft(int value, int amount) {
    return amount > 31 ? 0 : value << amount;
  }

  static int shiftLeftCarry(int carry, int value, int amount) {
    return amount == 0 ? carry : amount > 32 ? 0 : value >>> 32 - amount & 1;
  }

  static int shiftRight(int value, int amount) {
    return amount > 31 ? 0 : value >>> amount;
  }

  static int shiftRightCarry(int carry, int value, int amount) {
    return amount == 0 ? carry : amount > 32 ? 0 : value >>> amount - 1 & 1;
  }

  static int shiftRightSigned(int value, int amount) {
    return value >> Math.min(amount, 31);
  }

  static int shiftRightSignedCarry(int carry, int value, int amount) {
    return amount == 0 ? carry : value >> Math.min(amount - 1, 31) & 1;
  }

  static int rotateRight(int value, int amount) {
    return Integer.rotateRight(value, amount);
  }

  static int rotateRightCarry(int carry, int value, int amount) {
    return amount == 0 ? carry : Integer.rotateRight(value, amount) >>> 31;
  }

  // Conditions that no single number tells.

  static boolean cs(int result, int carry, int operation, int first, int second) {
    return carry(carry, operation, first, second) != 0;
  }

  static boolean cc(int result, int carry, int operation, int first, int second) {
    return carry(carry, operation, first, second) == 0;
  }

  static boolean vs(int result, int carry, int operation, int first, int second) {
    return overflow(operation, first, second) < 0;
  }

  static boolean vc(int result, int carry, int operation, int first, int second) {
    return overflow(operation, first, second) >= 0;
  }

  static boolean hi(int result, int carry, int operation, int first, int second) {
    return result != 0 && carry(carry, operation, first, second) != 0;
  }

  static boolean ls(int result, int carry, int operation, int first, int second) {
    return result == 0 || carry(carry, operation, first, second) == 0;
  }

  static boolean ge(int result, int carry, int operation, int first, int second) {
    return (result ^ overflow(operation, first, second)) >= 0;
  }

  static boolean lt(int result, int carry, int operation, int first, int second) {
    return (result ^ overflow(operation, first, second)) < 0;
  }

  static boolean gt(int result, int carry, int operation, int first, int second) {
    return result != 0 && (result ^ overflow(operation, first, second)) >= 0;
  }

  static boolean le(int result, int carry, int operation, int first, int second) {
    return result == 0 || (result ^ overflow(operation, first, second)) < 0;
  }
}
