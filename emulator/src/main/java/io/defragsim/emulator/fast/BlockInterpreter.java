package io.defragsim.emulator.fast;

import static io.defragsim.emulator.fast.LazyFlags.ADDITION;
import static io.defragsim.emulator.fast.LazyFlags.KNOWN;
import static io.defragsim.emulator.fast.LazyFlags.OF_OPERATION;
import static io.defragsim.emulator.fast.LazyFlags.SUBTRACTION;

import io.defragsim.emulator.interpreter.InstructionTiming;
import io.defragsim.emulator.isa.Condition;
import io.defragsim.emulator.system.MemoryMap;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Carries out blocks that are not translated. */
final class BlockInterpreter {
  private static final int SP = 13;
  private static final int LR = 14;

  private final FastState state;
  private final int[] sram;
  private final int[] flash;
  private final int sramBase;
  private final int flashMinuend;
  private final int flashMask;
  private final InstructionTiming timing;
  private final IntFunction<@Nullable CodeBlock> blocks;

  /**
   * @param blocks the block at an address, null where no code can be
   */
  BlockInterpreter(
      FastState state,
      MemoryMap map,
      InstructionTiming timing,
      IntFunction<@Nullable CodeBlock> blocks) {
    this.state = state;
    sram = state.sram;
    flash = state.flash;
    sramBase = (int) map.sramBase();
    flashMinuend = map.flash().minuend();
    flashMask = map.flash().mask();
    this.timing = timing;
    this.blocks = blocks;
  }

