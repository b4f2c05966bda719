package io.defragsim.emulator;

/** How a run of the core ended. Every variant carries the exact cycles that the run took. */
public sealed interface Outcome {

  /** Cycles from the first instruction of the run to its end. */
  long cycles();

  /** The called function came back. {@code value} is R0. */
  record Returned(int value, long cycles) implements Outcome {}

  /** The program stopped on {@code bkpt #immediate}; the BKPT itself costs nothing. */
  record Parked(int immediate, long cycles) implements Outcome {}

  /** The core faulted. {@code cycles} covers the instructions completed before the faulting one. */
  record Faulted(Fault fault, long cycles) implements Outcome {}

  /** The budget ran out; the core stands before the instruction at {@code at}. */
  record BudgetExhausted(Location at, long cycles) implements Outcome {}
}
