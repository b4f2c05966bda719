package io.defragsim.lab.image;

import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Location;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.words.Numbers;

/**
 * Ends a run from wherever it is. The one who knows the operation makes an {@link RunEnding} of it.
 */
public final class RunStopped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Completes an ending with what was going on. */
  @FunctionalInterface
  private interface Completion {
    RunEnding with(String during, long operation);
  }

  private final transient Completion completion;
  private String call = "";
  private boolean probe;

  private RunStopped(String message, Completion completion) {
    // no stack trace: this is no error of the program's
    super(message, null, false, false);
    this.completion = completion;
  }

  static RunStopped fault(Fault fault) {
    return new RunStopped(fault.detail(), (d, op) -> new RunEnding.Faulted(fault, d, op));
  }

  /** By {@link ContractRule#broken}. */
  static RunStopped violation(String what) {
    return new RunStopped(what, (d, op) -> new RunEnding.ContractViolated(what, d, op));
  }

  public static RunStopped budget(long budget, Location at) {
    return new RunStopped(
        "budget of " + Numbers.count(budget, "cycle") + " exhausted",
        (d, op) -> new RunEnding.BudgetExhausted(budget, at, d, op));
  }

  public static RunStopped steps(long budget, Location at) {
    return new RunStopped(
        "budget of " + Numbers.count(budget, "step") + " in a row exhausted",
        (d, op) ->
            new RunEnding.BudgetExhausted(budget, RunEnding.BudgetExhausted.Unit.STEPS, at, d, op));
  }

  static RunStopped handlers(long budget, Location at) {
    return new RunStopped(
        "budget of " + Numbers.count(budget, "interrupt handler") + " exhausted",
        (d, op) ->
            new RunEnding.BudgetExhausted(
                budget, RunEnding.BudgetExhausted.Unit.HANDLERS, at, d, op));
  }

  /** Says which call of the image it was. */
  public RunStopped in(ContractFunction function) {
    return within(function.symbol());
  }

  /** Says in words in which call of the image it was, or in which of many. */
  public RunStopped within(String calls) {
    call = calls;
    return this;
  }

  /**
   * Says that it was a request that the workload never made, which an image may come to grief on.
   */
  RunStopped ofProbe() {
    probe = true;
    return this;
  }

  public boolean isOfProbe() {
    return probe;
  }

  public boolean isViolation() {
    return completion.with("", RunEnding.BEFORE_FIRST) instanceof RunEnding.ContractViolated;
  }

  /**
   * The ending.
   *
   * @param during what the workload was doing; empty if there is nothing more to say than the call
   */
  public RunEnding ending(String during, long operation) {
    String what = call.isEmpty() || during.isEmpty() ? during + call : during + ", in " + call;
    return completion.with(what, operation);
  }

  /** For example {@code image_alloc(3000): stack overflow}. */
  public String summary() {
    return call.isEmpty() ? "" + getMessage() : call + ": " + getMessage();
  }
}
