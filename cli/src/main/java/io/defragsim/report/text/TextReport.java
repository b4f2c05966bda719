package io.defragsim.report.text;

import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Fragmentation.Sample;
import io.defragsim.lab.result.HeapMap;
import io.defragsim.lab.result.MemoryUse;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.Pauses;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Stalls;
import io.defragsim.report.GateReport.BaselineCheck;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.text.Table.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One run, from what ran to the verdicts. */
public final class TextReport {

  private static final int FAILURES_SHOWN = 5;

  private final RunResult result;
  private final Page page;

  private TextReport(RunResult result, Page page) {
    this.result = result;
    this.page = page;
  }

  /** Prints the report of {@code result}. */
  public static void print(RunResult result, Page page) {
    print(new Entry("", null, result, null), false, page);
  }

  /**
   * Prints the report of a run, with its baseline if it has one.
   *
   * @param all whether figures that are equal to the baseline are printed as well
   */
  public static void print(Entry entry, boolean all, Page page) {
    RunResult result = entry.result();
    TextReport report = new TextReport(result, page);
    SubjectSection.print(result, page);
    if (result.executed() > 0) {
      report.operations();
      report.failures();
      report.pauses();
      report.stalls();
      InterruptSection.print(result, page);
      report.fragmentation();
    }
    report.heap();
    report.memory();
    EndingSection.print(result, page);
    LimitsSection.print(result, page);
    BaselineCheck baseline = entry.baseline();
    if (baseline != null) {
      BaselineSection.print(baseline, all, result.subject().mcu().isEstimate(), page);
    }
    page.blank();
    Summary.print(entry, page);
  }

  private void operations() {
    page.heading(
        "Operations",
        estimated(),
        "cycles a call, and the longest in µs at " + Numbers.clock(clock()));
    boolean skips = result.operations().stream().anyMatch(stats -> stats.skipped() > 0);
    Table table =
        skips
            ? new Table("<", "count", "failed", "skipped", "min", "mean", "p99", "max", "max µs")
            : new Table("<", "count", "failed", "min", "mean", "p99", "max", "max µs");
    for (OperationStats stats : result.operations()) {
      if (stats.count() == 0) {
        continue; // calls that no operation asked for are pauses, or parts of a grow
      }
      var cycles = stats.cycles();
      List<Cell> cells = new ArrayList<>();
      cells.add(Cell.of(stats.kind().key()));
      cells.add(Cell.of(Numbers.plain(stats.count())));
      cells.add(
          stats.failed() > 0
              ? new Cell(Numbers.plain(stats.failed()), page.palette()::bad)
              : Cell.of("0"));
      if (skips) {
        cells.add(Cell.of(Numbers.plain(stats.skipped())));
      }
      cells.add(Cell.of(Numbers.plain(cycles.min())));
      cells.add(Cell.of(Numbers.plain(cycles.mean())));
      cells.add(Cell.of(Numbers.plain(cycles.p99())));
      cells.add(new Cell(Numbers.plain(cycles.max()), page.palette()::strong));
      cells.add(Cell.of(Numbers.micros(cycles.max(), clock())));
      table.row(cells.toArray(Cell[]::new));
    }
    table.print(page);
    if (skips) {
      page.paragraph("Skipped are operations on a block that was never served.");
    }
  }

  private void failures() {
    var failures = result.failures();
    if (failures.count() == 0) {
      return;
    }
    page.heading("Refused", byError());
    Table table = new Table("operation", "<", "<block", "bytes", "<error", "free", "<");
    for (Failure failure : failures.kept().stream().limit(FAILURES_SHOWN).toList()) {
      table.row(
          Numbers.plain(failure.operation()),
          failure.kind().key(),
          Page.clean(failure.block()),
          failure.requestedBytes() == 0 ? "" : Numbers.plain(failure.requestedBytes()),
          failure.error().words(),
          Numbers.plain(failure.freeBytes()),
          remark(failure));
    }
    table.print(page);
    long more = failures.count() - Math.min(FAILURES_SHOWN, failures.kept().size());
    if (more > 0) {
      page.paragraph("... and " + Numbers.plain(more) + " more");
    }
  }

