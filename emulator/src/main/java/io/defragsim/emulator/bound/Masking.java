package io.defragsim.emulator.bound;

import io.defragsim.emulator.bound.Expansion.Edge;
import io.defragsim.emulator.bound.Expansion.Node;
import io.defragsim.emulator.isa.CostClass;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.isa.SpecialRegister;
import io.defragsim.emulator.timing.BlockCost;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Where interrupts become masked, and where they certainly are no longer. They are not masked when
 * the outermost function is called. MSR PRIMASK gives them back if its register holds what MRS read
 * while they were not masked, or 0; such values are followed through registers and through the
 * stack. Taken for granted is, as of a saved LR, that no store through a pointer hits a word of the
 * stack unless the pointer was made from SP, and the word was on the stack then.
 */
final class Masking {
  private static final int SP = 13;
  private static final int LR = 14;

  /** More words than any stack has. */
  private static final int ALL = Integer.MAX_VALUE / 2;

  /**
   * What is certain before an instruction.
   *
   * @param open that interrupts are not masked
   * @param zeros the registers that are 0, or hold a PRIMASK of 0
   * @param words the same of the words of the stack, bit 0 being the one at SP
   * @param own of how many words from SP on there is no pointer; of the others nothing is certain
   */
  private record State(boolean open, int zeros, long words, int own) {
    State and(State other) {
      return new State(
          open && other.open, zeros & other.zeros, words & other.words, Math.min(own, other.own));
    }

    boolean isZero(int register) {
      return (zeros & 1 << register) != 0;
    }

    boolean isZeroWord(int offset) {
      return offset / 4 < Long.SIZE && (words & 1L << (offset / 4)) != 0;
    }

    State opened(boolean now) {
      return new State(now, zeros, words, own);
    }

    /** With registers that are 0 now, or may be something else. */
    State with(int registers, boolean zero) {
      return new State(open, zero ? zeros | registers : zeros & ~registers, words, own);
    }

    /** With a word of the stack that is 0 now, or may be something else. */
    State withWord(int offset, boolean zero) {
      if (offset / 4 >= Math.min(own, Long.SIZE)) {
        return this;
      }
      long word = 1L << (offset / 4);
      return new State(open, zeros, zero ? words | word : words & ~word, own);
    }

    /** With SP higher by so many bytes, or lower. */
    State moved(int bytes) {
      int count = Math.abs(bytes) / 4;
      long reached = count >= Long.SIZE ? 0 : bytes < 0 ? words << count : words >>> count;
      return new State(open, zeros, reached, Math.max(0, own - bytes / 4));
    }

    /** With a pointer made from SP. */
    State shared() {
      return new State(open, zeros, 0, 0);
    }
  }

  private final Map<Node, State> before = new HashMap<>();
  private final Set<Node> masks = new LinkedHashSet<>();
  private final Set<Node> opens = new LinkedHashSet<>();

  private Masking() {}

  static Masking of(Expansion graph) {
    Masking masking = new Masking();
    masking.follow(graph);
    for (Node node : graph.nodes()) {
      if (masking.before.containsKey(node)) {
        masking.classify(node);
      }
    }
    return masking;
  }

  /** Nodes that are one instruction, after which interrupts may be masked. */
  Set<Node> masks() {
    return masks;
  }

  /** Nodes that are one instruction, after which interrupts are not masked. */
  Set<Node> opens() {
    return opens;
  }

  private void follow(Expansion graph) {
    Deque<Node> open = new ArrayDeque<>();
    before.put(graph.start(), new State(true, 0, 0, ALL));
    open.add(graph.start());
    while (!open.isEmpty()) {
      Node node = open.remove();
      State after = through(node);
      for (Edge edge : node.out) {
        if (edge.to() == graph.end()) {
          continue;
        }
        State known = before.get(edge.to());
        State joined = known == null ? after : known.and(after);
        if (!joined.equals(known)) {
          before.put(edge.to(), joined);
          open.add(edge.to());
        }
      }
    }
  }

