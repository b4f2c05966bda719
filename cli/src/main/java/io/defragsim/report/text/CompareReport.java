package io.defragsim.report.text;

import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.Fragmentation.Sample;
import io.defragsim.lab.result.HeapMap;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.text.Table.Cell;
import io.defragsim.scenario.FigureUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The same scenario on several images, side by side. */
public final class CompareReport {

  /** What tells allocators apart, in groups; the rest is in the report of each. */
  public static final List<List<String>> GROUPS =
      List.of(
          List.of("failed", "skipped", "fragmentation.catastrophic"),
          List.of("fragmentation.mean", "fragmentation.max"),
          List.of("alloc.mean", "alloc.p99", "alloc.max"),
          List.of("free.mean", "free.p99", "free.max"),
          List.of("lock.max", "unlock.max", "grow.max", "resize.max"),
          List.of("pauses.count", "pauses.max", "pauses.total", "pauses.bytes"),
          List.of(
              "stalls.count",
              "stalls.unserved",
              "stalls.max",
              "stalls.steps.max",
              "stalls.bytes.max"),
          List.of("interrupts.missed", "interrupts.latency.mean", "interrupts.latency.max"),
          List.of("stack.max", "flash.bytes", "data.bytes", "table.bytes", "cycles"));

  private static final Set<String> FAILURES =
      Set.of(
          "failed",
          "skipped",
          "fragmentation.catastrophic",
          "stalls.unserved",
          "interrupts.missed");

  private final List<RunResult> results;
  private final Page page;

  private CompareReport(List<RunResult> results, Page page) {
    this.results = results;
    this.page = page;
  }

  /**
   * Prints the comparison of {@code results}.
   *
   * @param results one or more of the same scenario; the first is that of the scenario's own image
   */
  public static void print(List<RunResult> results, Page page) {
    CompareReport report = new CompareReport(results, page);
    SubjectSection.printShared(results, page);
    report.figures();
    report.failures();
    report.fragmentation();
    report.heaps();
    for (RunResult result : results) {
      EndingSection.print(result, page);
    }
    report.limits();
    page.blank();
    for (RunResult result : results) {
      Summary.print(result, page);
    }
    if (results.size() > 1) {
      page.blank();
      Page.wrap(Winner.sentence(results), page.width()).forEach(page::line);
    }
  }

  /** Why requests failed in the end, by the error that the image gave. */
  private void failures() {
    Set<ContractError> errors = EnumSet.noneOf(ContractError.class);
    results.forEach(result -> errors.addAll(failedBy(result).keySet()));
    if (errors.isEmpty()) {
      return;
    }
    page.heading("Why requests failed", "the answer that was given in the end");
    List<String> heads = new ArrayList<>(List.of("<"));
    results.forEach(result -> heads.add(result.subject().image().name()));
    Table table = new Table(heads.toArray(String[]::new));
    for (ContractError error : errors) {
      List<Cell> cells = new ArrayList<>(List.of(Cell.of(error.words())));
      for (RunResult result : results) {
        long count = failedBy(result).getOrDefault(error, 0L);
        String text = Numbers.plain(count);
        cells.add(count > 0 ? new Cell(text, page.palette()::bad) : Cell.of(text));
      }
      table.row(cells.toArray(Cell[]::new));
    }
    table.print(page);
  }

  private static Map<ContractError, Long> failedBy(RunResult result) {
    Map<ContractError, Long> all = new EnumMap<>(ContractError.class);
    for (OperationStats stats : result.operations()) {
      stats.failedBy().forEach((error, count) -> all.merge(error, count, Long::sum));
    }
    return all;
  }

  private void figures() {
    page.heading("Figures");
    List<String> heads = new ArrayList<>(List.of("<"));
    results.forEach(result -> heads.add(result.subject().image().name()));
    heads.add("<");
    Table table = new Table(heads.toArray(String[]::new));
    boolean first = true;
    for (List<String> group : GROUPS) {
      List<Figure> figures = group.stream().map(CompareReport::figure).filter(this::told).toList();
      if (!figures.isEmpty() && !first) {
        table.gap();
      }
      first &= figures.isEmpty();
      figures.forEach(figure -> table.row(row(figure)));
    }
    table.print(page);
  }

