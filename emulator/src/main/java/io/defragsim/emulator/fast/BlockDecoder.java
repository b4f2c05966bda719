package io.defragsim.emulator.fast;

import io.defragsim.emulator.fast.Op.Kind;
import io.defragsim.emulator.interpreter.InstructionTiming;
import io.defragsim.emulator.interpreter.Watcher;
import io.defragsim.emulator.isa.Armv6m;
import io.defragsim.emulator.isa.Condition;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.MemoryMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes code apart into blocks. */
final class BlockDecoder {
  private static final int MOST = 32;

  private final MemoryMap map;
  private final MappedMemory memory;
  private final InstructionTiming timing;
  private final Watcher watcher;

  BlockDecoder(MemoryMap map, MappedMemory memory, InstructionTiming timing, Watcher watcher) {
    this.watcher = watcher;
    this.map = map;
    this.memory = memory;
    this.timing = timing;
  }

  /** The block at {@code start}, an address of flash or SRAM. */
  Block at(int start) {
    boolean inFlash = map.flashOffset(Integer.toUnsignedLong(start)) >= 0;
    List<Op> ops = new ArrayList<>();
    int[] addresses = new int[MOST + 1];
    int[] cycles = new int[MOST + 1];
    int takenExtra = 0;
    int most = 0;
    Condition condition = null;
    int at = start;
    addresses[0] = start;
    boolean over = false;
    while (!over && ops.size() < MOST && !watcher.stopsAt(at) && watcher.together(start, at)) {
      Instruction instruction = instruction(at);
      Op op = instruction == null ? null : Lowering.of(instruction, at);
      if (instruction == null || op == null) {
        break;
      }
      int next = at + instruction.bytes();
      if (op.kind() == Kind.BRANCH && op.immediate() == at && at != start) {
        break; // a loop that the caller may want to know of is a block of its own
      }
      if (!isCode(next) && !isUnconditional(op.kind())) {
        break; // the core ends up nowhere: the slow path knows what to say
      }
      int straight = timing.cycles(instruction, at, false);
      int spent = cycles[ops.size()];
      if (op.kind().isLast()) {
        int branched = timing.cycles(instruction, at, true);
        boolean direct = isDirect(op.kind());
        if (direct && !isCode(op.immediate())) {
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
      boolean changes = op.kind().stores() || op.kind() == Kind.STORE_MULTIPLE;
      over = op.kind().isLast() || (!inFlash && changes);
      at = next;
    }
    int count = ops.size();
    return new Block(
        start,
        ops.toArray(new Op[0]),
        Arrays.copyOf(addresses, count + 1),
        Arrays.copyOf(cycles, count + 1),
        takenExtra,
        Math.max(most, cycles[count]),
        condition,
        inFlash ? null : code(start, Math.max(start + 2, addresses[count])));
  }

  /** With the word itself for the load of a literal from flash. */
  private Op direct(Op op) {
    if (op.kind() != Kind.LOAD_WORD || op.rn() >= 0) {
      return op;
    }
    long address = Integer.toUnsignedLong(op.immediate());
    try {
      return map.flashOffset(address) < 0
          ? op
          : new Op(Kind.MOVE, op.rd(), -1, -1, memory.read(address, 4), 0);
    } catch (AccessFault e) {
      return op;
    }
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
    try {
      int first = memory.fetch(Integer.toUnsignedLong(address));
      int second = Armv6m.is32Bit(first) ? memory.fetch(Integer.toUnsignedLong(address + 2)) : 0;
      return Armv6m.decode(first, second) instanceof Instruction instruction ? instruction : null;
    } catch (AccessFault e) {
      return null;
    }
  }

  private boolean isCode(int address) {
    long at = Integer.toUnsignedLong(address);
    return map.flashOffset(at) >= 0 || map.sramOffset(at) >= 0;
  }

  /** The words of SRAM that hold the code from {@code start} to {@code end}. */
  private int[] code(int start, int end) {
    int first = index(start);
    return Arrays.copyOfRange(memory.sram(), first, index(end + 3));
  }

  /** Whether a block is still what stands in memory. */
  boolean isFresh(Block block) {
    int[] code = block.code;
    if (code == null) {
      return true;
    }
    int[] sram = memory.sram();
    int first = index(block.start);
    for (int i = 0; i < code.length; i++) {
      if (sram[first + i] != code[i]) {
        return false;
      }
    }
    return true;
  }

  private int index(int address) {
    return address - (int) map.sramBase() >>> 2;
  }
}
