package io.defragsim.emulator.bound;

import java.util.List;

/**
 * The longest stretch with interrupts masked in a function that is called with interrupts enabled.
 *
 * @param cycles from the beginning of the instruction that masks them to the end of the one that
 *     enables them again; 0 if the function never masks them
 * @param path the stretch
 */
public record MaskedBound(long cycles, List<FunctionBound.Step> path) {
  public MaskedBound {
    path = List.copyOf(path);
  }
}