  private State stateBefore(Node node) {
    return before.getOrDefault(node, new State(false, 0, 0, 0));
  }

  private State through(Node node) {
    State state = stateBefore(node);
    BlockCost cost = node.piece().cost();
    for (int i = 0; i < cost.count(); i++) {
      state = step(state, cost.instruction(i));
    }
    return state;
  }

  private void classify(Node node) {
    if (Code.changesPrimask(node.piece().cost().instruction(0))) {
      (through(node).open() ? opens : masks).add(node);
    }
  }

  private static State step(State state, Instruction instruction) {
    switch (instruction.form()) {
      case CPS -> {
        return state.opened(instruction.immediate() == 0);
      }
      case PUSH -> {
        State pushed = state.moved(-4 * instruction.registerCount());
        int offset = 0;
        for (int register = 0; register <= LR; register++) {
          if ((instruction.registerList() & 1 << register) != 0) {
            pushed = pushed.withWord(offset, state.isZero(register));
            offset += 4;
          }
        }
        return pushed;
      }
      case POP, POP_PC -> {
        State popped = state;
        int offset = 0;
        for (int register = 0; register < SP; register++) {
          if ((instruction.registerList() & 1 << register) != 0) {
            popped = popped.with(1 << register, state.isZeroWord(offset));
            offset += 4;
          }
        }
        return popped.moved(4 * instruction.registerCount());
      }
      case SUB_FROM_SP_IMMEDIATE -> {
        return state.moved(-instruction.immediate());
      }
      case ADD_TO_SP_IMMEDIATE -> {
        return state.moved(instruction.immediate());
      }
      case STR_SP -> {
        return state.withWord(instruction.immediate(), state.isZero(instruction.rt()));
      }
      case LDR_SP -> {
        return state.with(1 << instruction.rt(), state.isZeroWord(instruction.immediate()));
      }
      default -> {
        return pointsIntoStack(instruction)
            ? other(state.shared(), instruction)
            : other(state, instruction);
      }
    }
  }

  /** What an instruction does that leaves SP and the words that it reaches alone. */
  private static State other(State state, Instruction instruction) {
    if (Code.writesSpecial(instruction, SpecialRegister.PRIMASK)) {
      return state.opened(state.isZero(instruction.rn()));
    }
    boolean zero =
        switch (instruction.form()) {
          case MOVS_IMMEDIATE -> instruction.immediate() == 0;
          case MOVS_REGISTER, MOV_REGISTER_HIGH -> state.isZero(instruction.rm());
          case MRS ->
              state.open() && SpecialRegister.ofSysm(instruction.sysm()) == SpecialRegister.PRIMASK;
          default -> false;
        };
    return state.with(written(instruction), zero);
  }

  /** Whether an instruction makes a pointer from SP. */
  private static boolean pointsIntoStack(Instruction instruction) {
    return switch (instruction.form()) {
      case ADD_SP_IMMEDIATE, ADD_SP_REGISTER -> true;
      case MOV_REGISTER_HIGH -> instruction.rm() == SP;
      case MRS ->
          SpecialRegister.ofSysm(instruction.sysm()) == SpecialRegister.MSP
              || SpecialRegister.ofSysm(instruction.sysm()) == SpecialRegister.PSP;
      default -> false;
    };
  }

  /** The registers that an instruction may change. */
  private static int written(Instruction instruction) {
    int written = instruction.rd() < 0 ? 0 : 1 << instruction.rd();
    if (instruction.form() == Form.BL) {
      written |= 1 << LR;
    }
    CostClass cost = instruction.form().cost();
    if (cost == CostClass.LOAD) {
      written |= 1 << instruction.rt();
    }
    if (cost == CostClass.LOAD_MULTIPLE || cost == CostClass.LOAD_MULTIPLE_PC) {
      written |= instruction.registerList() | 1 << instruction.rn();
    }
    if (cost == CostClass.STORE_MULTIPLE) {
      written |= 1 << instruction.rn();
    }
    return written;
  }
}
