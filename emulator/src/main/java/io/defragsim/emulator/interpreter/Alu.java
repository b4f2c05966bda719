package io.defragsim.emulator.interpreter;

/**
 * Arithmetic with flags as the manual's pseudocode defines it (A2.2.1). {@link #flags} holds N, Z,
 * C and V in bits 31 to 28; each operation reads and replaces them.
 */
final class Alu {
  private static final int N = 1 << 31;
  private static final int Z = 1 << 30;
  private static final int C = 1 << 29;
  private static final int V = 1 << 28;

  private int flags;

  int flags() {
    return flags;
  }

  void setFlags(int apsr) {
    flags = apsr;
  }

  boolean carry() {
    return (flags & C) != 0;
  }

  /** AddWithCarry: all four flags. */
  int add(int x, int y, boolean carryIn) {
    long unsignedSum = Integer.toUnsignedLong(x) + Integer.toUnsignedLong(y) + (carryIn ? 1 : 0);
    long signedSum = (long) x + y + (carryIn ? 1 : 0);
    int result = (int) unsignedSum;
    flags =
        ofResult(result)
            | (Integer.toUnsignedLong(result) == unsignedSum ? 0 : C)
            | (result == signedSum ? 0 : V);
    return result;
  }

  /** x - y. */
  int subtract(int x, int y) {
    return add(x, ~y, true);
  }

  /** N and Z of a result; C and V stay. */
  int logical(int result) {
    flags = ofResult(result) | (flags & (C | V));
    return result;
  }

  /** LSL_C by 0 to 255; V stays, and by 0 also C. */
  int shiftLeft(int value, int amount) {
    if (amount == 0) {
      return logical(value);
    }
    long extended = amount > 32 ? 0 : Integer.toUnsignedLong(value) << amount;
    return shifted((int) extended, (extended & (1L << 32)) != 0);
  }

  /** LSR_C by 0 to 255; V stays, and by 0 also C. */
  int shiftRight(int value, int amount) {
    if (amount == 0) {
      return logical(value);
    }
    long extended = amount > 32 ? 0 : Integer.toUnsignedLong(value);
    return shifted((int) (extended >>> amount), (extended >>> (amount - 1) & 1) != 0);
  }

  /** ASR_C by 0 to 255; V stays, and by 0 also C. */
  int shiftRightSigned(int value, int amount) {
    if (amount == 0) {
      return logical(value);
    }
    int places = Math.min(amount, 32); // from there on only the sign is left
    return shifted((int) ((long) value >> places), ((long) value >> (places - 1) & 1) != 0);
  }

  /** ROR_C by 0 to 255; V stays, and by 0 also C. */
  int rotateRight(int value, int amount) {
    if (amount == 0) {
      return logical(value);
    }
    int places = amount % 32;
    int result = places == 0 ? value : value << (32 - places) | value >>> places;
    return shifted(result, result < 0);
  }

  private int shifted(int result, boolean carryOut) {
    flags = ofResult(result) | (carryOut ? C : 0) | (flags & V);
    return result;
  }

  private static int ofResult(int result) {
    return (result < 0 ? N : 0) | (result == 0 ? Z : 0);
  }
}
