package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.model.Fault;
import org.jspecify.annotations.Nullable;

/** What one step of the {@link Interpreter} did. */
public sealed interface StepResult {

  /** Cycles that passed in this step. */
  long cycles();

  /** An instruction was executed. */
  record Retired(Instruction instruction, long cycles) implements StepResult {}

  /**
   * An instruction was given up for an exception that became due in the middle of it. It starts
   * again from its beginning when the handler has returned.
   *
   * @param cycles those spent on it
   */
  record Abandoned(Instruction instruction, long cycles) implements StepResult {}

  /**
   * The core stands before the first instruction of a handler.
   *
   * @param exception the number of the exception
   * @param tailChained whether the handler before it had just returned, so that nothing was stacked
   * @param late whether it took the place of a less urgent exception whose handler was about to
   *     begin, and which stays pending
   * @param cause the fault that HardFault is taken for, in this step or, if an NMI was even more
   *     urgent, behind it; null if there is none
   */
  record Entered(
      int exception, boolean tailChained, boolean late, long cycles, @Nullable Fault cause)
      implements StepResult {

    /** Whether its cycles are an estimate: Arm publishes those of a plain entry alone. */
    public boolean isEstimate() {
      return tailChained || late;
    }
  }

  /**
   * A handler returned, and the registers are unstacked.
   *
   * @param exception the number of the exception that was handled
   */
  record Returned(int exception, long cycles) implements StepResult {}

  /**
   * A handler of the host's ran: up to its end, or until a more urgent exception became due.
   *
   * @param exception the number of the exception that is handled
   */
  record Handled(int exception, long cycles) implements StepResult {}

  /** The core slept until the next request of the timer or from outside. */
  record Slept(long cycles) implements StepResult {}

  /** The core sleeps, and neither the timer nor a scheduled request will ever change anything. */
  record Asleep() implements StepResult {
    @Override
    public long cycles() {
      return 0;
    }
  }

  /**
   * The core stands on a BKPT, which it does not pass.
   *
   * @param immediate the number in the BKPT
   */
  record Breakpoint(int immediate) implements StepResult {
    @Override
    public long cycles() {
      return 0;
    }
  }

  /**
   * A fault that no handler takes. The state is that before this step, and the same step repeats.
   */
  record Faulted(Fault fault) implements StepResult {
    @Override
    public long cycles() {
      return 0;
    }
  }

  /**
   * A fault while HardFault or NMI was handled, or on the way into one of them: the core is locked
   * up until it is reset (B1.5.15).
   *
   * @param fault the fault that was one too many
   */
  record LockedUp(Fault fault) implements StepResult {
    @Override
    public long cycles() {
      return 0;
    }
  }

  /** The program has asked for a reset (AIRCR.SYSRESETREQ); {@link Interpreter#reset} does it. */
  record ResetRequested() implements StepResult {
    @Override
    public long cycles() {
      return 0;
    }
  }
}
