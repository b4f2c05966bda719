package io.defragsim.emulator.fast;

import io.defragsim.emulator.fast.Op.Kind;
import io.defragsim.emulator.interpreter.InstructionTiming;
import io.defragsim.emulator.interpreter.Watcher;
import io.defragsim.emulator.isa.Armv6m;
import io.defragsim.emulator.isa.Condition;
import io.defragsim.emulator.isa.Instruction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the code of a memory apart into blocks. No block reaches beyond it. */
final class BlockDecoder {
  private static final int MOST = 32;

  private final int base;
  private final int[] words;
  private final boolean changes;
  private final InstructionTiming timing;
  private final Watcher watcher;

  /**
   * @param base its first address
   * @param words all of it
   * @param changes whether what it holds may change
   */
  BlockDecoder(int base, int[] words, boolean changes, InstructionTiming timing, Watcher watcher) {
    this.base = base;
    this.words = words;
    this.changes = changes;
    this.timing = timing;
    this.watcher = watcher;
  }

  int base() {
    return base;
  }

  int bytes() {
    return 4 * words.length;
  }

  /** The block at {@code start}, an address of the memory. */
  CodeBlock at(int start) {
    List<Op> ops = new ArrayList<>();
    int[] addresses = new int[MOST + 1];
    int[] cycles = new int[MOST + 1];
    int takenExtra = 0;
    int most = 0;
    Condition condition = null;
    int at = start;
    addresses[0] = start;
    boolean over = false;
    while (!over && ops.size() < MOST && watcher.together(start, at)) {
      Instruction instruction = instruction(at);
      Op op = instruction == null ? null : Lowering.of(instruction, at);
      if (instruction == null || op == null || watcher.stopsAt(at, instruction)) {
        break;
      }
      if (op.kind() == Kind.BRANCH && op.immediate() == at && !ops.isEmpty()) {
        break; // it stands alone: whoever runs the program may want to know of it
      }
      int next = at + instruction.bytes();
      if (!isInside(next) && !isUnconditional(op.kind())) {
        break; // the core ends up nowhere: the slow path knows what to say
      }
      int straight = timing.cycles(instruction, at, false);
      int spent = cycles[ops.size()];
      if (op.kind().isLast()) {
        int branched = timing.cycles(instruction, at, true);
        boolean direct = isDirect(op.kind());
        if (direct && !isInside(op.immediate())) {
          break;
        }
        int refetch = direct ? timing.refetch(op.immediate()) : 0;
        if (op.kind() == Kind.BRANCH_CONDITIONAL) {
          condition = instruction.condition();
          takenExtra = branched + refetch - straight;
          most = spent + straight + Math.max(0, takenExtra);
        } else {
          straight = branched + refetch;
          most = spent + straight + (direct ? 0 : mostRefetch());
        }
      }
      ops.add(direct(op));
      cycles[ops.size()] = spent + straight;
      addresses[ops.size()] = next;
      // Where code can change, a store may change what comes next.
      boolean stores = op.kind().stores() || op.kind() == Kind.STORE_MULTIPLE;
      over = op.kind().isLast() || (changes && stores);
      at = next;
    }
    int count = ops.size();
    return new CodeBlock(
        start,
        ops.toArray(new Op[0]),
        Arrays.copyOf(addresses, count + 1),
        Arrays.copyOf(cycles, count + 1),
        takenExtra,
        Math.max(most, cycles[count]),
        condition,
        changes ? code(start, Math.max(start + 2, addresses[count])) : null);
  }

  /** With the word itself for the load of a literal that cannot change. */
  private Op direct(Op op) {
    boolean literal = op.kind() == Kind.LOAD_WORD && op.rn() < 0 && op.rm() < 0;
    return literal && !changes && isInside(op.immediate())
        ? new Op(Kind.MOVE, op.rd(), -1, -1, words[index(op.immediate())], 0)
        : op;
  }

  private int mostRefetch() {
    return Math.max(timing.model().flash().refetch(0), timing.model().flash().refetch(2));
  }

  private static boolean isDirect(Kind kind) {
    return kind == Kind.BRANCH || kind == Kind.BRANCH_CONDITIONAL || kind == Kind.CALL;
  }

  private static boolean isUnconditional(Kind kind) {
    return kind.isLast() && kind != Kind.BRANCH_CONDITIONAL;
  }

  /** Null where none can be executed, or not all of it is there. */
  private @Nullable Instruction instruction(int address) {
    int first = halfword(address);
    boolean twice = Armv6m.is32Bit(first);
    if (twice && !isInside(address + 2)) {
      return null;
    }
    int second = twice ? halfword(address + 2) : 0;
    return Armv6m.decode(first, second) instanceof Instruction instruction ? instruction : null;
  }

  private int halfword(int address) {
    return words[index(address)] >>> (8 * (address & 2)) & 0xFFFF;
  }

  private boolean isInside(int address) {
    return Integer.compareUnsigned(address - base, bytes()) < 0;
  }

  private int index(int address) {
    return (address - base) >>> 2;
  }

  /** The words that hold the code from {@code start} to {@code end}. */
  private int[] code(int start, int end) {
    return Arrays.copyOfRange(words, index(start), index(end + 3));
  }

  /** Whether a block is still what stands in memory. */
  boolean isFresh(CodeBlock block) {
    int[] code = block.code;
    if (code == null) {
      return true;
    }
    int first = index(block.start);
    for (int i = 0; i < code.length; i++) {
      if (words[first + i] != code[i]) {
        return false;
      }
    }
    return true;
  }
}
