package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.isa.Assembler;
import java.util.Arrays;

/** Thumb code that grows from an address on, with labels by mark and patch. */
final class Code {
  private static final Assembler ASSEMBLER = new Assembler();

  private final byte[] memory;
  private int at;

  /** Code in {@code memory}, whose first byte has address 0. */
  Code(byte[] memory, int start) {
    this.memory = memory;
    at = start;
  }

  /** The address of what comes next. */
  int here() {
    return at;
  }

  /** Goes to the next multiple of 4 by a NOP. */
  Code align() {
    return at % 4 == 0 ? this : emit(0xBF00);
  }

  Code emit(int... halfwords) {
    for (int halfword : halfwords) {
      memory[at++] = (byte) halfword;
      memory[at++] = (byte) (halfword >>> 8);
    }
    return this;
  }

  /** Instructions as {@link Assembler} reads them. */
  Code asm(String source) {
    byte[] bytes = ASSEMBLER.assemble(source);
    System.arraycopy(bytes, 0, memory, at, bytes.length);
    at += bytes.length;
    return this;
  }

  /** {@code register} becomes {@code value}: LDR of a word that a branch leaps over. */
  Code constant(int register, int value) {
    align();
    return emit(0x4800 | register << 8, 0xE001, value & 0xFFFF, value >>> 16);
  }

  /** BL. */
  Code call(int target) {
    int distance = target - (at + 4);
    int s = distance < 0 ? 1 : 0;
    int j1 = (distance >> 23 & 1) ^ s ^ 1;
    int j2 = (distance >> 22 & 1) ^ s ^ 1;
    return emit(
        0xF000 | s << 10 | (distance >> 12 & 0x3FF),
        0xD000 | j1 << 13 | j2 << 11 | (distance >> 1 & 0x7FF));
  }

  /** A place for a branch forwards, which {@link #land} fills. */
  int mark() {
    emit(0xBF00);
    return at - 2;
  }

  /**
   * Makes the place {@code mark} a branch to here.
   *
   * @param condition its number in the encoding; below 0 for B
   */
  Code land(int mark, int condition) {
    int distance = at - (mark + 4);
    int most = condition < 0 ? 2046 : 254;
    if (distance < -2 || distance > most) {
      throw new IllegalStateException("a branch over " + distance + " bytes");
    }
    int offset = distance >> 1;
    int branch =
        condition < 0 ? 0xE000 | (offset & 0x7FF) : 0xD000 | condition << 8 | (offset & 0xFF);
    memory[mark] = (byte) branch;
    memory[mark + 1] = (byte) (branch >>> 8);
    return this;
  }

  /** A word of the memory, anywhere. */
  Code word(int address, int value) {
    for (int i = 0; i < 4; i++) {
      memory[address + i] = (byte) (value >>> (8 * i));
    }
    return this;
  }

  /** All up to here. */
  byte[] bytes() {
    return Arrays.copyOf(memory, at);
  }
}