  /** Carries out a block, or its beginning, up to an access that is not plain. */
  void execute(CodeBlock block) {
    FastState s = state;
    s.flow = FastState.NEXT;
    int[] r = s.r;
    Op[] ops = block.ops;
    for (int i = 0; i < ops.length; i++) {
      Op op = ops[i];
      int x = s.first(op);
      int y = s.second(op);
      int value;
      switch (op.kind()) {
        case NOTHING -> {
          continue;
        }
        case MOVE -> {
          set(r, op.rd(), y);
          continue;
        }
        case ADD -> {
          set(r, op.rd(), x + y);
          continue;
        }
        case MOVE_FLAGS -> value = y;
        case AND -> value = x & y;
        case EXCLUSIVE_OR -> value = x ^ y;
        case OR -> value = x | y;
        case BIT_CLEAR -> value = x & ~y;
        case NOT -> value = ~y;
        case MULTIPLY -> value = x * y;
        case SHIFT_LEFT -> {
          int amount = y & 0xFF;
          s.carry = LazyFlags.shiftLeftCarry(s.carry, x, amount);
          value = LazyFlags.shiftLeft(x, amount);
        }
        case SHIFT_RIGHT -> {
          int amount = y & 0xFF;
          s.carry = LazyFlags.shiftRightCarry(s.carry, x, amount);
          value = LazyFlags.shiftRight(x, amount);
        }
        case SHIFT_RIGHT_SIGNED -> {
          int amount = y & 0xFF;
          s.carry = LazyFlags.shiftRightSignedCarry(s.carry, x, amount);
          value = LazyFlags.shiftRightSigned(x, amount);
        }
        case ROTATE_RIGHT -> {
          int amount = y & 0xFF;
          s.carry = LazyFlags.rotateRightCarry(s.carry, x, amount);
          value = LazyFlags.rotateRight(x, amount);
        }
        case ADD_FLAGS -> value = flags(s, ADDITION, x, y, x + y);
        case SUBTRACT -> value = flags(s, SUBTRACTION, x, y, x - y);
        case NEGATE -> value = flags(s, SUBTRACTION, 0, y, -y);
        case ADD_CARRY -> value = addCarry(s, x, y);
        case SUBTRACT_CARRY -> value = addCarry(s, x, ~y);
        case SIGN_EXTEND_HALFWORD -> {
          r[op.rd()] = (short) y;
          continue;
        }
        case SIGN_EXTEND_BYTE -> {
          r[op.rd()] = (byte) y;
          continue;
        }
        case ZERO_EXTEND_HALFWORD -> {
          r[op.rd()] = y & 0xFFFF;
          continue;
        }
        case ZERO_EXTEND_BYTE -> {
          r[op.rd()] = y & 0xFF;
          continue;
        }
        case REVERSE -> {
          r[op.rd()] = Integer.reverseBytes(y);
          continue;
        }
        case REVERSE_HALFWORDS -> {
          r[op.rd()] = Integer.rotateRight(Integer.reverseBytes(y), 16);
          continue;
        }
        case REVERSE_SIGNED -> {
          r[op.rd()] = Integer.reverseBytes(y) >> 16;
          continue;
        }
        case LOAD_WORD -> {
          int index = Integer.rotateRight(x + y - sramBase, 2);
          if (Integer.compareUnsigned(index, sram.length) < 0) {
            r[op.rd()] = sram[index];
            continue;
          }
          index = Integer.rotateRight(inFlash(x + y), 2);
          if (Integer.compareUnsigned(index, flash.length) < 0) {
            r[op.rd()] = flash[index];
            continue;
          }
          leave(block, i);
          return;
        }
        case LOAD_HALFWORD, LOAD_BYTE, LOAD_SIGNED_HALFWORD, LOAD_SIGNED_BYTE -> {
          if (!loadPart(op, x + y)) {
            leave(block, i);
            return;
          }
          continue;
        }
        case STORE_WORD -> {
          int index = Integer.rotateRight(x + y - sramBase, 2);
          if (Integer.compareUnsigned(index, sram.length) >= 0 || index == s.guard) {
            leave(block, i);
            return;
          }
          sram[index] = r[op.rd()];
          continue;
        }
        case STORE_HALFWORD, STORE_BYTE -> {
          if (!storePart(op, x + y)) {
            leave(block, i);
            return;
          }
          continue;
        }
        case LOAD_MULTIPLE -> {
          if (!loadMultiple(op, x)) {
            leave(block, i);
            return;
          }
          continue;
        }
        case STORE_MULTIPLE -> {
          if (!storeMultiple(op, x)) {
            leave(block, i);
            return;
          }
          continue;
        }
        case SET_PRIMASK, WRITE_PRIMASK -> {
          if (!s.quiet || !s.privileged) {
            leave(block, i);
            return;
          }
          s.primask = op.rn() < 0 ? y : x & 1;
          continue;
        }
        case READ_PRIMASK -> {
          if (!s.privileged) {
            leave(block, i);
            return;
          }
          r[op.rd()] = s.primask;
          continue;
        }
        case BRANCH -> {
          branch(block, op.immediate(), 0);
          return;
        }
        case BRANCH_CONDITIONAL -> {
          if (holds(s, Objects.requireNonNull(block.condition))) {
            branch(block, op.immediate(), block.takenExtra);
          } else {
            branch(block, block.end(), 0);
          }
          return;
        }
        case CALL -> {
          r[LR] = block.end() | 1;
          s.flow = FastState.CALL;
          branch(block, op.immediate(), 0);
          return;
        }
        case CALL_REGISTER -> {
          if ((x & 1) == 0 || isNoCode(x & ~1)) {
            leave(block, i);
            return;
          }
          r[LR] = op.immediate();
          s.flow = FastState.COMPUTED_CALL;
          branch(block, x & ~1, timing.refetch(x & ~1));
          return;
        }
        case EXCHANGE -> {
          if ((x & 1) == 0 || isNoCode(x & ~1)) {
            leave(block, i);
            return;
          }
          s.flow = FastState.COMPUTED_BRANCH;
          branch(block, x & ~1, timing.refetch(x & ~1));
          return;
        }
        case WRITE_PC -> {
          int target = x + y & ~1;
          if (isNoCode(target)) {
            leave(block, i);
            return;
          }
          s.flow = FastState.COMPUTED_BRANCH;
          branch(block, target, timing.refetch(target));
          return;
        }
        case POP_PC -> {
          int index = Integer.rotateRight(x - sramBase, 2) + Integer.bitCount(op.list());
          if (Integer.compareUnsigned(index, sram.length) >= 0) {
            leave(block, i);
            return;
          }
          int target = sram[index] & ~1;
          if ((sram[index] & 1) == 0 || isNoCode(target) || !loadMultiple(op, x)) {
            leave(block, i);
            return;
          }
          r[SP] += 4;
          s.flow = FastState.COMPUTED_BRANCH;
          branch(block, target, timing.refetch(target));
          return;
        }
        default -> throw new IllegalStateException("no such operation: " + op);
      }
      s.result = value;
      if (op.rd() >= 0) {
        r[op.rd()] = value;
      }
    }
    s.pc = block.end();
    s.left -= block.allCycles();
    s.instructions += ops.length;
  }

  private static void set(int[] r, int register, int value) {
    r[register] = register == SP ? value & ~3 : value;
  }

  private boolean isNoCode(int address) {
    return blocks.apply(address) == null;
  }

  private void leave(CodeBlock block, int at) {
    state.flow = FastState.LEFT;
    state.pc = block.addresses[at];
    state.left -= block.cycles[at];
    state.instructions += at;
  }

  private void branch(CodeBlock block, int target, int extra) {
    state.pc = target;
    state.left -= block.allCycles() + extra;
    state.instructions += block.count();
  }

