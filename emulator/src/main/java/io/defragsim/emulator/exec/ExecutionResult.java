package io.defragsim.emulator.exec;

import io.defragsim.emulator.model.Fault;
import java.util.List;

/**
 * What an execution came to.
 *
 * @param instructions executed, semihosting calls included; one that an interrupt made start again
 *     counts once
 * @param cycles from reset to the end, asleep or not
 * @param asleep how many of the cycles the core slept
 * @param resets how many times the program reset the part
 * @param faults for which the program's HardFault handler was entered, the first {@value
 *     #MOST_FAULTS}
 * @param faultCount of all of those
 * @param returns how many handlers returned to what they interrupted, each counted at {@link
 *     io.defragsim.emulator.timing.CycleModel#exceptionReturn}, an estimate
 * @param tailChains how many followed one another, each counted at {@link
 *     io.defragsim.emulator.timing.CycleModel#tailChain}, an estimate
 * @param lateArrivals how many took the place of a less urgent one that was about to begin; when
 *     they can is an estimate
 * @param refused semihosting calls that were not served, each once, in words, the first few
 * @param refusedMore how many calls were not served beside those
 * @param sent bytes that the program sent on the serial line of its board
 * @param notes what else a reader must know, each one sentence without its full stop
 */
public record ExecutionResult(
    Ending ending,
    long instructions,
    long cycles,
    long asleep,
    long resets,
    List<TakenFault> faults,
    long faultCount,
    long returns,
    long tailChains,
    long lateArrivals,
    List<String> refused,
    long refusedMore,
    long sent,
    List<String> notes) {

  static final int MOST_FAULTS = 16;

  /** A program that resets the part more often than that does nothing else. */
  public static final int MOST_RESETS = 1000;

  public ExecutionResult {
    faults = List.copyOf(faults);
    refused = List.copyOf(refused);
    notes = List.copyOf(notes);
  }

  /** Whether all cycles are those of instructions and of plain entries, which Arm publishes. */
  public boolean isExact() {
    return returns == 0 && tailChains == 0 && lateArrivals == 0;
  }

  /**
   * A fault that the program's own handler took.
   *
   * @param cycle when
   */
  public record TakenFault(Fault fault, long cycle) {}
}
