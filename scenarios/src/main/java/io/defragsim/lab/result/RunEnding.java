package io.defragsim.lab.result;

import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Location;
import org.jspecify.annotations.Nullable;

/** How a run ended. Whatever the ending, the figures up to it stand. */
public sealed interface RunEnding {

  /**
   * The operation index of an ending before the first operation: in reset or {@code image_init}.
   */
  long BEFORE_FIRST = -1;

  /** The call or phase that ended it, for example {@code image_alloc(24)}; empty if none did. */
  default String during() {
    return "";
  }

  /** During which operation that was. */
  default long operation() {
    return BEFORE_FIRST;
  }

  /** What it means for the exit status, limits apart. */
  ExitStatus exitStatus();

  /** All operations were carried out. */
  record Completed() implements RunEnding {
    @Override
    public ExitStatus exitStatus() {
      return ExitStatus.OK;
    }
  }

  /**
   * The firmware faulted.
   *
   * @param during the call or phase, for example {@code image_alloc(24)} or {@code reset}
   */
  record Faulted(Fault fault, String during, long operation) implements RunEnding {
    @Override
    public ExitStatus exitStatus() {
      return ExitStatus.FIRMWARE;
    }
  }

  /**
   * The image broke its contract: a wrong result, a corrupted block, a missing answer.
   *
   * @param what one sentence for people, block and addresses included
   */
  record ContractViolated(String what, String during, long operation) implements RunEnding {
    @Override
    public ExitStatus exitStatus() {
      return ExitStatus.FIRMWARE;
    }
  }

  /**
   * A call, or the run, took more than its budget; an image that never parks too.
   *
   * @param budget in {@code unit}
   * @param unit what ran out
   * @param at where the core stood
   */
  record BudgetExhausted(long budget, Unit unit, Location at, String during, long operation)
      implements RunEnding {

    /** What a budget is of. */
    public enum Unit {
      CYCLES("cycle"),
      /** Handlers of interrupts, over the run. */
      HANDLERS("interrupt handler"),
      /** Steps in a row, of one stall or of one stretch without work. */
      STEPS("compaction step");

      private final String one;

      Unit(String one) {
        this.one = one;
      }

      /** One of it, for example {@code cycle}. */
      public String one() {
        return one;
      }
    }

    /** Of a budget in cycles. */
    public BudgetExhausted(long budget, Location at, String during, long operation) {
      this(budget, Unit.CYCLES, at, during, operation);
    }

    @Override
    public ExitStatus exitStatus() {
      return ExitStatus.BUDGET;
    }

    /** How to raise it, for people; empty where the scenario or the program sets it. */
    public String remedy() {
      return unit == Unit.HANDLERS
          ? "--handlers N, or \"handlerBudget\" in the scenario, allows more"
          : "";
    }
  }

  /**
   * A program ended otherwise than by itself: it polls for ever, say, or did not do what a script
   * expects.
   *
   * @param what in a line, for people
   * @param at where the core stood; null where that says nothing
   */
  record Stopped(String what, @Nullable Location at, ExitStatus exitStatus, long operation)
      implements RunEnding {}
}
