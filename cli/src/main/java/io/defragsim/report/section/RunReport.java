package io.defragsim.report.section;

import io.defragsim.emulator.exec.Profile;
import io.defragsim.lab.result.Distribution;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Fragmentation.Sample;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.MemoryUse;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.Pauses;
import io.defragsim.lab.result.ProgramHeap;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Stalls;
import io.defragsim.lab.words.EventWords;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.model.Cell;
import io.defragsim.report.model.Chart;
import io.defragsim.report.model.Part;
import io.defragsim.report.model.Report;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Tone;
import io.defragsim.workload.OperationKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run, from what ran to the verdicts. */
public final class RunReport {
  private static final int FAILURES_SHOWN = 5;
  private static final int MOST_FAILURES = 25;

  private final RunResult result;
  private final List<RunResult> together;
  private final long clock;

  private RunReport(RunResult result, List<RunResult> together) {
    this.result = result;
    this.together = together;
    this.clock = result.subject().mcu().clockHz();
  }

  /**
   * A run, with its baseline if it has one.
   *
   * @param all whether figures that are equal to the baseline are listed as well
   */
  public static Report of(Entry entry, boolean all) {
    RunResult result = entry.result();
    return of(entry, Profile.NONE, all, List.of(result));
  }

  /**
   * A run among others of its scenario.
   *
   * @param profile where its cycles went
   * @param together all that are looked at side by side, whose tables have the same columns
   */
  public static Report of(RunResult result, Profile profile, List<RunResult> together) {
    return of(Entry.of(result), profile, false, together);
  }

  private static Report of(Entry entry, Profile profile, boolean all, List<RunResult> together) {
    RunResult result = entry.result();
    List<Section> verdicts = new ArrayList<>(EndingSection.of(result));
    verdicts.addAll(LimitsSection.of(result));
    verdicts.addAll(BaselineSection.of(entry, "Baseline", all));
    return new Report(
        SubjectSection.head(result.subject()),
        List.of(SubjectSection.of(result)),
        new RunReport(result, together).details(profile),
        verdicts,
        GateSummary.of(entry),
        "");
  }

  private List<Section> details(Profile profile) {
    List<Section> sections = new ArrayList<>();
    if (result.executed() > 0) {
      sections.add(operations());
      if (result.failures().count() > 0) {
        sections.add(refused());
      }
    }
    sections.addAll(ProgramHeapSections.of(result));
    if (result.executed() > 0) {
      Pauses.Pause longest = result.pauses().longest();
      if (longest != null) {
        sections.add(pauses(longest));
      }
      if (result.stalls().longest() != null || result.stalls().unserved() > 0) {
        sections.add(stalls());
      }
      sections.addAll(InterruptSection.of(result));
      if (result.heapAtEnd() != null || result.program() == null) {
        sections.add(fragmentation());
      }
    }
    if (result.heapAtEnd() != null) {
      sections.add(heap(result.heapAtEnd()));
    }
    if (result.memory() != null) {
      sections.add(memory(result.memory()));
    }
    if (!profile.functions().isEmpty()) {
      sections.add(ProfileSection.of(profile, result.clockIsEstimate()));
    }
    return sections;
  }

  private Section operations() {
    boolean skips = together.stream().anyMatch(RunReport::skips);
    Table table =
        skips
            ? new Table("<|count|failed|skipped|min|+median|mean|p99|max|max µs")
            : new Table("<|count|failed|min|+median|mean|p99|max|max µs");
    List<Chart.Histogram> histograms = new ArrayList<>();
    for (OperationStats stats : result.operations()) {
      if (stats.count() == 0) {
        continue; // calls that no operation asked for are pauses, or parts of a grow
      }
      Distribution cycles = stats.cycles();
      List<@Nullable Object> row = new ArrayList<>(List.of(stats.kind().key(), stats.count()));
      row.add(Cell.of(stats.failed(), Tone.ofFailures(stats.failed())));
      if (skips) {
        row.add(stats.skipped());
      }
      spread(row, cycles, Cell.of(Numbers.plain(cycles.max()), Tone.STRONG));
      table.row(row.toArray());
      histograms.add(new Chart.Histogram(stats.kind().key(), cycles, "call"));
    }
    List<Part> parts = new ArrayList<>(List.of(table));
    if (skips(result)) {
      parts.add(new Sentence("Skipped are operations on a block that was never served."));
    }
    parts.add(new Chart.Histograms(histograms));
    return new Section(
        "operations",
        "Operations",
        "cycles a call, and the longest in µs at " + Numbers.clock(clock),
        result.callsAreEstimates(),
        parts);
  }

