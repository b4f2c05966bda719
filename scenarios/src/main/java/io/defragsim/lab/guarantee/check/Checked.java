package io.defragsim.lab.guarantee.check;

import io.defragsim.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;

/**
 * What programs within a contract found on an image, beside what is certified for it. The same on
 * every machine.
 *
 * @param seed of what was chosen at random
 * @param calls of the image that were played
 * @param waits one for each driver
 * @param worst as scenarios: the longest wait of each kind, and the staircase in both pools. Their
 *     limits hold for the image that was checked, and are violated when it does otherwise
 */
public record Checked(
    long seed, long calls, StaircaseResult staircase, List<FoundWait> waits, List<Scenario> worst) {

  public Checked {
    waits = List.copyOf(waits);
    worst = List.copyOf(worst);
  }

  /** Everything that the image did and the certificate excludes, each a sentence. */
  public List<String> violations() {
    List<String> all = new ArrayList<>(staircase.violations());
    for (FoundWait wait : waits) {
      if (wait.violation() != null) {
        all.add(wait.driver() + ": " + wait.violation());
      }
    }
    return all;
  }

  public boolean holds() {
    return violations().isEmpty();
  }
}
