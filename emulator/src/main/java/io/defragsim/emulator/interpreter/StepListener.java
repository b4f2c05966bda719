package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.system.CoreState;

/** Hears of what a whole program does: of each step, or of stretches of plain instructions. */
public interface StepListener extends Watcher {

  /**
   * The core was reset for the first time, and nothing has run.
   *
   * @param core its registers, to read
   */
  default void began(CoreState core) {}

  /**
   * After a step. A {@link StepResult.Breakpoint} whose number is a semihosting call has been
   * served, and the core stands behind it; a {@link StepResult.ResetRequested} has been obeyed.
   *
   * @param pc the address at which the core stood before the step
   * @param cycle the cycle at which the step began
   * @param after the registers after it
   */
  void stepped(int pc, long cycle, StepResult result, CoreState after);

  /** {@inheritDoc} All, unless it says otherwise. */
  @Override
  default boolean stopsAt(int address, Instruction instruction) {
    return true;
  }
}
