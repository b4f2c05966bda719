package io.defragsim.lab.image;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.exec.Profiler;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.model.Lookup;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/**
 * The functions of an image that a program calls, as methods: each gives its exact cycles, within
 * the budgets of the run. What an image lacks is not called.
 */
public final class TimedCalls {

  /**
   * The most cycles that all timed calls of a run may take together, with interrupts, and those in
   * waits. Waits themselves are not in it: they cost the host nothing.
   */
  static final long RUN_BUDGET = 20_000_000_000L;

  /**
   * Waits are carried out in pieces of so many periods of the most frequent interrupt, so that the
   * budgets are looked at.
   */
  private static final long WAIT_PIECE = 10_000;

  /**
   * What a timed call gave.
   *
   * @param value R0
   * @param cycles its own
   * @param elapsed the same and what interrupts took in it
   */
  public record Answer(int value, long cycles, long elapsed) {

    /** Whether the value is an error of the contract; other negative values stop the run before. */
    public boolean isError() {
      return value < 0;
    }

    /** The error; only for an answer that is one. */
    public ContractError error() {
      ContractError error = ContractError.of(value);
      if (error == null) {
        throw new IllegalStateException("no error: " + value);
      }
      return error;
    }
  }

  private final Mcu mcu;
  private final ImageContract contract;
  private final SramLayout layout;
  private final Scenario scenario;
  private @Nullable Profiler profiler;
  private long spent;
  private long handlers;

  TimedCalls(Mcu mcu, ImageContract contract, SramLayout layout, Scenario scenario) {
    this.mcu = mcu;
    this.contract = contract;
    this.layout = layout;
    this.scenario = scenario;
  }

  /**
   * Hands the pool over, and before it the glue's table.
   *
   * @return null, or the error with which the image refuses a pool of that size
   */
  public @Nullable ContractError init() {
    Answer answer =
        timed(
            ContractFunction.INIT,
            (int) layout.givenAddress(),
            layout.given(),
            scenario.pool().handles());
    if (answer.value() > 0) {
      throw badInit(answer.value());
    }
    return answer.isError() ? answer.error() : null;
  }

  /** What becomes of a run whose pool was not accepted. */
  public RunStopped badInit(Object answer) {
    return ContractRule.INIT.broken(
        ContractFunction.INIT,
        "(0x%08x, %d, %d) answered %s",
        layout.givenAddress(),
        layout.given(),
        scenario.pool().handles(),
        answer);
  }

  /**
   * Asks for the hole that the policy keeps ready; only after the pool was accepted.
   *
   * @return null, or the error with which the image refuses a hole of that size
   */
  public @Nullable ContractError keepReady() {
    int ready = scenario.defrag().readyBytes();
    if (ready == 0 || !contract.keepsReady()) {
      return null;
    }
    Answer answer = timed(ContractFunction.KEEP_READY, ready);
    if (answer.value() > 0) {
      throw badReady(answer.value());
    }
    return answer.isError() ? answer.error() : null;
  }

  /** What becomes of a run whose hole was not accepted. */
  public RunStopped badReady(Object answer) {
    return ContractRule.KEEP_READY.broken(
        ContractFunction.KEEP_READY, "(%d) answered %s", scenario.defrag().readyBytes(), answer);
  }

  public Answer alloc(long bytes) {
    return timed(ContractFunction.ALLOC, (int) bytes);
  }

  public Answer allocPinned(long bytes) {
    return timed(ContractFunction.ALLOC_PINNED, (int) bytes);
  }

  public Answer resize(int handle, long bytes) {
    return timed(ContractFunction.RESIZE, handle, (int) bytes);
  }

  public Answer free(int handle) {
    return timed(ContractFunction.FREE, handle);
  }

  public Answer lock(int handle) {
    return timed(ContractFunction.LOCK, handle);
  }

  public Answer unlock(int handle) {
    return timed(ContractFunction.UNLOCK, handle);
  }

  /** One piece of compaction. */
  public Answer step(int budgetBytes) {
    return timed(ContractFunction.STEP, budgetBytes);
  }