  private static boolean skips(RunResult result) {
    return result.operations().stream().anyMatch(stats -> stats.skipped() > 0);
  }

  private Section refused() {
    var failures = result.failures();
    ProgramHeap program = result.program();
    boolean known = program == null || result.heapAtEnd() != null;
    String free = program == null ? "free" : known ? "in holes" : "";
    Table table = new Table("operation|<|<block|bytes|<error|" + free + "|<");
    for (Failure failure : failures.kept().stream().limit(MOST_FAILURES).toList()) {
      table.row(
          Cell.operation(failure.operation()),
          failure.kind().key(),
          failure.block(),
          failure.requestedBytes() == 0 ? "" : failure.requestedBytes(),
          failure.error().words(),
          known ? failure.freeBytes() : "",
          program != null && !known ? "" : EventWords.refusal(failure));
    }
    List<Part> parts = new ArrayList<>(List.of(table.firstOf(failures.count(), FAILURES_SHOWN)));
    if (program != null && known) {
      parts.add(
          new Sentence(
              "In holes are bytes that the heap had claimed; what it could still claim is not seen."));
    }
    return new Section("failures", "Refused", byError(), false, parts);
  }

  /** For example {@code 3 alloc fragmented, 1 alloc out of memory}. */
  private String byError() {
    List<String> parts = new ArrayList<>();
    for (OperationStats stats : result.operations()) {
      stats
          .failedBy()
          .forEach(
              (error, count) ->
                  parts.add(Numbers.plain(count) + " " + stats.kind().key() + " " + error.words()));
    }
    return String.join(", ", parts);
  }

  private Section pauses(Pauses.Pause longest) {
    Pauses pauses = result.pauses();
    String interrupts = result.interrupts().isEmpty() ? "" : "with what interrupts took in them";
    String remark = pauses.exact() ? interrupts : "upper bounds: whole calls that moved blocks";
    List<Part> parts = new ArrayList<>();
    Distribution cycles = pauses.cycles();
    List<@Nullable Object> row = statistics(cycles);
    row.add(pauses.bytesMoved());
    parts.add(
        new Table("count|total|+min|+median|mean|p99|max|max µs|bytes moved").row(row.toArray()));
    String when = Numbers.atOperation(longest.operation());
    parts.add(
        new Sentence("the longest: " + when + ", " + EventWords.pause(longest))
            .at(longest.operation()));
    parts.add(new Chart.Histograms(List.of(new Chart.Histogram("Pauses", cycles, "pause"))));
    return new Section("pauses", "Defrag pauses", remark, result.clockIsEstimate(), parts);
  }

  private Section stalls() {
    Stalls stalls = result.stalls();
    List<Part> parts = new ArrayList<>();
    Distribution cycles = stalls.cycles();
    Stalls.Stall longest = stalls.longest();
    if (longest != null) {
      List<@Nullable Object> row = statistics(cycles);
      row.add(stalls.steps().max());
      row.add(stalls.bytes().max());
      parts.add(
          new Table("count|total|+min|+median|mean|p99|max|max µs|most steps|most bytes")
              .row(row.toArray()));
      String when = Numbers.atOperation(longest.operation());
      parts.add(
          new Sentence("the longest: " + when + ", " + EventWords.stall(longest))
              .at(longest.operation()));
    }
    if (stalls.unserved() > 0) {
      parts.add(
          new Sentence(Numbers.count(stalls.unserved(), "request") + " never served", Tone.BAD));
    }
    if (longest != null) {
      parts.add(
          new Chart.Histograms(List.of(new Chart.Histogram("Stalls served", cycles, "stall"))));
    }
    return new Section(
        "stalls",
        "Stalls",
        "from a request refused as fragmented to the same one served",
        result.clockIsEstimate(),
        parts);
  }