  private static int flags(FastState s, int operation, int x, int y, int value) {
    s.operation = operation;
    s.first = x;
    s.second = y;
    s.carry = OF_OPERATION;
    return value;
  }

  private static int addCarry(FastState s, int x, int y) {
    int carry = LazyFlags.carry(s.carry, s.operation, s.first, s.second);
    long sum = (x & 0xFFFF_FFFFL) + (y & 0xFFFF_FFFFL) + carry;
    int value = (int) sum;
    s.carry = (int) (sum >>> 32);
    s.operation = KNOWN;
    s.first = (x ^ value) & (y ^ value);
    return value;
  }

  private static boolean holds(FastState s, Condition condition) {
    int result = s.result;
    return switch (condition) {
      case EQ -> result == 0;
      case NE -> result != 0;
      case MI -> result < 0;
      case PL -> result >= 0;
      case CS -> LazyFlags.cs(result, s.carry, s.operation, s.first, s.second);
      case CC -> LazyFlags.cc(result, s.carry, s.operation, s.first, s.second);
      case VS -> LazyFlags.vs(result, s.carry, s.operation, s.first, s.second);
      case VC -> LazyFlags.vc(result, s.carry, s.operation, s.first, s.second);
      case HI -> LazyFlags.hi(result, s.carry, s.operation, s.first, s.second);
      case LS -> LazyFlags.ls(result, s.carry, s.operation, s.first, s.second);
      case GE -> LazyFlags.ge(result, s.carry, s.operation, s.first, s.second);
      case LT -> LazyFlags.lt(result, s.carry, s.operation, s.first, s.second);
      case GT -> LazyFlags.gt(result, s.carry, s.operation, s.first, s.second);
      case LE -> LazyFlags.le(result, s.carry, s.operation, s.first, s.second);
    };
  }

  /** The offset of an address, if it is in flash. */
  private int inFlash(int address) {
    return address - flashMinuend & flashMask;
  }

  private boolean loadPart(Op op, int address) {
    boolean half = op.kind() == Op.Kind.LOAD_HALFWORD || op.kind() == Op.Kind.LOAD_SIGNED_HALFWORD;
    if (half && (address & 1) != 0) {
      return false;
    }
    int offset = address - sramBase;
    int[] words = sram;
    if (Integer.compareUnsigned(offset >>> 2, sram.length) >= 0) {
      offset = inFlash(address);
      words = flash;
      if (Integer.compareUnsigned(offset >>> 2, flash.length) >= 0) {
        return false;
      }
    }
    int value = words[offset >>> 2] >>> (8 * (offset & 3));
    state.r[op.rd()] =
        switch (op.kind()) {
          case LOAD_HALFWORD -> value & 0xFFFF;
          case LOAD_SIGNED_HALFWORD -> (short) value;
          case LOAD_SIGNED_BYTE -> (byte) value;
          default -> value & 0xFF;
        };
    return true;
  }

  private boolean storePart(Op op, int address) {
    boolean half = op.kind() == Op.Kind.STORE_HALFWORD;
    int offset = address - sramBase;
    int index = offset >>> 2;
    if ((half && (address & 1) != 0) || index >= sram.length || index == state.guard) {
      return false;
    }
    int shift = 8 * (offset & 3);
    int mask = (half ? 0xFFFF : 0xFF) << shift;
    sram[index] = (sram[index] & ~mask) | (state.r[op.rd()] << shift & mask);
    return true;
  }

  private boolean loadMultiple(Op op, int base) {
    int index = Integer.rotateRight(base - sramBase, 2);
    int count = Integer.bitCount(op.list());
    int[] words = sram;
    if (index < 0 || index > sram.length - count) {
      index = Integer.rotateRight(inFlash(base), 2);
      words = flash;
      if (index < 0 || index > flash.length - count) {
        return false;
      }
    }
    for (int rest = op.list(); rest != 0; rest &= rest - 1) {
      state.r[Integer.numberOfTrailingZeros(rest)] = words[index++];
    }
    if (op.rd() >= 0) {
      state.r[op.rd()] = base + 4 * count;
    }
    return true;
  }

  private boolean storeMultiple(Op op, int base) {
    int count = Integer.bitCount(op.list());
    int lowest = op.immediate() < 0 ? base - 4 * count : base;
    int index = Integer.rotateRight(lowest - sramBase, 2);
    int guard = state.guard - index;
    if (index < 0 || index > sram.length - count || (guard >= 0 && guard < count)) {
      return false;
    }
    for (int rest = op.list(); rest != 0; rest &= rest - 1) {
      sram[index++] = state.r[Integer.numberOfTrailingZeros(rest)];
    }
    state.r[op.rd()] = op.immediate() < 0 ? lowest : base + 4 * count;
    return true;
  }
}
