package io.defragsim.emulator.board;

/**
 * Bits of a register that belong together.
 *
 * @param name for example {@code RCC.CR.HSERDY}
 * @param low the number of the lowest, 0 to 31
 * @param width how many, 1 to 32
 */
public record Field(String name, Register register, int low, int width) {

  /** Its bits in the register's word. */
  int mask() {
    return (int) ((1L << width) - 1) << low;
  }

  /** What it holds in a word of its register. */
  int of(int word) {
    return (word & mask()) >>> low;
  }

  /** The same word with another value in it. */
  int in(int word, int value) {
    return (word & ~mask()) | (value << low & mask());
  }

  @Override
  public String toString() {
    return name;
  }
}
