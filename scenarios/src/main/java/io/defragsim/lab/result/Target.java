package io.defragsim.lab.result;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the worst case of a function of the image contract is to be: the one place that says so.
 * Each is for every heap, at zero wait states.
 *
 * @param function the symbol
 * @param kind the operation whose calls are those of the function; null if no workload has one
 * @param must the most cycles that are allowed; null without a target
 * @param stretch the cycles that are aimed at; null without a target
 */
public record Target(
    String function,
    @Nullable OperationKind kind,
    @Nullable Cycles must,
    @Nullable Cycles stretch) {

  /**
   * Cycles that may grow with a budget.
   *
   * @param perFourBytes cycles for each four bytes of the budget
   */
  public record Cycles(long fixed, long perFourBytes) {

    /** The cycles for a budget, rounded down. */
    public long at(long budgetBytes) {
      return fixed + perFourBytes * budgetBytes / 4;
    }
  }

  /** The function whose argument is a budget. */
  public static final String STEP = "image_step";

  /** The timed functions of the contract, those included that an image need not have. */
  public static final List<Target> ALL =
      List.of(
          of("image_alloc", OperationKind.ALLOC, 400, 300),
          of("image_free", OperationKind.FREE, 400, 300),
          of("image_lock", OperationKind.LOCK, 45, 30),
          of("image_unlock", OperationKind.UNLOCK, 55, 40),
          new Target(STEP, OperationKind.STEP, new Cycles(500, 4), new Cycles(350, 3)),
          new Target("image_alloc_pinned", null, null, null),
          new Target("image_resize", null, null, null));

  /** Interrupts masked, anywhere in any of them. */
  public static final Cycles MASKED_MUST = new Cycles(40, 0);

  public static final Cycles MASKED_STRETCH = new Cycles(20, 0);

  private static Target of(String function, OperationKind kind, long must, long stretch) {
    return new Target(function, kind, new Cycles(must, 0), new Cycles(stretch, 0));
  }

  /** Whether the function's argument is a budget in bytes. */
  public boolean isStep() {
    return function.equals(STEP);
  }
}
