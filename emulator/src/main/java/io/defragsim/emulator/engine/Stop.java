package io.defragsim.emulator.engine;

import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Registers;
import org.jspecify.annotations.Nullable;

/** How one run of an {@link Engine} ended. Cycles count from the start of that run. */
public sealed interface Stop {

  /** Cycles of the instructions completed. */
  long cycles();

  /**
   * The called function came back with R4 to R11, SP, PRIMASK and CONTROL as they were.
   *
   * @param value R0
   */
  record Returned(int value, long cycles) implements Stop {}

  /**
   * The program ran into a BKPT; nothing of it is counted.
   *
   * @param pc the address of the BKPT
   * @param sp what SP is there
   * @param immediate the number in the BKPT
   */
  record Breakpoint(long pc, long sp, int immediate, long cycles) implements Stop {}

  /**
   * The budget is used up.
   *
   * @param pc the next instruction
   */
  record OutOfBudget(long pc, long cycles) implements Stop {}

  /**
   * The run ended in the middle of a block, or in a way that only interpreting can name. The same
   * run on a fresh engine with the same memory and {@code cycles} for its budget, handed over to an
   * {@link InterpreterEngine}, gives the exact end.
   *
   * @param cycles a lower bound: what was counted up to the block before the last one; the exact
   *     end is a few instructions behind it
   */
  record Inexact(long cycles) implements Stop {}

  /**
   * What this program does can only be interpreted: do the same run on an {@link
   * InterpreterEngine}.
   *
   * @param why as the end of a sentence
   */
  record NeedsInterpreter(String why) implements Stop {
    @Override
    public long cycles() {
      return 0;
    }
  }

  /**
   * A fault, exact to the instruction. Only an {@link InterpreterEngine} gives it.
   *
   * @param pc the instruction that did it
   * @param detail one sentence for people
   * @param accessAddress the data or fetch address at fault
   * @param before the registers before that instruction
   */
  record Faulted(
      Fault.Kind kind,
      long pc,
      String detail,
      @Nullable Long accessAddress,
      Registers before,
      long cycles)
      implements Stop {}
}
