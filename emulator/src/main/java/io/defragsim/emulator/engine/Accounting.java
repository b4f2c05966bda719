package io.defragsim.emulator.engine;

/** How an engine counts cycles. The first two give the same counts. */
public enum Accounting {
  /**
   * One event a block: fast, and blind to where in a block a run ended. Not for code in SRAM, and
   * not for blocks beyond some hundred instructions.
   */
  BLOCKS,
  /** One event an instruction: slow, and exact to the instruction. */
  INSTRUCTIONS,
  /**
   * No events at all, to measure what counting costs: all counts are 0, budgets are not watched,
   * and only what a Cortex-M3 refuses is refused.
   */
  NOTHING
}
