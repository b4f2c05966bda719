package io.defragsim.report.section;

import io.defragsim.emulator.McuConfig;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Stalls;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.LeftOut;
import io.defragsim.report.model.Facts;
import io.defragsim.report.model.Report;
import io.defragsim.report.model.Report.Head;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Tone;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How long requests wait for compaction: scenarios on several images. */
public final class StallsReport {
  private static final long PPM = 1_000_000;

  private final List<List<RunResult>> scenarios;

  /** Those on which any request was served by waiting, in order. */
  private final List<String> images;

  private StallsReport(List<List<RunResult>> scenarios) {
    this.scenarios = scenarios;
    this.images =
        scenarios.stream()
            .flatMap(List::stream)
            .filter(StallsReport::stalled)
            .map(StallsReport::image)
            .distinct()
            .toList();
  }

  /**
   * The stalls of all.
   *
   * @param scenarios each on images in the same order; some may be missing
   * @param leftOut what could not run
   */
  public static Report of(List<List<RunResult>> scenarios, List<LeftOut> leftOut) {
    List<RunResult> results = scenarios.stream().flatMap(List::stream).toList();
    StallsReport report = new StallsReport(scenarios);
    List<Section> sections = new ArrayList<>(List.of(report.table()));
    report.ratios(sections);
    report.without(sections);
    if (!leftOut.isEmpty()) {
      Facts facts = new Facts();
      leftOut.forEach(
          out -> facts.add("left out", out.scenario() + " on " + out.image() + ": " + out.why()));
      sections.add(new Section("left-out", "", "", facts));
    }
    return new Report(
        new Head(
            "Stalls",
            "from a request refused as fragmented to the same one served",
            "",
            "Steps, bytes and cycles: the most of one request. Mean: cycles. All bytes, all cycles:"
                + " of all stalls together. Bytes are the payload moved."
                + report.estimate()),
        List.of(),
        sections,
        results.stream().flatMap(result -> EndingSection.of(result).stream()).toList(),
        List.of(),
        "");
  }

  private Section table() {
    Table table =
        new Table("<scenario|<image|stalls|steps|bytes|cycles|mean|all bytes|all cycles|<");
    for (List<RunResult> scenario : scenarios) {
      if (stalled(scenario)) {
        String name = scenario.get(0).subject().scenario();
        for (RunResult result : scenario) {
          if (images.contains(image(result))) {
            row(table, name, result);
            name = "";
          }
        }
      }
    }
    return new Section("stalls", "", "", table);
  }

  private static void row(Table table, String name, RunResult result) {
    Stalls stalls = result.stalls();
    table.row(
        name,
        result.subject().image().name(),
        stalls.cycles().count(),
        stalls.steps().max(),
        stalls.bytes().max(),
        stalls.cycles().max(),
        stalls.cycles().mean(),
        stalls.bytes().total(),
        stalls.cycles().total(),
        mark(result));
  }

  /** What stands behind a row whose cycles are an estimate. */
  private static String mark(RunResult... results) {
    return Stream.of(results).anyMatch(RunResult::clockIsEstimate) ? "estimated" : "";
  }

  private String estimate() {
    String waits =
        scenarios.stream()
            .flatMap(List::stream)
            .map(result -> result.subject().mcu())
            .filter(McuConfig::isEstimate)
            .findFirst()
            .map(mcu -> " Cycles marked so: " + mcu.estimate() + ".")
            .orElse("");
    boolean chained =
        scenarios.stream()
            .flatMap(List::stream)
            .anyMatch(result -> result.clockIsEstimate() && !result.callsAreEstimates());
    return chained
        ? waits
            + " Cycles marked so have handlers of interrupts in them that began right behind another,"
            + " which takes an estimated number of cycles."
        : waits;
  }

  /** The first image against each of the others. */
  private void ratios(List<Section> sections) {
    for (String other : images.subList(Math.min(1, images.size()), images.size())) {
      Table table = new Table("<|worst bytes|worst cycles|all bytes|all cycles|<");
      for (List<RunResult> scenario : scenarios) {
        RunResult one = on(scenario, images.get(0));
        RunResult over = on(scenario, other);
        if (stalled(scenario) && one != null && over != null) {
          Stalls first = one.stalls();
          Stalls second = over.stalls();
          table.row(
              one.subject().scenario(),
              ratio(first.bytes().max(), second.bytes().max()),
              ratio(first.cycles().max(), second.cycles().max()),
              ratio(first.bytes().total(), second.bytes().total()),
              ratio(first.cycles().total(), second.cycles().total()),
              mark(one, over));
        }
      }
      String title = "Of " + images.get(0) + ", over those of " + other;
      sections.add(new Section("ratios", title, "", table));
    }
  }

  private static @Nullable RunResult on(List<RunResult> scenario, String image) {
    return scenario.stream().filter(r -> image(r).equals(image)).findFirst().orElse(null);
  }

  private static String image(RunResult result) {
    return result.subject().image().name();
  }

  private static String ratio(@Nullable Long of, @Nullable Long over) {
    return of == null || over == null || over == 0
        ? Numbers.NONE
        : Numbers.percent(Math.floorDiv(2 * PPM * of + over, 2 * over));
  }

  /** What the tables leave out. */
  private void without(List<Section> sections) {
    List<String> idle =
        scenarios.stream()
            .flatMap(List::stream)
            .map(StallsReport::image)
            .distinct()
            .filter(image -> !images.contains(image))
            .toList();
    if (!idle.isEmpty() && !images.isEmpty()) {
      String none = "No request waited on " + String.join(", ", idle) + ".";
      sections.add(new Section("idle", "", "", new Sentence(none)));
    }
    List<String> names =
        scenarios.stream()
            .filter(scenario -> !scenario.isEmpty() && !stalled(scenario))
            .map(scenario -> scenario.get(0).subject().scenario())
            .toList();
    if (!names.isEmpty()) {
      String none = "No request was served by waiting: " + String.join(", ", names) + ".";
      sections.add(new Section("without", "", "", new Sentence(none)));
    }
    List<Sentence> unserved =
        scenarios.stream()
            .flatMap(List::stream)
            .filter(result -> result.stalls().unserved() > 0)
            .map(StallsReport::unserved)
            .toList();
    int last = sections.size() - 1;
    sections.set(last, sections.get(last).with(unserved));
  }

  private static Sentence unserved(RunResult result) {
    return new Sentence(
        result.subject().scenario()
            + " on "
            + result.subject().image().name()
            + ": "
            + Numbers.count(result.stalls().unserved(), "request")
            + " never served",
        Tone.BAD);
  }

  private static boolean stalled(List<RunResult> scenario) {
    return scenario.stream().anyMatch(StallsReport::stalled);
  }

  private static boolean stalled(RunResult result) {
    return result.stalls().cycles().count() > 0;
  }
}
