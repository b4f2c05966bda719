package io.defragsim.lab.result;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the worst case of a function of the image contract is to be: the one place that says so.
 * Each is for every heap, at zero wait states.
 *
 * @param function one that is timed
 * @param must the most cycles that are allowed; null without a target
 * @param stretch the cycles that are aimed at; null without a target
 */
public record Target(ContractFunction function, @Nullable Cycles must, @Nullable Cycles stretch) {

  /**
   * Cycles that may grow with a number of bytes.
   *
   * @param perFourBytes cycles for each four bytes
   */
  public record Cycles(long fixed, long perFourBytes) {

    /** The cycles for so many bytes, rounded down. */
    public long at(long bytes) {
      return fixed + perFourBytes * bytes / 4;
    }
  }

  /** The timed functions of the contract, those included that an image need not have. */
  public static final List<Target> ALL =
      List.of(
          of(ContractFunction.ALLOC, 400, 300),
          of(ContractFunction.FREE, 400, 300),
          of(ContractFunction.LOCK, 45, 30),
          of(ContractFunction.UNLOCK, 55, 40),
          new Target(ContractFunction.STEP, new Cycles(500, 4), new Cycles(350, 3)),
          of(ContractFunction.ALLOC_PINNED, 400, 300),
          // No more than an alloc, a step that moves the block, and a free.
          new Target(ContractFunction.RESIZE, new Cycles(1300, 4), new Cycles(950, 3)));

  /** Interrupts masked, anywhere in any of them. */
  public static final Cycles MASKED_MUST = new Cycles(40, 0);

  public static final Cycles MASKED_STRETCH = new Cycles(20, 0);

  private static Target of(ContractFunction function, long must, long stretch) {
    return new Target(function, new Cycles(must, 0), new Cycles(stretch, 0));
  }

  public String symbol() {
    return function.symbol();
  }

  /**
   * Whether the function's last argument is a number of bytes that its worst case grows with: the
   * budget of a step, the new size of a resize.
   */
  public boolean isByBytes() {
    return function == ContractFunction.STEP || function == ContractFunction.RESIZE;
  }
}