  private Section fragmentation() {
    List<Part> parts = new ArrayList<>();
    Sample worst = result.fragmentation().worst();
    if (worst == null) {
      parts.add(
          new Sentence(
              result.program() == null
                  ? "Never measurable: no free handle, or nothing free."
                  : "Never measurable: nothing was free."));
    } else {
      parts.add(new Chart.Fragmentation(result));
      parts.add(
          new Sentence(
                  "worst "
                      + Numbers.percent(worst.ppm())
                      + " "
                      + Numbers.atOperation(worst.operation())
                      + ": "
                      + (result.program() == null
                          ? EventWords.free(worst)
                          : EventWords.holes(worst)))
              .at(worst.operation()));
      long catastrophic = result.fragmentation().catastrophic();
      if (catastrophic > 0) {
        parts.add(
            new Sentence(
                Numbers.count(catastrophic, "allocation")
                    + " failed although enough bytes were free",
                Tone.BAD));
      }
    }
    return new Section(
        "fragmentation",
        "Fragmentation",
        "the share of free bytes that one request cannot have, at worst",
        false,
        parts);
  }

  private Section heap(HeapImage end) {
    HeapImage worst = result.heapAtWorst();
    long address = result.subject().pool().address();
    List<Chart.Heap> heaps = new ArrayList<>();
    if (worst != null) {
      String when = "when fragmentation was worst, " + Numbers.atOperation(worst.operation());
      heaps.add(new Chart.Heap(when, worst, address));
    }
    String when = "at the end, " + Numbers.atOperation(end.operation());
    heaps.add(new Chart.Heap(when, end, address));
    return new Section("heap", "Heap", "", new Chart.Heaps(heaps, result.program() != null));
  }

  private Section memory(MemoryUse memory) {
    String flash = Numbers.plain(result.subject().mcu().flashBytes());
    return new Section(
        "memory",
        "Memory",
        "bytes",
        new Table("<||<")
            .row("flash", memory.flash(), "of " + flash + ", code and constants")
            .row("data", memory.data(), "the image's own")
            .row(
                "pool",
                memory.pool(),
                Numbers.plain(memory.table()) + " of them not free before the first allocation")
            .row("unused", memory.unused(), "")
            .row(
                "stack",
                memory.stackReserve(),
                Numbers.plain(memory.deepestStack()) + " of them used at the deepest")
            .row("SRAM", memory.sram(), "all from data to stack"));
  }

  /**
   * The moments that a page leads to: the longest pause, stall and call of each kind.
   *
   * @param result of a run in which something was called
   */
  public static Section worst(RunResult result) {
    long clock = result.subject().mcu().clockHz();
    Table table = new Table("<|cycles|µs|<when|<");
    Pauses.Pause pause = result.pauses().longest();
    if (pause != null) {
      worst(table, "pause", pause.cycles(), clock, pause.operation(), EventWords.pause(pause));
    }
    Stalls.Stall stall = result.stalls().longest();
    if (stall != null) {
      worst(table, "stall", stall.cycles(), clock, stall.operation(), EventWords.stall(stall));
    }
    for (OperationStats stats : result.operations()) {
      Long most = stats.cycles().max();
      Long at = stats.maxAt();
      if (most != null && at != null && stats.kind() != OperationKind.STEP) {
        worst(table, stats.kind().key(), most, clock, at, "");
      }
    }
    boolean byClock = pause != null || stall != null;
    boolean estimated = byClock ? result.clockIsEstimate() : result.callsAreEstimates();
    return new Section("worst", "Worst moments", "", estimated, List.of(table));
  }

  private static void worst(
      Table table, String what, long cycles, long clock, long operation, String remark) {
    Cell when = new Cell(Numbers.operation(operation), Tone.PLAIN, operation);
    table.row(what, cycles, Numbers.micros(cycles, clock), when, remark);
  }

  /** Count, total, least, median, mean, 99th percentile, most; and the most in µs. */
  private List<@Nullable Object> statistics(Distribution cycles) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(cycles.count());
    row.add(cycles.total());
    spread(row, cycles, cycles.max());
    return row;
  }

  private void spread(List<@Nullable Object> row, Distribution cycles, @Nullable Object max) {
    row.add(cycles.min());
    row.add(cycles.p50());
    row.add(cycles.mean());
    row.add(cycles.p99());
    row.add(max);
    row.add(Numbers.micros(cycles.max(), clock));
  }
}
