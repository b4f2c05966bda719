package io.defragsim.emulator.exec;

import io.defragsim.emulator.Fault;
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
 * @param refused semihosting calls that were not served, each once, in words
 */
public record ExecutionResult(
    Ending ending,
    long instructions,
    long cycles,
    long asleep,
    long resets,
    List<TakenFault> faults,
    long faultCount,
    List<String> refused) {

  static final int MOST_FAULTS = 16;

  public ExecutionResult {
    faults = List.copyOf(faults);
    refused = List.copyOf(refused);
  }

  /**
   * A fault that the program's own handler took.
   *
   * @param cycle when
   */
  public record TakenFault(Fault fault, long cycle) {}
}
