package io.defragsim.lab.guarantee.check;

import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.play.PlayedScenario;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Limit;
import io.defragsim.scenario.Scenario;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes scenarios of what was played. Steps in a row are one operation, which ends with the first
 * step that answers otherwise than 1; the last ones may be more than there were. So a run counts as
 * many steps only as long as the image answers as it did.
 */
record FoundPlay(Certificate certificate, ImageReference reference) {

  /** The last steps may be so many times as many, before a longer wait is no longer seen. */
  private static final int TIMES = 2;

  /**
   * One whose run has as many steps, and refuses as many requests.
   *
   * @param pool bytes without the table
   * @param refused requests that the image refuses
   */
  Scenario scenario(
      String name, String description, long pool, List<Operation> operations, long refused) {
    List<Operation> played = joined(operations);
    long steps = operations.stream().filter(o -> o.kind() == OperationKind.STEP).count();
    return new PlayedScenario(reference, certificate.part(), certificate.question().budget())
        .of(
            name,
            description,
            PromisedHeap.scenarioPool(certificate, pool),
            played,
            List.of(
                new Limit("pauses.count", steps, steps),
                new Limit("alloc.failed", refused, refused)));
  }

  private static List<Operation> joined(List<Operation> operations) {
    List<Operation> joined = new ArrayList<>();
    int steps = 0;
    int last = -1;
    for (Operation operation : operations) {
      if (operation.kind() == OperationKind.STEP) {
        steps++;
        continue;
      }
      if (steps > 0) {
        last = joined.size();
        joined.add(new Operation.Step(steps));
        steps = 0;
      }
      joined.add(operation);
    }
    if (steps > 0) {
      last = joined.size();
      joined.add(new Operation.Step(steps));
    }
    if (last >= 0) {
      joined.set(last, new Operation.Step((int) (TIMES * joined.get(last).amount()) + 1));
    }
    return joined;
  }
}
