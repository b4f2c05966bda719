package io.defragsim.emulator.fast;

/**
 * A plain instruction, as far as its effect on registers and memory goes.
 *
 * @param kind what it does
 * @param rd the register that it writes, -1 for none
 * @param rn the first operand, or the base of an access, -1 for none
 * @param rm the second operand, -1 if that is {@code immediate}
 * @param immediate the second operand, a constant, or an offset in bytes
 * @param list registers to transfer, bit r for register r
 */
record Op(Kind kind, int rd, int rn, int rm, int immediate, int list) {

  private static final int LR = 14;

  /** The registers that it reads, bit r for register r. */
  int reads() {
    int stored = kind.stores() ? bit(rd) : kind == Kind.STORE_MULTIPLE ? list : 0;
    return bit(rn) | bit(rm) | stored;
  }

  /** The registers that it writes, bit r for register r. */
  int writes() {
    return switch (kind) {
      case STORE_WORD, STORE_HALFWORD, STORE_BYTE -> 0;
      case LOAD_MULTIPLE, POP_PC -> bit(rd) | list;
      case CALL, CALL_REGISTER -> 1 << LR;
      default -> bit(rd);
    };
  }

  /** Whether it leaves more behind than registers, or does not depend on them alone. */
  boolean isLasting() {
    return kind.stores()
        || kind == Kind.STORE_MULTIPLE
        || kind == Kind.ADD_CARRY
        || kind == Kind.SUBTRACT_CARRY
        || kind == Kind.SET_PRIMASK
        || kind == Kind.WRITE_PRIMASK;
  }

  private static int bit(int register) {
    return register < 0 ? 0 : 1 << register;
  }

  /** What a plain instruction does. Those of one comment are executed alike. */
  enum Kind {
    /** Nothing but time. */
    NOTHING,

    // rd = second operand, flags as they were
    MOVE,
    // rd = first + second operand, flags as they were
    ADD,

    // results with N and Z
    MOVE_FLAGS,
    AND,
    EXCLUSIVE_OR,
    OR,
    BIT_CLEAR,
    NOT,
    MULTIPLY,

    // results with N, Z and C
    SHIFT_LEFT,
    SHIFT_RIGHT,
    SHIFT_RIGHT_SIGNED,
    ROTATE_RIGHT,

    // results with N, Z, C and V; of the last without a result, rd is -1
    ADD_FLAGS,
    SUBTRACT,
    NEGATE,
    ADD_CARRY,
    SUBTRACT_CARRY,

    // of the second operand, flags as they were
    SIGN_EXTEND_HALFWORD,
    SIGN_EXTEND_BYTE,
    ZERO_EXTEND_HALFWORD,
    ZERO_EXTEND_BYTE,
    REVERSE,
    REVERSE_HALFWORDS,
    REVERSE_SIGNED,

    // rd = memory at first + second operand
    LOAD_WORD,
    LOAD_HALFWORD,
    LOAD_BYTE,
    LOAD_SIGNED_HALFWORD,
    LOAD_SIGNED_BYTE,
    // memory at first + second operand = rd
    STORE_WORD,
    STORE_HALFWORD,
    STORE_BYTE,
    /** From the base upwards; rd, if it is not -1, is where the end goes. */
    LOAD_MULTIPLE,
    /** From the base upwards, or down to it where {@code immediate} is -1. */
    STORE_MULTIPLE,

    /** PRIMASK = immediate, of privileged code, with nothing pending that could become due. */
    SET_PRIMASK,
    /** PRIMASK = bit 0 of the first operand, the same. */
    WRITE_PRIMASK,
    /** rd = PRIMASK, of privileged code. */
    READ_PRIMASK,

    // the last of a block
    BRANCH,
    BRANCH_CONDITIONAL,
    CALL,
    /** To the first operand, LR = immediate. */
    CALL_REGISTER,
    /** To the first operand, whose bit 0 is the Thumb bit. */
    EXCHANGE,
    /** To the sum of both operands; bit 0 has no meaning. */
    WRITE_PC,
    /** LOAD_MULTIPLE, and an EXCHANGE with the word above. */
    POP_PC;

    boolean isLast() {
      return compareTo(BRANCH) >= 0;
    }

    /** Whether it loads or stores once. */
    boolean isAccess() {
      return compareTo(LOAD_WORD) >= 0 && compareTo(STORE_BYTE) <= 0;
    }

    /** How many bytes an access is of. */
    int bytes() {
      return switch (this) {
        case LOAD_HALFWORD, LOAD_SIGNED_HALFWORD, STORE_HALFWORD -> 2;
        case LOAD_BYTE, LOAD_SIGNED_BYTE, STORE_BYTE -> 1;
        default -> 4;
      };
    }

    /** What a register holds of a loaded value. */
    int extended(int loaded) {
      return switch (this) {
        case LOAD_SIGNED_HALFWORD -> (short) loaded;
        case LOAD_SIGNED_BYTE -> (byte) loaded;
        default -> loaded;
      };
    }

    boolean stores() {
      return compareTo(STORE_WORD) >= 0 && compareTo(STORE_BYTE) <= 0;
    }
  }
}
