package io.defragsim.report.section;

import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.Estimates;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.LeftOut;
import io.defragsim.report.model.Cell;
import io.defragsim.report.model.Chart;
import io.defragsim.report.model.OutcomeLine;
import io.defragsim.report.model.Report;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Table.Column;
import io.defragsim.report.model.Tone;
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
  static final List<List<String>> GROUPS =
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

  /** So many images have a column each; of more, each has a row. */
  private static final int MOST_COLUMNS = 3;

  private final List<RunResult> results;

  private CompareReport(List<RunResult> results) {
    this.results = results;
  }

  /** Whether so many images have a row each, and not a column. */
  public static boolean inRows(int images) {
    return images > MOST_COLUMNS;
  }

  /**
   * The comparison of {@code results}.
   *
   * @param results one or more of the same scenario; the first is that of the scenario's own image
   * @param leftOut what could not run
   */
  public static Report of(List<RunResult> results, List<LeftOut> leftOut) {
    CompareReport compared = new CompareReport(results);
    List<Section> verdicts = new ArrayList<>();
    results.forEach(result -> verdicts.addAll(EndingSection.of(result)));
    verdicts.addAll(LimitsSection.of(results));
    return new Report(
        SubjectSection.head(results.get(0).subject()),
        SubjectSection.of(results, leftOut),
        compared.details(),
        verdicts,
        compared.outcomes(),
        results.size() > 1 ? Winner.sentence(results) : "");
  }

  /** Of many, only what decides the exit status says why: the rest is in the table of limits. */
  private List<OutcomeLine> outcomes() {
    List<OutcomeLine> outcomes = new ArrayList<>();
    for (RunResult result : results) {
      boolean brief = inRows(results.size()) && !outcomes.isEmpty();
      for (OutcomeLine outcome : GateSummary.of(Entry.of(result))) {
        outcomes.add(brief ? new OutcomeLine(outcome.line(), List.of()) : outcome);
      }
    }
    return outcomes;
  }

  private List<Section> details() {
    List<Section> details = new ArrayList<>();
    if (inRows(results.size())) {
      details.addAll(new CompareRows(results).sections());
    } else {
      details.add(figures());
      failures(details);
    }
    if (results.stream().anyMatch(result -> !result.fragmentation().samples().isEmpty())) {
      details.add(
          new Section(
              "fragmentation",
              "Fragmentation",
              "over the operations; a full block is 100 %",
              new Chart.Sparklines(results)));
    }
    List<Chart.Heap> heaps = new ArrayList<>();
    for (RunResult result : results) {
      HeapImage end = result.heapAtEnd();
      if (end != null) {
        String image = result.subject().image().name();
        heaps.add(new Chart.Heap(image, end, result.subject().pool().address()));
      }
    }
    if (!heaps.isEmpty()) {
      details.add(new Section("heap", "Heap at the end", "", new Chart.Heaps(heaps, false)));
    }
    return details;
  }

  private List<Column> columns() {
    List<Column> columns = new ArrayList<>(List.of(Column.of("`")));
    results.forEach(result -> columns.add(Column.number(result.subject().image().name())));
    return columns;
  }

  /** Why requests failed in the end, by the error that the image gave. */
  private void failures(List<Section> details) {
    Set<ContractError> errors = EnumSet.noneOf(ContractError.class);
    results.forEach(result -> errors.addAll(failedBy(result).keySet()));
    Table table = new Table(columns());
    for (ContractError error : errors) {
      List<Object> row = new ArrayList<>(List.of(error.words()));
      for (RunResult result : results) {
        long count = failedBy(result).getOrDefault(error, 0L);
        row.add(Cell.of(count, Tone.ofFailures(count)));
      }
      table.row(row.toArray());
    }
    if (!errors.isEmpty()) {
      String remark = "the answer that was given in the end";
      details.add(new Section("errors", "Why requests failed", remark, table));
    }
  }

  static Map<ContractError, Long> failedBy(RunResult result) {
    Map<ContractError, Long> all = new EnumMap<>(ContractError.class);
    for (OperationStats stats : result.operations()) {
      stats.failedBy().forEach((error, count) -> all.merge(error, count, Long::sum));
    }
    return all;
  }

  private Section figures() {
    List<Column> columns = columns();
    columns.add(Column.of("<"));
    Table table = new Table(columns);
    boolean first = true;
    for (List<String> group : GROUPS) {
      List<Figure> figures = group.stream().map(CompareReport::figure).filter(this::told).toList();
      if (!figures.isEmpty() && !first) {
        table.gap();
      }
      first &= figures.isEmpty();
      figures.forEach(figure -> table.row(row(figure)));
    }
    return new Section("figures", "Figures", "", table);
  }

  private Object[] row(Figure figure) {
    List<Object> row = new ArrayList<>(List.of(figure.name()));
    for (Long value : values(figure)) {
      row.add(cell(figure, value));
    }
    row.add(Cell.of(unit(figure), Tone.FAINT));
    return row.toArray();
  }

  static Cell cell(Figure figure, @Nullable Long value) {
    String text = figure.unit() == FigureUnit.PPM ? Numbers.percent(value) : Numbers.plain(value);
    return Cell.of(
        text,
        value != null && FAILURES.contains(figure.name()) ? Tone.ofFailures(value) : Tone.PLAIN);
  }

  private boolean told(Figure figure) {
    return told(results, figure);
  }

  /** Whether any run has something to say of it. */
  static boolean told(List<RunResult> results, Figure figure) {
    return results.stream().map(figure.value()).anyMatch(value -> value != null && value != 0);
  }

  static Figure figure(String name) {
    return Objects.requireNonNull(Figures.named(name), name);
  }

  private List<@Nullable Long> values(Figure figure) {
    List<@Nullable Long> values = new ArrayList<>();
    results.forEach(result -> values.add(figure.value().apply(result)));
    return values;
  }

  private String unit(Figure figure) {
    return switch (figure.unit()) {
      case CYCLES ->
          "cycles" + Estimates.last(results.stream().anyMatch(r -> r.isEstimate(figure)));
      case BYTES -> "bytes";
      case PPM, COUNT -> "";
    };
  }
}
