package io.defragsim.emulator.isa;

import org.jspecify.annotations.Nullable;

/** Operands that an instruction does not allow although its encoding is allocated. */
@FunctionalInterface
interface OperandRule {

  int SP = 13;
  int PC = 15;

  /** What is wrong with {@code instruction}, to be read after "with"; null if nothing is. */
  @Nullable String brokenBy(Instruction instruction);

  /** No operand is refused. */
  static @Nullable String none(Instruction instruction) {
    return null;
  }

  /** A6.7.25, A6.7.49, A6.7.50, A6.7.58: BitCount(registers) &lt; 1 is unpredictable. */
  static @Nullable String listNotEmpty(Instruction instruction) {
    return instruction.registerList() == 0 ? "an empty register list" : null;
  }

  /**
   * A6.7.3, A6.7.14, A6.7.15: PC as Rm of ADD PC, BLX and BX. (BX PC would clear the Thumb bit, so
   * it could only fault.)
   */
  static @Nullable String rmNotPc(Instruction instruction) {
    return instruction.rm() == PC ? "pc as its operand" : null;
  }

  /** A6.7.18: the encoding of CMP for high registers takes neither two low ones nor PC. */
  static @Nullable String compareHigh(Instruction instruction) {
    if (instruction.rn() < 8 && instruction.rm() < 8) {
      return "two low registers in the encoding for high ones";
    }
    return instruction.rn() == PC || instruction.rm() == PC ? "pc as an operand" : null;
  }

  /** B4.2.2: d IN {13, 15}, and reserved values of SYSm. */
  static @Nullable String readSpecial(Instruction instruction) {
    return special(instruction.rd(), instruction.sysm());
  }

  /** B4.2.3: n IN {13, 15}, and reserved values of SYSm. */
  static @Nullable String writeSpecial(Instruction instruction) {
    return special(instruction.rn(), instruction.sysm());
  }

  private static @Nullable String special(int register, int sysm) {
    if (register == SP || register == PC) {
      return (register == SP ? "sp" : "pc") + " as its register";
    }
    return SpecialRegister.ofSysm(sysm) == null ? "the reserved special register " + sysm : null;
  }
}
