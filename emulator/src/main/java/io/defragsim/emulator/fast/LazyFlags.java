package io.defragsim.emulator.fast;

/**
 * Flags that cost nothing until they are looked at. N and Z are those of a result. C is 0 or 1, or
 * {@link #OF_OPERATION}. V is of two operands and what was done with them.
 */
final class LazyFlags {
  /** V is the sign of the first operand. */
  static final int KNOWN = 0;

  /** V, and C if it is {@link #OF_OPERATION}, are those of the first - the second operand. */
  static final int SUBTRACTION = 1;

  /** The same, of the first + the second. */
  static final int ADDITION = 2;

  /** In place of C: it is that of the operation. */
  static final int OF_OPERATION = -1;

  private LazyFlags() {}

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
    return amount == 0 ? carry : amount > 32 ? 0 : value >>> (32 - amount) & 1;
  }

  static int shiftRight(int value, int amount) {
    return amount > 31 ? 0 : value >>> amount;
  }

  static int shiftRightCarry(int carry, int value, int amount) {
    return amount == 0 ? carry : amount > 32 ? 0 : value >>> (amount - 1) & 1;
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
