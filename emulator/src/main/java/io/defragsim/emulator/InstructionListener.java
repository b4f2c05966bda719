package io.defragsim.emulator;

import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.system.CoreState;
import java.util.List;

/** Hears of every instruction of a strict {@link Mcu}. */
public interface InstructionListener {

  /**
   * Before the first instruction of {@link Mcu#call}.
   *
   * @param function its address, without the Thumb bit
   * @param arguments the words given to it
   */
  void called(long function, List<Integer> arguments);

  /**
   * After an instruction.
   *
   * @param address where it stands
   * @param after the registers after it; only for this moment
   */
  void retired(long address, Instruction instruction, CoreState after);
}
