package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.system.Memory;
import io.defragsim.emulator.timing.CycleModel;

/**
 * What instructions take where they stand: the cycle model, with the wait states of flash for what
 * stands in flash or goes there.
 */
public record InstructionTiming(CycleModel model, Memory memory) {

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
    return memory.waits(at) ? cycles + model.flash().straight(instruction, at, cycles) : cycles;
  }

  /** What it takes, beyond the cycles without wait states, to go on at {@code target}. */
  public int refetch(int target) {
    if (model.flash().waitStates() == 0) {
      return 0;
    }
    long at = Integer.toUnsignedLong(target);
    return memory.waits(at) ? model.flash().refetch(at) : 0;
  }
}
