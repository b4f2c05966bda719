package io.defragsim.emulator.exec;

import io.defragsim.emulator.fast.FastCode;

/** How an {@link Execution} carries out instructions. What comes of it is the same. */
public enum Way {
  /** One after the other, by the interpreter that the others are held against. */
  STEPS(Execution.STEP_BY_STEP),
  /** In blocks, decoded once. */
  BLOCKS(FastCode.NEVER),
  /** In blocks, of which those that run often are translated. */
  TRANSLATED(FastCode.WORTH_TRANSLATING);

  private final int translateAfter;

  Way(int translateAfter) {
    this.translateAfter = translateAfter;
  }

  /** How often a block begins before it is translated, as an {@link Execution} takes it. */
  public int translateAfter() {
    return translateAfter;
  }
}
