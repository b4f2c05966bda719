package io.defragsim.report;

import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.check.Checked;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.lab.result.RunResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is certain of an image within a contract, for reports.
 *
 * @param producer the version of defrag-sim
 * @param title of the scenario; empty without one
 * @param from where the contract is from
 * @param certificate what is proved
 * @param poolIsGate whether the pool has to be large enough
 * @param longestWait the most cycles that the longest wait may take; null for no limit
 * @param pinnedWhileLocked requests for pinned blocks, of the scenario, for which nothing is proved
 * @param notes what else there is to know of the contract and the scenario
 * @param steps whether the scenario's program steps until a refused request is served
 * @param run of the scenario; null without one
 * @param checked what was played on the image against the certificate; null for nothing
 */
public record Guaranteed(
    String producer,
    String title,
    String from,
    Certificate certificate,
    boolean poolIsGate,
    @Nullable Long longestWait,
    long pinnedWhileLocked,
    List<String> notes,
    boolean steps,
    @Nullable RunResult run,
    @Nullable Checked checked) {

  /** Whether the pool is too small, and has to be large enough. */
  public boolean tooSmall() {
    return poolIsGate && !certificate.holds();
  }

  /** Whether a request may wait longer than it is allowed to. */
  public boolean tooLong() {
    return longestWait != null && certificate.longest().cycles() > longestWait;
  }

  /** The exit status: that of an image that breaks its promise, of the run, or of a gate. */
  public int exitStatus() {
    if (checked != null && !checked.holds()) {
      return ExitStatus.FIRMWARE.code();
    }
    return ExitStatus.orLimit(
        run == null ? ExitStatus.OK.code() : ExitStatus.withoutLimits(run.exitStatus()),
        tooSmall() || tooLong());
  }
}
