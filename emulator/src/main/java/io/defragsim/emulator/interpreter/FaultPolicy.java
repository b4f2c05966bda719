package io.defragsim.emulator.interpreter;

/** What becomes of a fault. */
public enum FaultPolicy {
  /**
   * The run ends there: the step gives {@link StepResult.Faulted}, with the state before the
   * instruction that caused it. Of a branch to where nothing can be executed that is the branch.
   */
  REPORT,
  /**
   * The core takes HardFault, as the part does, or locks up. Of a branch to where nothing can be
   * executed the fault is at the target. What the architecture calls unpredictable is reported all
   * the same.
   */
  TAKE,
  /**
   * As {@link #TAKE} where the table of vectors, wherever it is then, has a handler for HardFault:
   * an odd address of code. Else as {@link #REPORT}.
   */
  TAKE_IF_HANDLED
}
