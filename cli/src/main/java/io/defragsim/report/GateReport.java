package io.defragsim.report;

import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.RunWords;
import io.defragsim.words.Printable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one command ran and what it is judged by.
 *
 * @param entries in the order of the command's arguments
 * @param exitStatus of the command: the worst of all
 * @param leftOut what could not run
 */
public record GateReport(List<Entry> entries, int exitStatus, List<LeftOut> leftOut) {

  public GateReport {
    entries = List.copyOf(entries);
    leftOut = List.copyOf(leftOut);
  }

  /** What ran of scenarios on images that each can run on. */
  public GateReport(List<Entry> entries, int exitStatus) {
    this(entries, exitStatus, List.of());
  }

  /** Runs that are judged by nothing but their limits. */
  public static GateReport of(List<RunResult> results, int exitStatus, List<LeftOut> leftOut) {
    return new GateReport(results.stream().map(Entry::of).toList(), exitStatus, leftOut);
  }

  /** The runs alone, in order. */
  public List<RunResult> results() {
    return entries.stream().map(Entry::result).toList();
  }

  /**
   * A name for each run, no two the same: where several runs are of one scenario and image, with
   * what stands on the command line, and if that is the same too, with a number.
   */
  public List<String> names() {
    List<String> subjects = results().stream().map(RunWords::subject).toList();
    List<String> names = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < subjects.size(); i++) {
      String name = subjects.get(i);
      if (Collections.frequency(subjects, name) > 1) {
        name += " (" + Printable.of(entries.get(i).source()) + ")";
      }
      String unique = name;
      for (int number = 2; !taken.add(unique); number++) {
        unique = name + " #" + number;
      }
      names.add(unique);
    }
    return names;
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

    /** A run by itself. */
    public static Entry of(RunResult result) {
      return new Entry("", null, result, null);
    }

    /** What this run by itself means for the exit status: as its result, or that it got worse. */
    public int exitStatus() {
      return ExitStatus.orLimit(
          result.exitStatus(), baseline != null && !baseline.comparison().holds());
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
