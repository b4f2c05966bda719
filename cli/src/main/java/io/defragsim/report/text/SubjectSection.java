package io.defragsim.report.text;

import io.defragsim.emulator.McuConfig;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What ran. */
public final class SubjectSection {

  /** Enough of a checksum to tell two builds apart. */
  private static final int CHECKSUM_DIGITS = 12;

  private SubjectSection() {}

  /** Prints all that is to be known of one run. */
  static void print(RunResult result, Page page) {
    title(result, page);
    page.blank();
    page.entry("image", image(result.subject().image()));
    surroundings(result, result.subject().notes(), page);
    long executed = result.executed();
    page.entry(
        "ran",
        (executed == result.workloadOperations()
                ? Numbers.count(executed, "operation")
                : Numbers.plain(executed)
                    + " of "
                    + Numbers.count(result.workloadOperations(), "operation"))
            + " (numbered from 0), "
            + Numbers.count(result.cycles(), "cycle")
            + " from reset ("
            + Numbers.time(result.cycles(), result.subject().mcu().clockHz())
            + ")"
            + (result.clockIsEstimate() ? ", estimated" : ""));
  }

  /** Prints what runs of one scenario share, then the image of each and what holds for it alone. */
  static void printShared(List<RunResult> results, Page page) {
    List<String> shared = new ArrayList<>(results.get(0).subject().notes());
    results.forEach(result -> shared.retainAll(result.subject().notes()));
    title(results.get(0), page);
    page.blank();
    surroundings(results.get(0), shared, page);
    page.blank();
    for (RunResult result : results) {
      page.entry("image", image(result.subject().image()));
      for (String note : result.subject().notes()) {
        if (!shared.contains(note)) {
          page.entry("", note);
        }
      }
    }
  }

  /** An image in a line, for example {@code defrag (1f3a9c27d04e): moves blocks in steps}. */
  public static String image(Subject.Image image) {
    return named(image.name(), image.sha256()) + ": " + features(image.features());
  }

  /** An image by its name and enough of its checksum, for example {@code defrag (1f3a9c27d04e)}. */
  static String named(String image, String sha256) {
    return image + " (" + sha256.substring(0, Math.min(CHECKSUM_DIGITS, sha256.length())) + ")";
  }

  private static String features(Subject.Features features) {
    String moves =
        features.movesInStep()
            ? features.movesInCalls()
                ? "moves blocks in steps and in calls"
                : "moves blocks in steps"
            : features.movesInCalls() ? "moves blocks inside calls" : "never moves a block";
    return moves
        + (features.enforcesLocks() ? ", enforces locks" : "")
        + (features.detectsStaleHandles() ? ", detects stale handles" : "");
  }

  private static void title(RunResult result, Page page) {
    Subject subject = result.subject();
    title(subject.scenario(), subject.version(), page);
    if (!subject.description().isBlank()) {
      page.paragraph(subject.description());
    }
  }

  /** What ran and by which version, at the two ends of a line. */
  static void title(String subject, String producer, Page page) {
    String name = Page.clean(subject);
    String version = "defrag-sim " + producer;
    int gap = page.width() - Cells.of(name) - Cells.of(version);
    if (gap < 2) {
      page.line(name, page.palette()::strong);
      page.line(page.palette().faint(version));
    } else {
      page.line(page.palette().strong(name) + " ".repeat(gap) + page.palette().faint(version));
    }
  }

  private static void surroundings(RunResult result, List<String> notes, Page page) {
    Subject subject = result.subject();
    page.entry("part", part(subject.mcu()));
    page.entry("pool", pool(subject.pool()));
    page.entry("defrag", subject.policy());
    page.entry("cycles", subject.cycleModel());
    for (String note : notes) {
      page.entry("note", note);
    }
  }

  /** A part in a line. */
  public static String part(McuConfig mcu) {
    return String.format(
        Locale.ROOT,
        "%s at %s, %s SRAM, %s flash, %s multiplier",
        mcu.name(),
        Numbers.clock(mcu.clockHz()),
        Numbers.size(mcu.sramBytes()),
        Numbers.size(mcu.flashBytes()),
        mcu.multiplierCycles() == 1 ? "1-cycle" : mcu.multiplierCycles() + "-cycle");
  }

  /** A pool in a line. */
  public static String pool(Subject.Pool pool) {
    return String.format(
        Locale.ROOT,
        "%s at %s, %s",
        Numbers.count(pool.bytes(), "byte"),
        Numbers.hex(pool.address()),
        Numbers.count(pool.handles(), "handle"));
  }
}
