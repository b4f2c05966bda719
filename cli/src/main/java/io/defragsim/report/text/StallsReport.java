package io.defragsim.report.text;

import io.defragsim.emulator.McuConfig;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Stalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How long requests wait for compaction: scenarios on several images. */
public final class StallsReport {
  private static final long PPM = 1_000_000;

  private final List<List<RunResult>> scenarios = new ArrayList<>();
  private final Page page;

  private StallsReport(List<RunResult> results, int images, Page page) {
    this.page = page;
    for (int i = 0; i < results.size(); i += images) {
      scenarios.add(results.subList(i, i + images));
    }
  }

  /**
   * Prints the table.
   *
   * @param results scenario by scenario, each on the same images in the same order
   * @param images how many those are
   */
  public static void print(List<RunResult> results, int images, Page page) {
    StallsReport report = new StallsReport(results, images, page);
    report.table();
    report.ratios();
    report.without();
    for (RunResult result : results) {
      EndingSection.print(result, page);
    }
  }

  private void table() {
    page.line(
        page.palette().strong("Stalls")
            + ": "
            + page.palette().faint("from a request refused as fragmented to the same one served"));
    page.paragraph(
        "Steps, bytes and cycles: the most of one request. Mean: cycles. All bytes, all cycles: of"
            + " all stalls together. Bytes are the payload moved."
            + estimate());
    page.blank();
    Table table =
        new Table(
            "<scenario",
            "<image",
            "stalls",
            "steps",
            "bytes",
            "cycles",
            "mean",
            "all bytes",
            "all cycles",
            "<");
    for (List<RunResult> scenario : scenarios) {
      if (stalled(scenario)) {
        String name = scenario.get(0).subject().scenario();
        for (RunResult result : scenario) {
          row(table, name, result);
          name = "";
        }
      }
    }
    table.print(page);
  }

  private static void row(Table table, String name, RunResult result) {
    Stalls stalls = result.stalls();
    table.row(
        name,
        result.subject().image().name(),
        Numbers.plain(stalls.cycles().count()),
        Numbers.plain(stalls.steps().max()),
        Numbers.plain(stalls.bytes().max()),
        Numbers.plain(stalls.cycles().max()),
        Numbers.plain(stalls.cycles().mean()),
        Numbers.plain(stalls.bytes().total()),
        Numbers.plain(stalls.cycles().total()),
        mark(result));
  }

  /** What stands behind a row whose cycles are an estimate. */
  private static String mark(RunResult result) {
    return result.clockIsEstimate() ? "estimated" : "";
  }

  private String estimate() {
    String waits =
        scenarios.stream()
            .map(scenario -> scenario.get(0).subject().mcu())
            .filter(McuConfig::isEstimate)
            .findFirst()
            .map(mcu -> " Cycles marked so: " + mcu.estimate() + ".")
            .orElse("");
    boolean chained =
        scenarios.stream()
            .flatMap(List::stream)
            .anyMatch(result -> result.clockIsEstimate() && !result.subject().mcu().isEstimate());
    return chained
        ? waits
            + " Cycles marked so have handlers of interrupts in them that began right behind another,"
            + " which takes an estimated number of cycles."
        : waits;
  }

  /** The first image against each of the others. */
  private void ratios() {
    List<List<RunResult>> stalled = scenarios.stream().filter(StallsReport::stalled).toList();
    if (stalled.isEmpty() || stalled.get(0).size() < 2) {
      return;
    }
    List<RunResult> images = stalled.get(0);
    for (int other = 1; other < images.size(); other++) {
      page.heading(
          "Of "
              + images.get(0).subject().image().name()
              + ", over those of "
              + images.get(other).subject().image().name());
      Table table = new Table("<", "worst bytes", "worst cycles", "all bytes", "all cycles", "<");
      for (List<RunResult> scenario : stalled) {
        Stalls first = scenario.get(0).stalls();
        Stalls second = scenario.get(other).stalls();
        table.row(
            scenario.get(0).subject().scenario(),
            ratio(first.bytes().max(), second.bytes().max()),
            ratio(first.cycles().max(), second.cycles().max()),
            ratio(first.bytes().total(), second.bytes().total()),
            ratio(first.cycles().total(), second.cycles().total()),
            mark(scenario.get(0)));
      }
      table.print(page);
    }
  }

  private static String ratio(@Nullable Long of, @Nullable Long over) {
    return of == null || over == null || over == 0
        ? Numbers.NONE
        : Numbers.percent(Math.floorDiv(2 * PPM * of + over, 2 * over));
  }

  /** What the table leaves out. */
  private void without() {
    List<String> names =
        scenarios.stream()
            .filter(scenario -> !stalled(scenario))
            .map(scenario -> scenario.get(0).subject().scenario())
            .toList();
    if (!names.isEmpty()) {
      page.blank();
      page.paragraph("No request was served by waiting: " + String.join(", ", names) + ".");
    }
    for (List<RunResult> scenario : scenarios) {
      for (RunResult result : scenario) {
        long unserved = result.stalls().unserved();
        if (unserved > 0) {
          page.paragraph(
              String.format(
                  Locale.ROOT,
                  "%s on %s: %s never served",
                  result.subject().scenario(),
                  result.subject().image().name(),
                  Numbers.count(unserved, "request")),
              page.palette()::bad);
        }
      }
    }
  }

  private static boolean stalled(List<RunResult> scenario) {
    return scenario.stream().anyMatch(result -> result.stalls().cycles().count() > 0);
  }
}
