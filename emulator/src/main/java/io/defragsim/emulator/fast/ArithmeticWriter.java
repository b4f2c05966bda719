package io.defragsim.emulator.fast;

import static org.objectweb.asm.Opcodes.*;

import io.defragsim.emulator.isa.Condition;
import java.util.Locale;
import org.objectweb.asm.Label;

/** Writes operations on registers alone, and the conditions of branches. */
final class ArithmeticWriter {
  private static final int SP = 13;

  private final Emitter e;

  /** Whether all flags are known to be those of FIRST - SECOND. */
  private boolean subtraction;

  ArithmeticWriter(Emitter emitter) {
    e = emitter;
  }

  /** A block begins, to which control may come from anywhere. */
  void begin() {
    subtraction = false;
  }

  void write(Op op) {
    switch (op.kind()) {
      case NOTHING -> {
        // It takes its time, and that is in the block's sum.
      }
      case MOVE -> {
        e.second(op);
        aligned(op.rd(), op.rm() < 0 ? op.immediate() : 1);
        e.setRegister(op.rd());
      }
      case ADD -> {
        e.first(op);
        e.second(op);
        e.op(IADD);
        aligned(op.rd(), op.rm() < 0 && op.rn() == SP ? op.immediate() : 1);
        e.setRegister(op.rd());
      }
      case MOVE_FLAGS -> {
        e.second(op);
        result(op);
      }
      case AND -> binary(op, IAND);
      case EXCLUSIVE_OR -> binary(op, IXOR);
      case OR -> binary(op, IOR);
      case MULTIPLY -> binary(op, IMUL);
      case BIT_CLEAR -> {
        e.first(op);
        e.second(op);
        e.exclusiveOr(-1);
        e.op(IAND);
        result(op);
      }
      case NOT -> {
        e.second(op);
        e.exclusiveOr(-1);
        result(op);
      }
      case SHIFT_LEFT, SHIFT_RIGHT, SHIFT_RIGHT_SIGNED, ROTATE_RIGHT -> shift(op);
      case ADD_FLAGS -> sum(op, IADD, LazyFlags.ADDITION);
      case SUBTRACT, NEGATE -> sum(op, ISUB, LazyFlags.SUBTRACTION);
      case ADD_CARRY, SUBTRACT_CARRY -> withCarry(op);
      case SIGN_EXTEND_HALFWORD -> unary(op, () -> e.op(I2S));
      case SIGN_EXTEND_BYTE -> unary(op, () -> e.op(I2B));
      case ZERO_EXTEND_HALFWORD -> unary(op, () -> e.op(I2C));
      case ZERO_EXTEND_BYTE -> unary(op, () -> e.and(0xFF));
      case REVERSE -> unary(op, this::reverse);
      case REVERSE_HALFWORDS ->
          unary(
              op,
              () -> {
                reverse();
                e.number(16);
                e.integer("rotateRight", "(II)I");
              });
      case REVERSE_SIGNED ->
          unary(
              op,
              () -> {
                reverse();
                e.number(16);
                e.op(ISHR);
              });
      default -> throw new IllegalArgumentException("not of registers alone: " + op);
    }
  }

  private void reverse() {
    e.integer("reverseBytes", "(I)I");
  }

  private void unary(Op op, Runnable what) {
    e.second(op);
    what.run();
    e.setRegister(op.rd());
  }

  private void binary(Op op, int opcode) {
    e.first(op);
    e.second(op);
    e.op(opcode);
    result(op);
  }

  /** What is on the stack is the result, and N and Z are those of it. */
  private void result(Op op) {
    if (op.rd() >= 0) {
      e.op(DUP);
      e.setRegister(op.rd());
    }
    e.set(Emitter.RESULT);
    subtraction = false;
  }

  /** SP is a multiple of 4, whatever is added to it. */
  private void aligned(int register, int added) {
    if (register == SP && (added & 3) != 0) {
      e.and(~3);
    }
  }

  private void sum(Op op, int opcode, int operation) {
    e.first(op);
    e.set(Emitter.FIRST);
    e.second(op);
    e.set(Emitter.SECOND);
    e.get(Emitter.FIRST);
    e.get(Emitter.SECOND);
    e.op(opcode);
    result(op);
    e.number(operation);
    e.set(Emitter.OPERATION);
    e.number(LazyFlags.OF_OPERATION);
    e.set(Emitter.CARRY);
    subtraction = operation == LazyFlags.SUBTRACTION;
  }

