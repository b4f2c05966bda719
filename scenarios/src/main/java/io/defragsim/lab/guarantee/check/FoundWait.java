package io.defragsim.lab.guarantee.check;

import org.jspecify.annotations.Nullable;

/**
 * The longest wait that one driver has found, beside the certified one.
 *
 * @param driver its name
 * @param what it does, in a sentence
 * @param steps found, 0 if it found none
 * @param certifiedSteps that it must not exceed
 * @param cycles of the longest wait in cycles, which need not be the one of the most steps
 * @param certifiedCycles that they must not exceed
 * @param violation the first thing that the image did and the certificate excludes; null if it
 *     holds
 */
public record FoundWait(
    Kind kind,
    String driver,
    String what,
    long steps,
    long certifiedSteps,
    long cycles,
    long certifiedCycles,
    @Nullable String violation) {

  /** What waits, and for what. */
  public enum Kind {
    /** A request, while the program only steps, from the refusal until it is granted. */
    ALONE,
    /** A request from any state, with other calls between two steps, from the refusal. */
    WITH_CALLS,
    /** A lock that is answered with "moving", in a row. */
    MOVING
  }

  public boolean holds() {
    return violation == null;
  }

  /** Found steps over certified ones, in parts of a million. */
  public long ppm() {
    return certifiedSteps == 0 ? 0 : 1_000_000 * steps / certifiedSteps;
  }
}
