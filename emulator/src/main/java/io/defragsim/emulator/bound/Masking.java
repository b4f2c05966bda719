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
 * while they were not masked, or 0; such values are followed through registers, not through memory.
 */
final class Masking {

  /**
   * What is certain before an instruction.
   *
   * @param open that interrupts are not masked
   * @param zeros the registers that are 0, or hold a PRIMASK of 0
   */
  private record State(boolean open, int zeros) {
    State and(State other) {
      return new State(open && other.open, zeros & other.zeros);
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
    before.put(graph.start(), new State(true, 0));
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
    return before.getOrDefault(node, new State(false, 0));
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
    if (instruction.form() == Form.CPS) {
      return new State(instruction.immediate() == 0, state.zeros());
    }
    if (Code.writesSpecial(instruction, SpecialRegister.PRIMASK)) {
      return new State(isZero(state, instruction.rn()), state.zeros());
    }
    boolean zero =
        switch (instruction.form()) {
          case MOVS_IMMEDIATE -> instruction.immediate() == 0;
          case MOVS_REGISTER, MOV_REGISTER_HIGH -> isZero(state, instruction.rm());
          case MRS ->
              state.open() && SpecialRegister.ofSysm(instruction.sysm()) == SpecialRegister.PRIMASK;
          default -> false;
        };
    int written = written(instruction);
    return new State(state.open(), zero ? state.zeros() | written : state.zeros() & ~written);
  }

  private static boolean isZero(State state, int register) {
    return (state.zeros() & 1 << register) != 0;
  }

  /** The registers that an instruction may change. */
  private static int written(Instruction instruction) {
    int written = instruction.rd() < 0 ? 0 : 1 << instruction.rd();
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