  private void withCarry(Op op) {
    e.get(Emitter.CARRY);
    e.get(Emitter.OPERATION);
    e.get(Emitter.FIRST);
    e.get(Emitter.SECOND);
    e.flags("carry", "(IIII)I");
    e.set(Emitter.CARRY);
    e.first(op);
    e.set(Emitter.FIRST);
    e.second(op);
    if (op.kind() == Op.Kind.SUBTRACT_CARRY) {
      e.exclusiveOr(-1);
    }
    e.set(Emitter.SECOND);
    unsigned(Emitter.FIRST);
    unsigned(Emitter.SECOND);
    e.op(LADD);
    e.get(Emitter.CARRY);
    e.op(I2L);
    e.op(LADD);
    e.op(DUP2);
    e.number(32);
    e.op(LUSHR);
    e.op(L2I);
    e.set(Emitter.CARRY);
    e.op(L2I);
    result(op);
    for (int operand : new int[] {Emitter.FIRST, Emitter.SECOND}) {
      e.get(operand);
      e.get(Emitter.RESULT);
      e.op(IXOR);
    }
    e.op(IAND);
    e.set(Emitter.FIRST);
    e.number(LazyFlags.KNOWN);
    e.set(Emitter.OPERATION);
  }

  private void unsigned(int variable) {
    e.get(variable);
    e.op(I2L);
    e.number(0xFFFF_FFFFL);
    e.op(LAND);
  }

  private void shift(Op op) {
    if (op.rm() >= 0) {
      shiftByRegister(op);
      return;
    }
    int amount = op.immediate();
    boolean left = op.kind() == Op.Kind.SHIFT_LEFT;
    e.first(op);
    e.set(Emitter.VALUE);
    e.get(Emitter.VALUE);
    e.number(left ? 32 - amount : amount - 1);
    e.op(IUSHR);
    e.and(1);
    e.set(Emitter.CARRY);
    if (amount == 32 && op.kind() == Op.Kind.SHIFT_RIGHT) {
      e.number(0);
    } else {
      e.get(Emitter.VALUE);
      e.number(Math.min(amount, 31));
      e.op(left ? ISHL : op.kind() == Op.Kind.SHIFT_RIGHT ? IUSHR : ISHR);
    }
    result(op);
  }

  private void shiftByRegister(Op op) {
    String name =
        switch (op.kind()) {
          case SHIFT_LEFT -> "shiftLeft";
          case SHIFT_RIGHT -> "shiftRight";
          case SHIFT_RIGHT_SIGNED -> "shiftRightSigned";
          default -> "rotateRight";
        };
    e.first(op);
    e.set(Emitter.VALUE);
    e.second(op);
    e.and(0xFF);
    e.set(Emitter.INDEX); // the amount
    e.get(Emitter.CARRY);
    e.get(Emitter.VALUE);
    e.get(Emitter.INDEX);
    e.flags(name + "Carry", "(III)I");
    e.set(Emitter.CARRY);
    e.get(Emitter.VALUE);
    e.get(Emitter.INDEX);
    e.flags(name, "(II)I");
    result(op);
  }

  /** Goes to {@code taken} if a condition holds. */
  void condition(Condition condition, Label taken) {
    switch (condition) {
      case EQ -> result(IFEQ, taken);
      case NE -> result(IFNE, taken);
      case MI -> result(IFLT, taken);
      case PL -> result(IFGE, taken);
      default -> {
        if (subtraction && condition != Condition.VS && condition != Condition.VC) {
          compare(condition, taken);
        } else {
          e.get(Emitter.RESULT);
          e.get(Emitter.CARRY);
          e.get(Emitter.OPERATION);
          e.get(Emitter.FIRST);
          e.get(Emitter.SECOND);
          e.flags(condition.name().toLowerCase(Locale.ROOT), "(IIIII)Z");
          e.jump(IFNE, taken);
        }
      }
    }
  }

  private void result(int opcode, Label taken) {
    e.get(Emitter.RESULT);
    e.jump(opcode, taken);
  }

  private void compare(Condition condition, Label taken) {
    boolean unsigned =
        switch (condition) {
          case CS, CC, HI, LS -> true;
          default -> false;
        };
    for (int operand : new int[] {Emitter.FIRST, Emitter.SECOND}) {
      e.get(operand);
      if (unsigned) {
        e.exclusiveOr(Integer.MIN_VALUE);
      }
    }
    e.jump(
        switch (condition) {
          case CS, GE -> IF_ICMPGE;
          case CC, LT -> IF_ICMPLT;
          case HI, GT -> IF_ICMPGT;
          default -> IF_ICMPLE;
        },
        taken);
  }
}
