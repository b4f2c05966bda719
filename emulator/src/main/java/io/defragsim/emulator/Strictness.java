package io.defragsim.emulator;

/** How much of what a program does is held against the part. Speed is the price. */
public enum Strictness {
  /**
   * All but the alignment of data accesses: one that a Cortex-M0 faults on is performed. Fast where
   * there is a library that translates code.
   */
  NORMAL,
  /** Every access of every instruction. */
  STRICT
}
