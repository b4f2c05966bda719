package io.defragsim.emulator.fast;

import static org.objectweb.asm.Opcodes.*;

import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Writes the method of one region, by small pieces of code. The parts of {@link FastState} are
 * local variables there.
 */
final class Emitter {
  static final String STATE = Type.getInternalName(FastState.class);
  private static final String FLAGS = Type.getInternalName(LazyFlags.class);
  private static final String INTEGER = Type.getInternalName(Integer.class);

  private static final int STATE_VARIABLE = 1;
  private static final int R0 = 2; // to R14, 16

  // What a state has besides registers.
  static final int RESULT = 17;
  static final int CARRY = 18;
  static final int OPERATION = 19;
  static final int FIRST = 20;
  static final int SECOND = 21;
  static final int SRAM = 22;
  static final int FLASH = 23;
  static final int LEFT = 24;
  static final int PC = 25;
  static final int FLOW = 26;

  // Instructions so far, and what one instruction needs for itself.
  static final int COUNT = 27;
  static final int ADDRESS = 28;
  static final int INDEX = 29;
  static final int WORDS = 30;
  static final int VALUE = 31;

  private final MethodVisitor method;

  /** What is hardly ever run: it stands behind the rest. */
  private final List<Runnable> rare = new ArrayList<>();

  Emitter(MethodVisitor method) {
    this.method = method;
  }

  /** Has {@code code} written later, at {@code label}. */
  void rarely(Label label, Runnable code) {
    rare.add(
        () -> {
          at(label);
          code.run();
        });
  }

  /** Writes what {@link #rarely} has put off. */
  void writeRare() {
    for (int i = 0; i < rare.size(); i++) { // what is written may put off more
      rare.get(i).run();
    }
    rare.clear();
  }

  void at(Label label) {
    method.visitLabel(label);
  }

  /** An instruction without operands. */
  void op(int opcode) {
    method.visitInsn(opcode);
  }

  void jump(int opcode, Label label) {
    method.visitJumpInsn(opcode, label);
  }

  // constants

  void number(int value) {
    if (value >= -1 && value <= 5) {
      method.visitInsn(ICONST_0 + value);
    } else if (value == (byte) value) {
      method.visitIntInsn(BIPUSH, value);
    } else if (value == (short) value) {
      method.visitIntInsn(SIPUSH, value);
    } else {
      method.visitLdcInsn(value);
    }
  }

  void number(long value) {
    method.visitLdcInsn(value);
  }

  // variables

  void get(int variable) {
    method.visitVarInsn(ILOAD, variable);
  }

  void set(int variable) {
    method.visitVarInsn(ISTORE, variable);
  }

  void getArray(int variable) {
    method.visitVarInsn(ALOAD, variable);
  }

  void setArray(int variable) {
    method.visitVarInsn(ASTORE, variable);
  }

  void increment(int variable, int by) {
    method.visitIincInsn(variable, by);
  }

  /** R0 to R14. */
  void getRegister(int register) {
    get(R0 + register);
  }

  void setRegister(int register) {
    set(R0 + register);
  }

  // the state

  /** The state itself, for {@link #putField}. */
  void state() {
    method.visitVarInsn(ALOAD, STATE_VARIABLE);
  }

  void getField(String name, String type) {
    state();
    method.visitFieldInsn(GETFIELD, STATE, name, type);
  }

  /** Of the state below what is on the stack. */
  void putField(String name, String type) {
    method.visitFieldInsn(PUTFIELD, STATE, name, type);
  }

  // arithmetic

  /** The first operand of an operation. */
  void first(Op op) {
    if (op.rn() < 0) {
      number(0);
    } else {
      getRegister(op.rn());
    }
  }

  /** The second. */
  void second(Op op) {
    if (op.rm() < 0) {
      number(op.immediate());
    } else {
      getRegister(op.rm());
    }
  }

  void plus(int value) {
    if (value != 0) {
      number(value);
      op(IADD);
    }
  }

  void and(int mask) {
    number(mask);
    op(IAND);
  }

  void exclusiveOr(int mask) {
    number(mask);
    op(IXOR);
  }

  /** A method of {@link LazyFlags}. */
  void flags(String name, String descriptor) {
    method.visitMethodInsn(INVOKESTATIC, FLAGS, name, descriptor, false);
  }

  /** A method of {@link Integer}. */
  void integer(String name, String descriptor) {
    method.visitMethodInsn(INVOKESTATIC, INTEGER, name, descriptor, false);
  }
}
