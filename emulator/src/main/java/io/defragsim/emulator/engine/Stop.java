package io.defragsim.emulator.engine;

import io.defragsim.emulator.Fault;
import io.defragsim.emulator.Registers;
import org.jspecify.annotations.Nullable;

/** How one run of an {@link Engine} ended. Cycles count from the start of that run. */
public sealed interface Stop {

  /** Cycles of the instructions completed. */
  long cycles();

  /**
   * The called function came back with SP and R4 to R11 as they were.
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
   * @param pc the next instruction, the first of a block
   */
  record OutOfBudget(long pc, long cycles) implements Stop {}

  /**
   * The run ended in the middle of a block, or in a way that only counting by the instruction can
   * name. The same run on a fresh engine with the same memory, with {@code cycles} for its budget
   * and {@link Engine#continueByInstructions} behind it, gives the exact end; so does {@link
   * Accounting#INSTRUCTIONS} from the start.
   *
   * @param cycles a lower bound: what was counted up to the block before the last one; the exact
   *     end is a few instructions behind it
   */
  record Inexact(long cycles) implements Stop {}

  /**
   * This image can only be counted by the instruction: do the same run with {@link
   * Accounting#INSTRUCTIONS}, and all after it.
   *
   * @param why as the end of a sentence
   */
  record NeedsInstructions(String why) implements Stop {
    @Override
    public long cycles() {
      return 0;
    }
  }

  /**
   * A fault, exact to the instruction. Only {@link Accounting#INSTRUCTIONS} gives it.
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
