package io.defragsim.emulator.bound;

import io.defragsim.emulator.bound.Code.Exit;
import io.defragsim.emulator.bound.Code.Piece;
import io.defragsim.emulator.bound.Code.Way;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.isa.SpecialRegister;
import io.defragsim.emulator.timing.BlockCost;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The stack of one function, and the proof that its returns return: SP is the same on every way to
 * a place, and what BX LR and POP give to PC is what LR was at the entry. That the program does not
 * overwrite a saved LR through a pointer is taken for granted.
 */
final class StackFrame {
  private static final int SP = 13;
  private static final int LR = 14;

  /**
   * What is known before an instruction.
   *
   * @param depth bytes on the stack since the entry
   * @param linked whether LR is what it was at the entry
   * @param saved whether that value is also in the first word that was pushed
   */
  private record State(int depth, boolean linked, boolean saved) {}

  private final Code code;
  private final Map<Piece, State> before = new HashMap<>();
  private final Map<Piece, Integer> after = new HashMap<>();
  private int deepest;

  private StackFrame(Code code) {
    this.code = code;
  }

  static StackFrame of(Code code) throws UnboundedException {
    StackFrame frame = new StackFrame(code);
    frame.follow();
    return frame;
  }

  /** Bytes on the stack at the deepest, without the functions that it calls. */
  int deepest() {
    return deepest;
  }

  /** Bytes on the stack behind a piece. */
  int depthAfter(Piece piece) {
    Integer depth = after.get(piece);
    if (depth == null) {
      throw new IllegalStateException("a piece that is not reached: " + piece);
    }
    return depth;
  }

  private void follow() throws UnboundedException {
    Deque<Piece> open = new ArrayDeque<>();
    before.put(code.first(), new State(0, true, false));
    open.add(code.first());
    while (!open.isEmpty()) {
      Piece piece = open.remove();
      State state = through(piece);
      after.put(piece, state.depth());
      for (Exit exit : piece.exits()) {
        if (exit.way() == Way.TAIL_CALL && !(state.depth() == 0 && state.linked())) {
          throw unbounded(
              piece, "a branch to another function where the stack is not as at the entry");
        }
      }
      for (Piece next : code.next(piece)) {
        State known = before.get(next);
        State joined = known == null ? state : join(known, state, next);
        if (!joined.equals(known)) {
          before.put(next, joined);
          open.add(next);
        }
      }
    }
  }

  private State join(State a, State b, Piece at) throws UnboundedException {
    if (a.depth() != b.depth()) {
      throw new UnboundedException(
          code.locate(at.start()), "SP is not the same on every way to this place");
    }
    return new State(a.depth(), a.linked() && b.linked(), a.saved() && b.saved());
  }

  private State through(Piece piece) throws UnboundedException {
    State state = before.get(piece);
    if (state == null) {
      throw new IllegalStateException("a piece that is not reached: " + piece);
    }
    BlockCost cost = piece.cost();
    for (int i = 0; i < cost.count(); i++) {
      state = step(state, cost.instruction(i), cost.address(i));
      deepest = Math.max(deepest, state.depth());
    }
    return state;
  }

  private State step(State state, Instruction instruction, long at) throws UnboundedException {
    int depth = state.depth();
    boolean linked = state.linked();
    boolean saved = state.saved();
    switch (instruction.form()) {
      case PUSH -> {
        saved |= depth == 0 && linked && (instruction.registerList() & 1 << LR) != 0;
        depth += 4 * instruction.registerCount();
      }
      case SUB_FROM_SP_IMMEDIATE -> depth += instruction.immediate();
      case POP, POP_PC -> depth -= 4 * instruction.registerCount();
      case ADD_TO_SP_IMMEDIATE -> depth -= instruction.immediate();
      case STR_SP -> saved &= instruction.immediate() != depth - 4;
      case BL -> linked = false;
      case MSR -> {
        if (Code.writesSpecial(instruction, SpecialRegister.MSP)
            || Code.writesSpecial(instruction, SpecialRegister.PSP)
            || Code.writesSpecial(instruction, SpecialRegister.CONTROL)) {
          throw new UnboundedException(code.locate(at), instruction + " changes the stack");
        }
      }
      default -> {
        if (instruction.rd() == SP) {
          throw new UnboundedException(
              code.locate(at), instruction + ": how far SP moves is not known");
        }
        linked &= instruction.rd() != LR;
      }
    }
    if (depth < 0) {
      throw new UnboundedException(
          code.locate(at), instruction + " takes more from the stack than was put there");
    }
    if (instruction.form() == Form.POP_PC ? depth != 0 || !saved : returns(instruction, state)) {
      throw new UnboundedException(
          code.locate(at), instruction + " may go elsewhere than back to the caller");
    }
    return new State(depth, linked, saved && depth >= 4);
  }

  /** Whether it is BX LR, and LR or the stack are not known to be as at the entry. */
  private static boolean returns(Instruction instruction, State state) {
    return instruction.form() == Form.BX && !(state.linked() && state.depth() == 0);
  }

  private UnboundedException unbounded(Piece piece, String reason) {
    return new UnboundedException(
        code.locate(piece.cost().address(piece.cost().count() - 1)), reason);
  }
}
