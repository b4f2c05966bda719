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
 * step that answers otherwise than 1. Those that end a wait may be more than there were. So a run
 * has as many steps only as long as the image answers as it did.
 */
record FoundPlay(Certificate certificate, ImageReference reference) {

  /** The last steps may be so many times as many, before a longer wait is no longer seen. */
  private static final int TIMES = 2;

  /** One whose run has as many steps, and refuses as many requests and locks. */
  Scenario scenario(String name, String description, PlayedCalls played) {
    long steps = played.operations().stream().filter(FoundPlay::isStep).count();
    return new PlayedScenario(reference, certificate.part(), certificate.question().budget())
        .of(
            name,
            description,
            PromisedHeap.scenarioPool(certificate, played.pool()),
            joined(played.operations()),
            List.of(
                exactly("pauses.count", steps),
                exactly("alloc.failed", played.requests()),
                exactly("lock.failed", played.locks())));
  }

  private static Limit exactly(String figure, long value) {
    return new Limit(figure, value, value);
  }

  private static boolean isStep(Operation operation) {
    return operation.kind() == OperationKind.STEP;
  }

  private static List<Operation> joined(List<Operation> operations) {
    List<Operation> joined = new ArrayList<>();
    int steps = 0;
    for (int i = 0; i < operations.size(); i++) {
      Operation operation = operations.get(i);
      if (!isStep(operation)) {
        joined.add(operation);
        continue;
      }
      steps++;
      if (i + 1 == operations.size() || !isStep(operations.get(i + 1))) {
        joined.add(new Operation.Step(endsAWait(operations, i) ? TIMES * steps + 1 : steps));
        steps = 0;
      }
    }
    return joined;
  }

  /** Whether the last step of all is there, and nothing comes after it but the request again. */
  private static boolean endsAWait(List<Operation> operations, int step) {
    return operations.stream()
        .skip(step + 1L)
        .allMatch(operation -> operation.kind() == OperationKind.ALLOC);
  }
}
