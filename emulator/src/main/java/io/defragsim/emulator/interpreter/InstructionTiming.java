package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.timing.CycleModel;
import java.util.function.LongPredicate;

/**
 * What instructions take where they stand: the cycle model, with the wait states of flash for what
 * stands in flash or goes there.
 *
 * @param waits whether those of flash count for what stands at an address
 */
public record InstructionTiming(CycleModel model, LongPredicate waits) {

  /**
   * The cycles of an instruction, but for {@link #refetch}.
   *
   * @param branched whether it goes elsewhere than to the next
   */
  public int cycles(Instruction instruction, int address, boolean branched) {
    int cycles = model.cycles(instruction, branched);
    if (model.flash().waitStates() == 0) {
      return cycles;
    }
    long at = Integer.toUnsignedLong(address);
    return waits.test(at) ? cycles + model.flash().straight(instruction, at, cycles) : cycles;
  }

  /** What it takes, beyond the cycles without wait states, to go on at {@code target}. */
  public int refetch(int target) {
    if (model.flash().waitStates() == 0) {
      return 0;
    }
    long at = Integer.toUnsignedLong(target);
    return waits.test(at) ? model.flash().refetch(at) : 0;
  }
}
