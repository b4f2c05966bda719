package io.defragsim.emulator.engine.unicorn;

import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.isa.SpecialRegister;
import io.defragsim.emulator.timing.BlockCost;
import java.util.Objects;

/** Whether the library runs a block of legal code otherwise than a Cortex-M0. */
enum Peculiarity {
  /** It does not. */
  NONE,
  /**
   * It does if SP has low bits at the end of the block: a Cortex-M0 keeps them 0. Set once, they
   * stay to the end of the block, so it is enough to look there.
   */
  SETS_STACK_POINTER,
  /** It does, or may. */
  DIFFERS;

  private static final int SP = 13;

  static Peculiarity of(BlockCost block) {
    Peculiarity found = NONE;
    for (int i = 0; i < block.count(); i++) {
      Instruction instruction = block.instruction(i);
      if (differs(instruction)) {
        return DIFFERS;
      }
      if (setsStackPointer(instruction)) {
        if (found != NONE) {
          return DIFFERS; // the second may hide what the first did
        }
        found = SETS_STACK_POINTER;
      }
    }
    return found;
  }

  private static boolean differs(Instruction instruction) {
    return switch (instruction.form()) {
      // It does not write back a base that it stores.
      case STM -> (instruction.registerList() & 1 << instruction.rn()) != 0;
      // It shows the T bit.
      case MRS ->
          switch (special(instruction)) {
            case EAPSR, XPSR, EPSR, IEPSR -> true;
            case APSR, IAPSR, IPSR, MSP, PSP, PRIMASK, CONTROL -> false;
          };
      // It has APSR.Q and CONTROL.nPRIV, and keeps the low bits of the stack pointers.
      case MSR -> special(instruction) != SpecialRegister.PRIMASK;
      default -> false;
    };
  }

  private static SpecialRegister special(Instruction instruction) {
    return Objects.requireNonNull(SpecialRegister.ofSysm(instruction.sysm()));
  }

  private static boolean setsStackPointer(Instruction instruction) {
    Form form = instruction.form();
    return form == Form.ADD_REGISTER_TO_SP
        || ((form == Form.MOV_REGISTER_HIGH || form == Form.ADD_REGISTER_HIGH)
            && instruction.rd() == SP);
  }
}