  private Cell[] row(Figure figure) {
    List<Cell> cells = new ArrayList<>(List.of(Cell.of(figure.name())));
    for (Long value : values(figure)) {
      String text = value == null ? Numbers.NONE : shown(value, figure);
      boolean bad = value != null && value > 0 && FAILURES.contains(figure.name());
      cells.add(bad ? new Cell(text, page.palette()::bad) : Cell.of(text));
    }
    cells.add(new Cell(unit(figure.unit()), page.palette()::faint));
    return cells.toArray(Cell[]::new);
  }

  /** Whether any run has something to say of it. */
  private boolean told(Figure figure) {
    return values(figure).stream().anyMatch(value -> value != null && value != 0);
  }

  private static Figure figure(String name) {
    return Objects.requireNonNull(Figures.named(name), name);
  }

  private List<@Nullable Long> values(Figure figure) {
    List<@Nullable Long> values = new ArrayList<>();
    results.forEach(result -> values.add(figure.value().apply(result)));
    return values;
  }

  private static String shown(long value, Figure figure) {
    return figure.unit() == FigureUnit.PPM ? Numbers.percent(value) : Numbers.plain(value);
  }

  private String unit(FigureUnit unit) {
    return switch (unit) {
      case CYCLES -> results.get(0).subject().mcu().isEstimate() ? "cycles, estimated" : "cycles";
      case BYTES -> "bytes";
      case PPM, COUNT -> "";
    };
  }

  private void fragmentation() {
    if (results.stream().allMatch(result -> result.fragmentation().samples().isEmpty())) {
      return;
    }
    page.heading("Fragmentation", "over the operations; a full block is 100 %");
    int label = widestName();
    for (RunResult result : results) {
      page.line(
          "  "
              + name(result, label)
              + page.palette()
                  .chart(
                      FragmentationChart.sparkline(
                          result.fragmentation().samples(),
                          result.executed(),
                          page.width() - label - 2,
                          Sample::ppm,
                          FragmentationChart.FULL_PPM)));
    }
  }

  private void heaps() {
    List<HeapMap> ends =
        results.stream().map(RunResult::heapAtEnd).filter(Objects::nonNull).toList();
    if (ends.isEmpty()) {
      return;
    }
    HeapMapView.heading("Heap at the end", ends.get(0), page);
    for (RunResult result : results) {
      HeapMap end = result.heapAtEnd();
      if (end != null) {
        page.line("  " + result.subject().image().name());
        HeapMapView.print(end, result.subject().pool().address(), page);
      }
    }
  }

  private void limits() {
    if (results.get(0).limits().isEmpty()) {
      return;
    }
    page.heading(
        "Limits", results.get(0).verdicts().stream().anyMatch(LimitVerdict::estimated), "");
    List<String> heads = new ArrayList<>(List.of("<figure", "<limit"));
    results.forEach(result -> heads.add(result.subject().image().name()));
    Table table = new Table(heads.toArray(String[]::new));
    List<List<LimitVerdict>> verdicts = results.stream().map(RunResult::verdicts).toList();
    for (int i = 0; i < verdicts.get(0).size(); i++) {
      LimitVerdict first = verdicts.get(0).get(i);
      Cell[] cells = new Cell[2 + results.size()];
      cells[0] = Cell.of(first.figure().name());
      cells[1] = Cell.of(LimitsSection.bound(first));
      for (int r = 0; r < results.size(); r++) {
        cells[2 + r] = LimitsSection.measured(verdicts.get(r).get(i), page.palette());
      }
      table.row(cells);
    }
    table.print(page);
  }

  private int widestName() {
    return results.stream()
        .mapToInt(result -> Cells.of(Page.clean(result.subject().image().name())) + 2)
        .max()
        .orElse(0);
  }

  private String name(RunResult result, int width) {
    String name = Page.clean(result.subject().image().name());
    return page.palette().faint(name) + " ".repeat(width - Cells.of(name));
  }
}
