package io.defragsim.lab.result;

import io.defragsim.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/**
 * The longest call of one function that a search found.
 *
 * @param cycles of the call, the last of the scenario; -1 if the image broke
 * @param scenario whose run has the call, or breaks the image
 * @param broken how the image broke; null if it did not
 */
public record WorstCase(
    ContractFunction function, long cycles, Scenario scenario, @Nullable RunEnding broken) {

  /** What the scenario of the worst case of a function is called: {@code found-alloc}, say. */
  public static String scenarioName(ContractFunction function) {
    return "found-" + function.key();
  }
}
