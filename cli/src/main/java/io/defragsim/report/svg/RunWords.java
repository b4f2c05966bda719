package io.defragsim.report.svg;

import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.text.Numbers;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a picture says of a run besides. */
public final class RunWords {
  private RunWords() {}

  /** Whether all operations were carried out. */
  public static boolean completed(RunResult result) {
    return result.ending() instanceof RunEnding.Completed;
  }

  /** The greatest value of a figure that the scenario allows, null without such a limit. */
  public static @Nullable Long limit(RunResult result, String figure) {
    return result.limits().stream()
        .filter(limit -> limit.figure().name().equals(figure))
        .map(limit -> limit.fail().max())
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** What there is to see, for who cannot see it. */
  public static String description(RunResult result) {
    Long longest = result.pauses().cycles().max();
    return "The pool over "
        + Numbers.count(result.executed(), "operation")
        + ", address down: at most "
        + Numbers.count(result.peakLiveBytes(), "byte")
        + " in "
        + Numbers.count(result.peakLiveBlocks(), "block")
        + " were in use; "
        + Numbers.count(result.failures().count(), "operation")
        + " refused; "
        + Numbers.count(result.pauses().cycles().count(), "pause")
        + (longest == null ? "" : ", the longest " + Numbers.count(longest, "cycle"))
        + (result.subject().mcu().isEstimate() ? ", estimated" : "")
        + ".";
  }
}
