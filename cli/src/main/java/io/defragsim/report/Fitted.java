package io.defragsim.report;

import io.defragsim.lab.fit.FitResult;
import io.defragsim.lab.result.ExitStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The smallest pools of one scenario, for reports.
 *
 * @param producer the version of defrag-sim
 * @param results one an image, the scenario's own first; at least that
 * @param beyond how many bytes above the first pool of a row all had to serve
 * @param atMostPpm the most that the smallest pool of the scenario's own image may be of the
 *     layout's floor, in parts per million; null for no limit
 * @param leftOut what could not run
 */
public record Fitted(
    String producer,
    List<FitResult> results,
    int beyond,
    @Nullable Long atMostPpm,
    List<LeftOut> leftOut) {
  public Fitted {
    results = List.copyOf(results);
    leftOut = List.copyOf(leftOut);
  }

  /** Whether the limit is violated; also where no pool served at all. */
  public boolean over() {
    return atMostPpm != null && !results.get(0).within(atMostPpm);
  }

  /** The exit status: that of the scenario's own image, or that of a violated limit. */
  public int exitStatus() {
    return ExitStatus.orLimit(results.get(0).exitStatus(), over());
  }
}