  /** Where a function starts that the image has. */
  public Location start(ContractFunction function) {
    return new Location(contract.address(function), function.symbol(), 0);
  }

  /** Lets the program sleep; the last handler in it may make that longer. */
  public void idle(long cycles) {
    long piece =
        scenario.interrupts().stream()
            .mapToLong(interrupt -> saturated(WAIT_PIECE, interrupt.every()))
            .min()
            .orElse(Long.MAX_VALUE);
    long end = mcu.cycles() + cycles;
    while (mcu.cycles() < end) {
      Outcome outcome = mcu.idle(Math.min(piece, end - mcu.cycles()));
      if (!(outcome instanceof Outcome.Slept slept)) {
        throw stopped(outcome, scenario.callBudget());
      }
      if (profiler != null) {
        profiler.slept(slept.cycles() - slept.interruptCycles());
      }
      spend(slept.interruptCycles(), "", new Location(0, null, 0));
    }
  }

  private static long saturated(long a, long b) {
    return b > Long.MAX_VALUE / a ? Long.MAX_VALUE : a * b;
  }

  /** Runs from reset until the image parks. */
  void reset() {
    long budget = callBudget();
    Outcome outcome = mcu.reset(budget);
    if (!(outcome instanceof Outcome.Parked parked) || parked.immediate() != 0) {
      throw stopped(outcome, budget);
    }
    spent += parked.cycles();
  }

  private Answer timed(ContractFunction function, int... arguments) {
    Answer answer = call(function, arguments);
    spend(answer.elapsed(), function.symbol(), start(function));
    if (answer.value() < 0 && ContractError.of(answer.value()) == null) {
      throw ContractRule.ERRORS.broken(function, " answered %d", answer.value());
    }
    if (answer.value() == ContractError.CORRUPTED.code()) {
      throw ContractRule.SOUND_HEAP
          .broken("the image found its heap corrupted: %s answered %d", function, answer.value())
          .in(function);
    }
    return answer;
  }

  private void spend(long cycles, String call, Location at) {
    spent += cycles;
    if (spent > RUN_BUDGET) {
      throw RunStopped.budget(RUN_BUDGET, at).within(call);
    }
    if (handlers > scenario.handlerBudget()) {
      throw RunStopped.handlers(scenario.handlerBudget(), at).within(call);
    }
  }

  /** A call that may answer anything and counts in no budget but its own. */
  Answer call(ContractFunction function, int... arguments) {
    long budget = callBudget();
    Outcome outcome = mcu.call(contract.address(function), budget, arguments);
    if (outcome instanceof Outcome.Returned returned) {
      return new Answer(returned.value(), returned.ownCycles(), returned.cycles());
    }
    throw stopped(outcome, budget).in(function);
  }

  /** What a call would answer that only looks; null where only a call can tell. */
  @Nullable Lookup lookUp(ContractFunction function, int argument) {
    return mcu.lookUp(contract.address(function), callBudget(), argument);
  }

  /** The most cycles that the next call may take: what is left of the run's bounds it, too. */
  private long callBudget() {
    return Math.min(scenario.callBudget(), RUN_BUDGET - spent + 1);
  }

  /** What all timed calls have taken together. */
  long spent() {
    return spent;
  }

  /** Nothing since then counts. */
  void spent(long then) {
    spent = then;
  }

  /** A handler of an interrupt has run. */
  void handled() {
    handlers++;
  }

  /** Whom to tell of waits. */
  void profile(Profiler to) {
    profiler = to;
  }

  private static RunStopped stopped(Outcome outcome, long budget) {
    if (outcome instanceof Outcome.Faulted faulted) {
      return RunStopped.fault(faulted.fault());
    }
    if (outcome instanceof Outcome.BudgetExhausted exhausted) {
      return RunStopped.budget(budget, exhausted.at());
    }
    if (outcome instanceof Outcome.Parked parked) {
      return ContractRule.PARKS.broken(
          "the image stopped on bkpt #%d, where it should not", parked.immediate());
    }
    return ContractRule.PARKS.broken("the image returned from reset");
  }
}
