package io.defragsim.emulator.timing;

import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.isa.Instruction;

/**
 * What wait states of flash add to the cycles of code that runs from it, with the prefetch buffer
 * on: an estimate, and the one place that makes it. It depends on an instruction, its address and
 * where it goes alone, so that the cycles of a block remain a sum.
 *
 * <p>A read of flash gives a word, two halfwords of code, and takes 1 + W cycles, W being the wait
 * states. The prefetch buffer reads the next word while the core works on this one.
 *
 * <table>
 *   <caption>Cycles in addition, for W wait states</caption>
 *   <tr><th>what</th><th>cycles</th><th>why</th></tr>
 *   <tr><td>straight code</td><td>0 for W = 1</td><td>two instructions take at least two cycles,
 *       in which the buffer has read the next word. For more wait states a word is shared out to
 *       its halfwords, of its 1 + W cycles the odd one to the first; an instruction that takes less
 *       than the share of its halfwords waits for the rest</td></tr>
 *   <tr><td>a branch that is taken, a call, a return</td><td>W</td><td>what was fetched ahead is
 *       of no use: the target is read anew. A call and its return are two of them</td></tr>
 *   <tr><td>the same to an address with bit 1 set</td><td>W + W</td><td>of the word that was read
 *       one halfword alone is of use, so that the next word is waited for too</td></tr>
 *   <tr><td>ISB</td><td>as a branch</td><td>the instruction behind it is fetched anew</td></tr>
 *   <tr><td>LDR of a literal</td><td>W</td><td>its data is read from flash too; it stands in the
 *       same memory as the code</td></tr>
 *   <tr><td>entry of an exception, tail-chain</td><td>W, and as a branch</td><td>the vector, and
 *       the handler's first instruction</td></tr>
 *   <tr><td>return from an exception</td><td>as a branch</td><td>the instruction to go on with;
 *       nothing for the BX or POP itself</td></tr>
 * </table>
 *
 * <p>What goes to code in SRAM, and what runs there, waits for nothing. Other loads than those of
 * literals count as if from SRAM: where a register points is not known of a block, so that a
 * program that reads tables in flash takes longer. The model was held against measurements of an
 * STM32F0 with one wait state (about 1 cycle more a taken branch, 1 to 3 a call, and one more where
 * a target's address has bit 1 set); for more wait states it is that model carried on.
 *
 * @param waitStates 0 to {@value #MOST}; 0 adds nothing, and then counts are exact
 */
public record FlashWaits(int waitStates) {

  /** What three bits of an access control register can say. */
  public static final int MOST = 7;

  /** Flash that keeps up with the core. */
  public static final FlashWaits NONE = new FlashWaits(0);

  public FlashWaits {
    if (waitStates < 0 || waitStates > MOST) {
      throw new IllegalArgumentException("wait states are 0 to " + MOST + ": " + waitStates);
    }
  }

  /**
   * What it adds to whatever goes on at an instruction in flash other than by running into it.
   *
   * @param target the address of that instruction; without bit 1 it is the least
   */
  public int refetch(long target) {
    return (target & 2) == 0 ? waitStates : 2 * waitStates;
  }

  /** What the read of a vector adds, which the handler's first instruction comes on top of. */
  public int vector() {
    return waitStates;
  }

  /**
   * What it adds to an instruction in flash, apart from {@link #refetch(long)} if that is a branch.
   *
   * @param address of the instruction
   * @param cycles what the instruction takes without wait states
   */
  public int straight(Instruction instruction, long address, int cycles) {
    if (waitStates == 0 || instruction.form().flow() == Flow.EXCEPTION) {
      return 0; // the entry of the exception has it all
    }
    int extra = Math.max(0, share(address, instruction.bytes()) - cycles);
    return switch (instruction.form()) {
      case LDR_LITERAL -> extra + waitStates;
      case ISB -> extra + refetch(address + instruction.bytes());
      default -> extra;
    };
  }

  /** The cycles of flash reads that fall to the halfwords of an instruction. */
  private int share(long address, int bytes) {
    int word = 1 + waitStates;
    if (bytes == 4) {
      return word;
    }
    return (address & 2) == 0 ? (word + 1) / 2 : word / 2;
  }
}
