package io.defragsim.lab.words;

import io.defragsim.emulator.McuConfig;
import io.defragsim.lab.result.RunResult;
import java.util.ArrayList;
import java.util.List;

/**
 * How cycles that are an estimate say so, wherever they appear. Whether they are is for the result
 * to say: {@link RunResult#isEstimate}. Of exact ones all of these are empty.
 */
public final class Estimates {
  private Estimates() {}

  /** What stands behind one number: {@code (estimated)}. */
  public static String mark(boolean estimated) {
    return estimated ? " (estimated)" : "";
  }

  /** What stands behind a title, and last in a list: {@code , estimated}. */
  public static String last(boolean estimated) {
    return estimated ? ", estimated" : "";
  }

  /** In what all cycles on that part are, for example {@code (estimate: 1 wait state, ...)}. */
  public static String why(McuConfig mcu) {
    return bracketed(mcu.estimate());
  }

  /** The same of the cycles from reset of a run. */
  public static String why(RunResult result) {
    return bracketed(
        byTheClockAlone(result) ? ofEntries(result) : result.subject().mcu().estimate());
  }

  /** What cycles of a run were counted by, and in what those from reset are an estimate. */
  public static String cycleModel(RunResult result) {
    return result.subject().cycleModel()
        + (byTheClockAlone(result) ? "; " + ofEntries(result) : "");
  }

  private static String ofEntries(RunResult result) {
    List<String> estimated = new ArrayList<>();
    if (result.interrupts().stream().anyMatch(interrupt -> interrupt.chained() > 0)) {
      estimated.add("tail-chains");
    }
    if (result.interrupts().stream().anyMatch(interrupt -> interrupt.late() > 0)) {
      estimated.add("late arrivals");
    }
    return "estimate: " + String.join(", ", estimated);
  }

  private static boolean byTheClockAlone(RunResult result) {
    return result.clockIsEstimate() && !result.callsAreEstimates();
  }

  private static String bracketed(String why) {
    return why.isEmpty() ? "" : " (" + why + ")";
  }
}
