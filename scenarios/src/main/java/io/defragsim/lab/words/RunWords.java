package io.defragsim.lab.words;

import io.defragsim.emulator.McuConfig;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.lab.result.ProgramHeap;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Subject;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.words.Printable;
import java.util.List;
import java.util.Locale;

/** What ran, and what became of it, in words. */
public final class RunWords {

  /** Enough of a checksum to tell two builds apart. */
  private static final int CHECKSUM_DIGITS = 12;

  private RunWords() {}

  /**
   * What ran, for example {@code sensor-node on defrag}. It is a name by which runs are told apart,
   * so it says what the part makes an estimate, and not what happens in the run.
   */
  public static String subject(RunResult result) {
    Subject subject = result.subject();
    String on = result.program() == null ? " on " + subject.image().name() : "";
    return Printable.of(subject.scenario() + on) + Estimates.why(result.subject().mcu());
  }

  /**
   * What became of it, for example {@code 2 of 3 limits violated, 1 warning}; behind {@link
   * #subject}, which says of wait states that they make all an estimate.
   */
  public static String outcome(RunResult result) {
    EndingWords ending = EndingWords.of(result.ending());
    if (ending != null) {
      ProgramHeap heap = result.program();
      return ending.brief()
          + (heap == null || heap.findings().count() == 0 ? "" : ", " + findings(heap));
    }
    List<LimitVerdict> verdicts = result.verdicts();
    if (verdicts.isEmpty()) {
      return result.program() == null
          ? "completed; it sets no limits"
          : program(result, result.program());
    }
    long failed = verdicts.stream().filter(v -> v.level() == Level.FAIL).count();
    long warned = verdicts.stream().filter(v -> v.level() == Level.WARN).count();
    return Verdicts.outcome(failed, verdicts.size())
        + (warned == 0 ? "" : ", " + Numbers.count(warned, "warning"))
        + Estimates.last(
            !result.callsAreEstimates() && verdicts.stream().anyMatch(LimitVerdict::estimated));
  }

  /** For example {@code 38 operations, at most 1,452 bytes and 2 blocks, 2 leaks, no findings}. */
  private static String program(RunResult result, ProgramHeap heap) {
    long refused = result.failures().count();
    return Numbers.count(result.executed(), "operation")
        + (refused == 0 ? "" : ", " + Numbers.plain(refused) + " refused")
        + ", at most "
        + peak(result)
        + ", "
        + (heap.leakedBlocks() == 0 ? "no leaks" : Numbers.count(heap.leakedBlocks(), "leak"))
        + ", "
        + findings(heap);
  }

  private static String findings(ProgramHeap heap) {
    long findings = heap.findings().count();
    return findings == 0
        ? "no findings"
        : Numbers.count(findings, "finding") + " of what cannot be right";
  }

  /** How far it came, for example {@code 120 of 5,000 operations}. */
  public static String executed(RunResult result) {
    return (result.executed() == result.workloadOperations()
            ? ""
            : Numbers.plain(result.executed()) + " of ")
        + Numbers.count(result.workloadOperations(), "operation");
  }

  /** All cycles of a run, for example {@code 57,261 cycles from reset (1.19 ms)}. */
  public static String fromReset(long cycles, long clockHz) {
    return Numbers.count(cycles, "cycle") + " from reset (" + Numbers.time(cycles, clockHz) + ")";
  }

  /** An image in a line, for example {@code defrag (1f3a9c27d04e): moves blocks in steps}. */
  public static String image(Subject.Image image) {
    Subject.Features features = image.features();
    String named = image(image.name(), image.sha256());
    return features == null ? named : named + ": " + features(features);
  }

  /** What an image does, for example {@code moves blocks in steps, enforces locks}. */
  public static String features(Subject.Features features) {
    String moves =
        features.movesInStep()
            ? "moves blocks in steps" + (features.movesInCalls() ? " and in calls" : "")
            : features.movesInCalls() ? "moves blocks inside calls" : "never moves a block";
    return moves
        + (features.enforcesLocks() ? ", enforces locks" : "")
        + (features.detectsStaleHandles() ? ", detects stale handles" : "");
  }

  /** An image by its name and enough of its checksum, for example {@code defrag (1f3a9c27d04e)}. */
  public static String image(String name, String sha256) {
    return name + " (" + sha256.substring(0, Math.min(CHECKSUM_DIGITS, sha256.length())) + ")";
  }

  /** A part in a line. */
  public static String part(McuConfig mcu) {
    return String.format(
        Locale.ROOT,
        "%s at %s, %s SRAM, %s flash, %s",
        mcu.name(),
        Numbers.clock(mcu.clockHz()),
        Numbers.size(mcu.sramBytes()),
        Numbers.size(mcu.flashBytes()),
        multiplier(mcu));
  }

  /** For example {@code 1-cycle multiplier}. */
  public static String multiplier(McuConfig mcu) {
    return mcu.multiplierCycles() + "-cycle multiplier";
  }

  /** When compaction runs, for example {@code on failure, 64 bytes a step}. */
  public static String policy(DefragPolicy policy) {
    String when =
        switch (policy.when()) {
          case ON_FAILURE -> "on failure";
          case EVERY -> "every " + Numbers.count(policy.operations(), "operation");
          case IDLE -> "while idle";
          case NEVER -> "never";
        };
    String steps = when + ", " + Numbers.count(policy.budgetBytes(), "byte") + " a step";
    return policy.readyBytes() == 0
        ? steps
        : steps + ", a hole of " + Numbers.count(policy.readyBytes(), "byte") + " kept ready";
  }

  /** A pool in a line. */
  public static String pool(Subject.Pool pool) {
    Integer handles = pool.handles();
    return Numbers.count(pool.bytes(), "byte")
        + " at "
        + Numbers.hex(pool.address())
        + (handles == null ? "" : ", " + Numbers.count(handles, "handle"));
  }

  /** A run that is pictured, for who cannot see it. */
  public static String picture(RunResult result) {
    Long longest = result.pauses().cycles().max();
    return "The pool over "
        + Numbers.count(result.executed(), "operation")
        + ", address down: at most "
        + peak(result)
        + " were in use; "
        + Numbers.count(result.failures().count(), "operation")
        + " refused; "
        + Numbers.count(result.pauses().cycles().count(), "pause")
        + (longest == null
            ? ""
            : ", the longest "
                + Numbers.count(longest, "cycle")
                + Estimates.last(result.clockIsEstimate()))
        + ".";
  }

  /** The most that lived at once, for example {@code 1,602 bytes and 27 blocks}. */
  public static String peak(RunResult result) {
    return Numbers.count(result.peakLiveBytes(), "byte")
        + " and "
        + Numbers.count(result.peakLiveBlocks(), "block");
  }
}
