package io.defragsim.emulator.timing;

import io.defragsim.emulator.isa.Armv6m;
import io.defragsim.emulator.isa.Decoded;
import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.isa.Instruction;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A straight-line block of code in flash, decoded and priced: entered at its start, left at its
 * end. To be computed once and kept for as long as the code does not change. Immutable.
 *
 * <p>If ARMv6-M refuses an encoding in the block, the block ends for this class there: the
 * instructions and cycles are those before it, and {@link #refused} says what it is.
 */
public final class BlockCost {
  private final long start;
  private final Instruction[] instructions;
  private final int[] offsets; // of instruction i in bytes; behind the last in [count]
  private final int cycles;
  private final int takenExtra;
  private final int oddTarget;
  private final @Nullable Decoded refused;

  private BlockCost(
      long start,
      Instruction[] instructions,
      int[] offsets,
      int cycles,
      int takenExtra,
      int oddTarget,
      @Nullable Decoded refused) {
    this.start = start;
    this.instructions = instructions;
    this.offsets = offsets;
    this.cycles = cycles;
    this.takenExtra = takenExtra;
    this.oddTarget = oddTarget;
    this.refused = refused;
  }

  /**
   * Prices the block at {@code start}.
   *
   * @param code the bytes of the block, all of them
   * @throws IllegalArgumentException if the code ends inside an instruction, or a branch stands
   *     before its end: then it is not one block
   */
  public static BlockCost of(CycleModel model, long start, byte[] code) {
    Instruction[] instructions = new Instruction[code.length / 2];
    int[] offsets = new int[code.length / 2 + 1];
    int count = 0;
    int offset = 0;
    int cycles = 0;
    Decoded refused = null;
    while (offset < code.length) {
      int first = halfword(code, offset);
      Decoded decoded =
          Armv6m.decode(first, Armv6m.is32Bit(first) ? halfword(code, offset + 2) : 0);
      if (!(decoded instanceof Instruction instruction)) {
        refused = decoded;
        break;
      }
      if (instruction.form().flow().isBranch() && offset + instruction.bytes() < code.length) {
        throw new IllegalArgumentException(
            "a branch before the end of a block: " + instruction.toString(start + offset));
      }
      offset += instruction.bytes();
      instructions[count] = instruction;
      cycles += model.cyclesInFlash(instruction, start + offsets[count], false);
      count++;
      offsets[count] = offset;
    }
    int takenExtra = 0;
    int oddTarget = 0;
    if (count > 0) {
      Instruction last = instructions[count - 1];
      long at = start + offsets[count - 1];
      takenExtra = model.cyclesInFlash(last, at, true) - model.cyclesInFlash(last, at, false);
      Flow flow = last.form().flow();
      oddTarget =
          flow == Flow.COMPUTED_BRANCH || flow == Flow.COMPUTED_CALL ? model.oddTarget() : 0;
    }
    return new BlockCost(
        start,
        Arrays.copyOf(instructions, count),
        Arrays.copyOf(offsets, count + 1),
        cycles,
        takenExtra,
        oddTarget,
        refused);
  }

  private static int halfword(byte[] code, int offset) {
    if (offset + 2 > code.length) {
      throw new IllegalArgumentException(
          "a block of " + code.length + " bytes ends inside an instruction");
    }
    return (code[offset] & 0xFF) | ((code[offset + 1] & 0xFF) << 8);
  }

  /** The address of the first instruction. */
  public long start() {
    return start;
  }

  /** The address behind the last instruction: where a conditional branch goes if not taken. */
  public long end() {
    return start + offsets[instructions.length];
  }

  /** The number of instructions, a refused one not counted. */
  public int count() {
    return instructions.length;
  }

  public Instruction instruction(int index) {
    return instructions[index];
  }

  /** The address of an instruction; with {@code index} = {@link #count}, that behind the last. */
  public long address(int index) {
    return start + offsets[index];
  }

  /** The cycles of the whole block, with the conditional branch at its end not taken. */
  public int cycles() {
    return cycles;
  }

  /** What the whole block costs more if the conditional branch at its end is taken, else 0. */
  public int takenExtra() {
    return takenExtra;
  }

  /**
   * What the whole block costs more if the computed branch at its end goes to an address with bit 1
   * set; 0 if it ends otherwise, since then {@link #cycles} and {@link #takenExtra} know where it
   * goes.
   */
  public int oddTarget() {
    return oddTarget;
  }

  /** Whether the block ends in a conditional branch, so that {@link #takenExtra} matters. */
  public boolean endsConditionally() {
    return last() != null && last().form().flow() == Flow.CONDITIONAL_BRANCH;
  }

  /**
   * Where the direct branch at the end goes, -1 if there is none. If the block {@link
   * #endsConditionally} and this is {@link #end}, only the flags tell whether it was taken.
   */
  public long target() {
    Instruction last = last();
    if (last == null) {
      return -1;
    }
    return switch (last.form().flow()) {
      case CONDITIONAL_BRANCH, BRANCH, CALL -> last.target(address(count() - 1));
      default -> -1;
    };
  }

  /** The last instruction, null if the block starts with a refused one (or is empty). */
  public @Nullable Instruction last() {
    return instructions.length == 0 ? null : instructions[instructions.length - 1];
  }

  /** What stands at {@link #end} and is no instruction of ARMv6-M, null if there is no such. */
  public @Nullable Decoded refused() {
    return refused;
  }
}
