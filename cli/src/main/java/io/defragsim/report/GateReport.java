package io.defragsim.report;

import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one command ran and what it is judged by.
 *
 * @param entries in the order of the command's arguments
 * @param exitStatus of the command: the worst of all
 */
public record GateReport(List<Entry> entries, int exitStatus) {

  public GateReport {
    entries = List.copyOf(entries);
  }

  /** The runs alone, in order. */
  public List<RunResult> results() {
    return entries.stream().map(Entry::result).toList();
  }

  /** How many entries are at that level. */
  public long count(Level level) {
    return entries.stream().filter(entry -> entry.level() == level).count();
  }

  /**
   * One run.
   *
   * @param source the scenario as it stands on the command line
   * @param file the scenario's file; null for a shipped one that was asked for by its name
   * @param baseline what it was held against; null for nothing, and for a run that ended early
   */
  public record Entry(
      String source, @Nullable Path file, RunResult result, @Nullable BaselineCheck baseline) {

    /** What this run by itself means for the exit status: as its result, or that it got worse. */
    public int exitStatus() {
      return ExitStatus.orLimit(
          result.exitStatus(), baseline != null && !baseline.comparison().holds());
    }

    /** Whether it ran to its end. */
    public boolean completed() {
      return result.ending() instanceof RunEnding.Completed;
    }

    /** The limits that are violated or warned of. */
    public List<LimitVerdict> beyond() {
      return result.verdicts().stream().filter(v -> v.level() != Level.OK).toList();
    }

    /** The worst that there is to say of it. */
    public Level level() {
      if (exitStatus() != ExitStatus.OK.code()) {
        return Level.FAIL;
      }
      return beyond().isEmpty() ? Level.OK : Level.WARN;
    }
  }

  /**
   * A run held against its baseline.
   *
   * @param file where the baseline stands
   */
  public record BaselineCheck(Path file, Comparison comparison) {}
}