  private static String remark(Failure failure) {
    String blocker = failure.blocker();
    if (blocker != null) {
      return "in the way: " + Page.clean(blocker);
    }
    return failure.catastrophic() ? "enough free, but in pieces" : "";
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

  private void pauses() {
    Pauses pauses = result.pauses();
    String interrupts = result.interrupts().isEmpty() ? "" : "with what interrupts took in them";
    page.heading(
        "Defrag pauses",
        result.clockIsEstimate(),
        pauses.exact() ? interrupts : "upper bounds: whole calls that moved blocks");
    var cycles = pauses.cycles();
    Pauses.Pause longest = pauses.longest();
    if (longest == null) {
      page.paragraph("None.");
      return;
    }
    Table table = new Table("count", "total", "mean", "p99", "max", "max µs", "bytes moved");
    table.row(
        Numbers.plain(cycles.count()),
        Numbers.plain(cycles.total()),
        Numbers.plain(cycles.mean()),
        Numbers.plain(cycles.p99()),
        Numbers.plain(cycles.max()),
        Numbers.micros(cycles.max(), clock()),
        Numbers.plain(pauses.bytesMoved()));
    table.print(page);
    page.paragraph(
        String.format(
            Locale.ROOT,
            "the longest: at operation %s, %s: %s%s",
            Numbers.plain(longest.operation()),
            longest.cause().words(),
            longest.blocksMoved() == 0
                ? "no block arrived"
                : String.format(
                    Locale.ROOT,
                    "moved %s (%s)",
                    Numbers.count(longest.blocksMoved(), "block"),
                    Numbers.count(longest.bytesMoved(), "byte")),
            answer(longest)));
  }

  private static String answer(Pauses.Pause pause) {
    if (pause.cause() == Pauses.Cause.INSIDE_CALL) {
      return "";
    }
    if (pause.result() >= 0) {
      return pause.result() == 0 ? ", then nothing to do" : ", then more to do";
    }
    ContractError error = ContractError.of(pause.result());
    return ", then " + (error == null ? "error " + pause.result() : error.words());
  }

  private void stalls() {
    Stalls stalls = result.stalls();
    page.heading(
        "Stalls",
        result.clockIsEstimate(),
        "from a request refused as fragmented to the same one served");
    var cycles = stalls.cycles();
    if (cycles.count() == 0 && stalls.unserved() == 0) {
      page.paragraph("None.");
      return;
    }
    Stalls.Stall longest = stalls.longest();
    if (longest != null) {
      Table table =
          new Table("count", "total", "mean", "p99", "max", "max µs", "most steps", "most bytes");
      table.row(
          Numbers.plain(cycles.count()),
          Numbers.plain(cycles.total()),
          Numbers.plain(cycles.mean()),
          Numbers.plain(cycles.p99()),
          Numbers.plain(cycles.max()),
          Numbers.micros(cycles.max(), clock()),
          Numbers.plain(stalls.steps().max()),
          Numbers.plain(stalls.bytes().max()));
      table.print(page);
      page.paragraph(
          String.format(
              Locale.ROOT,
              "the longest: at operation %s, for %s: %s, %s moved",
              Numbers.plain(longest.operation()),
              Numbers.count(longest.requestedBytes(), "byte"),
              Numbers.count(longest.steps(), "step"),
              Numbers.count(longest.bytesMoved(), "byte")));
    }
    if (stalls.unserved() > 0) {
      page.paragraph(
          Numbers.count(stalls.unserved(), "request") + " never served", page.palette()::bad);
    }
  }

  private void fragmentation() {
    page.heading("Fragmentation", "the share of free bytes that one request cannot have, at worst");
    Sample worst = result.fragmentation().worst();
    if (worst == null) {
      page.paragraph("Never measurable: no free handle, or nothing free.");
      return;
    }
    FragmentationChart.print(result, page);
    page.paragraph(
        String.format(
            Locale.ROOT,
            "live is of the pool's bytes: at most %s in %s",
            Numbers.count(result.peakLiveBytes(), "byte"),
            Numbers.count(result.peakLiveBlocks(), "block")));
    page.paragraph(
        String.format(
            Locale.ROOT,
            "worst %s %s: %s free, largest request %s",
            Numbers.percent(worst.ppm()),
            after(worst.operation()),
            Numbers.count(worst.freeBytes(), "byte"),
            Numbers.plain(worst.largestRequest())));
    long catastrophic = result.fragmentation().catastrophic();
    if (catastrophic > 0) {
      page.paragraph(
          Numbers.count(catastrophic, "allocation") + " failed although enough bytes were free",
          page.palette()::bad);
    }
  }

  private static String after(long operation) {
    return operation < 0 ? "before operation 0" : "at operation " + Numbers.plain(operation);
  }

  private void heap() {
    HeapMap end = result.heapAtEnd();
    if (end == null) {
      return;
    }
    HeapMapView.heading("Heap", end, page);
    HeapMap worst = result.heapAtWorst();
    long address = result.subject().pool().address();
    if (worst != null) {
      page.line("  when fragmentation was worst, " + after(worst.operation()));
      HeapMapView.print(worst, address, page);
    }
    page.line("  at the end, " + after(end.operation()));
    HeapMapView.print(end, address, page);
  }

  private void memory() {
    MemoryUse memory = result.memory();
    page.heading("Memory", "bytes");
    Table table = new Table("<", "", "<");
    table.row(
        "flash",
        Numbers.plain(memory.flash()),
        "of " + Numbers.plain(result.subject().mcu().flashBytes()) + ", code and constants");
    table.row("data", Numbers.plain(memory.data()), "the image's own");
    table.row(
        "pool",
        Numbers.plain(memory.pool()),
        Numbers.plain(memory.table()) + " of them not free before the first allocation");
    table.row("unused", Numbers.plain(memory.unused()), "");
    table.row(
        "stack",
        Numbers.plain(memory.stackReserve()),
        Numbers.plain(memory.deepestStack()) + " of them used at the deepest");
    table.row("SRAM", Numbers.plain(memory.sram()), "all from data to stack");
    table.print(page);
  }

  private boolean estimated() {
    return result.subject().mcu().isEstimate();
  }

  private long clock() {
    return result.subject().mcu().clockHz();
  }
}
