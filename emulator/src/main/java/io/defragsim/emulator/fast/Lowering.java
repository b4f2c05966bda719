package io.defragsim.emulator.fast;

import io.defragsim.emulator.fast.Op.Kind;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.isa.SpecialRegister;
import org.jspecify.annotations.Nullable;

/** Tells which instructions are plain, and what they are reduced to. */
final class Lowering {
  private static final int SP = 13;
  private static final int PC = 15;

  private Lowering() {}

  /**
   * What {@code i} at {@code address} is reduced to, null if it is not plain: if it may do more
   * than to change registers and memory, or is too rare to be worth it.
   */
  static @Nullable Op of(Instruction i, int address) {
    return switch (i.form()) {
      case MOVS_REGISTER -> result(Kind.MOVE_FLAGS, i.rd(), -1, i.rm(), 0);
      case MOVS_IMMEDIATE -> result(Kind.MOVE_FLAGS, i.rd(), -1, -1, i.immediate());
      case LSLS_IMMEDIATE -> result(Kind.SHIFT_LEFT, i.rd(), i.rm(), -1, i.immediate());
      case LSRS_IMMEDIATE -> result(Kind.SHIFT_RIGHT, i.rd(), i.rm(), -1, i.immediate());
      case ASRS_IMMEDIATE -> result(Kind.SHIFT_RIGHT_SIGNED, i.rd(), i.rm(), -1, i.immediate());
      case ADDS_REGISTER -> registers(Kind.ADD_FLAGS, i);
      case SUBS_REGISTER -> registers(Kind.SUBTRACT, i);
      case ADDS_IMMEDIATE3, ADDS_IMMEDIATE8 -> constant(Kind.ADD_FLAGS, i);
      case SUBS_IMMEDIATE3, SUBS_IMMEDIATE8, CMP_IMMEDIATE -> constant(Kind.SUBTRACT, i);
      case CMP_REGISTER, CMP_REGISTER_HIGH -> registers(Kind.SUBTRACT, i);
      case CMN -> registers(Kind.ADD_FLAGS, i);
      case TST, ANDS -> registers(Kind.AND, i);
      case EORS -> registers(Kind.EXCLUSIVE_OR, i);
      case ORRS -> registers(Kind.OR, i);
      case BICS -> registers(Kind.BIT_CLEAR, i);
      case MVNS -> result(Kind.NOT, i.rd(), -1, i.rm(), 0);
      case LSLS_REGISTER -> registers(Kind.SHIFT_LEFT, i);
      case LSRS_REGISTER -> registers(Kind.SHIFT_RIGHT, i);
      case ASRS_REGISTER -> registers(Kind.SHIFT_RIGHT_SIGNED, i);
      case RORS -> registers(Kind.ROTATE_RIGHT, i);
      case ADCS -> registers(Kind.ADD_CARRY, i);
      case SBCS -> registers(Kind.SUBTRACT_CARRY, i);
      case RSBS -> result(Kind.NEGATE, i.rd(), -1, i.rn(), 0);
      case MULS -> registers(Kind.MULTIPLY, i);
      case SXTH -> result(Kind.SIGN_EXTEND_HALFWORD, i.rd(), -1, i.rm(), 0);
      case SXTB -> result(Kind.SIGN_EXTEND_BYTE, i.rd(), -1, i.rm(), 0);
      case UXTH -> result(Kind.ZERO_EXTEND_HALFWORD, i.rd(), -1, i.rm(), 0);
      case UXTB -> result(Kind.ZERO_EXTEND_BYTE, i.rd(), -1, i.rm(), 0);
      case REV -> result(Kind.REVERSE, i.rd(), -1, i.rm(), 0);
      case REV16 -> result(Kind.REVERSE_HALFWORDS, i.rd(), -1, i.rm(), 0);
      case REVSH -> result(Kind.REVERSE_SIGNED, i.rd(), -1, i.rm(), 0);
      case ADR -> result(Kind.MOVE, i.rd(), -1, -1, (address + 4 & ~3) + i.immediate());
      case ADD_SP_IMMEDIATE, ADD_TO_SP_IMMEDIATE -> constant(Kind.ADD, i);
      case SUB_FROM_SP_IMMEDIATE -> result(Kind.ADD, SP, SP, -1, -i.immediate());
      case ADD_SP_REGISTER, ADD_REGISTER_TO_SP, ADD_REGISTER_HIGH -> registers(Kind.ADD, i);
      case MOV_REGISTER_HIGH -> result(Kind.MOVE, i.rd(), -1, i.rm(), 0);
      case LDR_LITERAL ->
          new Op(Kind.LOAD_WORD, i.rt(), -1, -1, (address + 4 & ~3) + i.immediate(), 0);
      case LDR_IMMEDIATE, LDR_SP -> access(Kind.LOAD_WORD, i);
      case LDR_REGISTER -> access(Kind.LOAD_WORD, i);
      case LDRH_IMMEDIATE, LDRH_REGISTER -> access(Kind.LOAD_HALFWORD, i);
      case LDRB_IMMEDIATE, LDRB_REGISTER -> access(Kind.LOAD_BYTE, i);
      case LDRSH_REGISTER -> access(Kind.LOAD_SIGNED_HALFWORD, i);
      case LDRSB_REGISTER -> access(Kind.LOAD_SIGNED_BYTE, i);
      case STR_IMMEDIATE, STR_SP, STR_REGISTER -> access(Kind.STORE_WORD, i);
      case STRH_IMMEDIATE, STRH_REGISTER -> access(Kind.STORE_HALFWORD, i);
      case STRB_IMMEDIATE, STRB_REGISTER -> access(Kind.STORE_BYTE, i);
      case LDM ->
          new Op(Kind.LOAD_MULTIPLE, i.writesBack() ? i.rn() : -1, i.rn(), -1, 0, i.registerList());
      case POP -> new Op(Kind.LOAD_MULTIPLE, SP, SP, -1, 0, i.registerList());
      case STM -> new Op(Kind.STORE_MULTIPLE, i.rn(), i.rn(), -1, 1, i.registerList());
      case PUSH -> new Op(Kind.STORE_MULTIPLE, SP, SP, -1, -1, i.registerList());
      case NOP, YIELD, HINT_UNALLOCATED, DMB, DSB, ISB -> new Op(Kind.NOTHING, -1, -1, -1, 0, 0);
      case CPS -> new Op(Kind.SET_PRIMASK, -1, -1, -1, i.immediate(), 0);
      case MRS ->
          i.sysm() == SpecialRegister.PRIMASK.sysm() && i.rd() != SP
              ? new Op(Kind.READ_PRIMASK, i.rd(), -1, -1, 0, 0)
              : null;
      case MSR ->
          i.sysm() == SpecialRegister.PRIMASK.sysm()
              ? new Op(Kind.WRITE_PRIMASK, -1, i.rn(), -1, 0, 0)
              : null;
      case B -> new Op(Kind.BRANCH, -1, -1, -1, address + 4 + i.immediate(), 0);
      case B_CONDITIONAL ->
          new Op(Kind.BRANCH_CONDITIONAL, -1, -1, -1, address + 4 + i.immediate(), 0);
      case BL -> new Op(Kind.CALL, -1, -1, -1, address + 4 + i.immediate(), 0);
      case BLX -> new Op(Kind.CALL_REGISTER, -1, i.rm(), -1, address + 2 | 1, 0);
      case BX -> new Op(Kind.EXCHANGE, -1, i.rm(), -1, 0, 0);
      case POP_PC -> new Op(Kind.POP_PC, SP, SP, -1, 0, i.registerList() & ~(1 << PC));
      case ADD_TO_PC -> result(Kind.WRITE_PC, -1, i.rm(), -1, address + 4);
      case MOV_TO_PC -> result(Kind.WRITE_PC, -1, i.rm(), -1, 0);
      case ADD_SP_TO_PC, SEV, WFE, WFI, SVC, BKPT -> null;
    };
  }

  private static @Nullable Op registers(Kind kind, Instruction i) {
    return result(kind, i.rd(), i.rn(), i.rm(), 0);
  }

  private static @Nullable Op constant(Kind kind, Instruction i) {
    return result(kind, i.rd(), i.rn(), -1, i.immediate());
  }

  private static Op access(Kind kind, Instruction i) {
    return new Op(kind, i.rt(), i.rn(), i.rm(), i.immediate(), 0);
  }

  /** Null where an operand is PC, which hardly any program has. */
  private static @Nullable Op result(Kind kind, int rd, int rn, int rm, int immediate) {
    return rn == PC || rm == PC ? null : new Op(kind, rd, rn, rm, immediate, 0);
  }
}
