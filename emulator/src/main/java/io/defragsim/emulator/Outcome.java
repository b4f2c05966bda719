package io.defragsim.emulator;

import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Location;

/**
 * How a run of the core ended. Every variant carries the exact cycles that the run took, interrupts
 * included.
 */
public sealed interface Outcome {

  /** Cycles from the first instruction of the run to its end. */
  long cycles();

  /**
   * The called function came back.
   *
   * @param value R0
   * @param interruptCycles those of {@code cycles} that are not the function's own: entries into
   *     interrupts, their handlers, returns, and what had been spent on instructions that were
   *     given up for them and started again
   */
  record Returned(int value, long cycles, long interruptCycles) implements Outcome {

    /** The cycles that the function would have taken had nothing interrupted it. */
    public long ownCycles() {
      return cycles - interruptCycles;
    }
  }

  /**
   * The core slept for the time asked for, and until a handler that had begun in it was over.
   *
   * @param interruptCycles those of {@code cycles} that went to interrupts
   */
  record Slept(long cycles, long interruptCycles) implements Outcome {}

  /** The program stopped on {@code bkpt #immediate}; the BKPT itself costs nothing. */
  record Parked(int immediate, long cycles) implements Outcome {}

  /** The core faulted. {@code cycles} covers the instructions completed before the faulting one. */
  record Faulted(Fault fault, long cycles) implements Outcome {}

  /** The budget ran out; the core stands before the instruction at {@code at}. */
  record BudgetExhausted(Location at, long cycles) implements Outcome {}
}
