package io.defragsim.report.section;

import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.model.Cell;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Table.Column;
import io.defragsim.report.model.Tone;
import io.defragsim.scenario.FigureUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The figures of more images than have room side by side: a row an image, a column a figure. */
final class CompareRows {

  /** That nothing failed is worth a column, too. */
  private static final String ALWAYS = "failed";

  /** What people compare first: whether it serves, how fast, and how long it keeps waiting. */
  private static final List<String> FIRST =
      List.of(
          "failed",
          "fragmentation.max",
          "alloc.mean",
          "alloc.max",
          "free.mean",
          "free.max",
          "pauses.max",
          "stalls.max");

  /** What that takes. */
  private static final List<String> COSTS =
      List.of(
          "flash.bytes",
          "data.bytes",
          "table.bytes",
          "stack.max",
          "pauses.count",
          "pauses.bytes",
          "cycles");

  private final List<RunResult> results;

  CompareRows(List<RunResult> results) {
    this.results = results;
  }

  /** Those that there is anything to say in. */
  List<Section> sections() {
    List<Section> sections = new ArrayList<>();
    add(sections, "figures", "Figures", "calls, pauses and stalls in cycles", FIRST);
    failures(sections);
    add(
        sections,
        "costs",
        "Memory, and the whole run",
        "stack in bytes, cycles from reset to the end",
        COSTS);
    List<String> others =
        CompareReport.GROUPS.stream()
            .flatMap(Collection::stream)
            .filter(Predicate.not(FIRST::contains))
            .filter(Predicate.not(COSTS::contains))
            .toList();
    add(sections, "others", "Further figures", "", others);
    return sections;
  }

  private void add(
      List<Section> sections, String id, String title, String remark, List<String> names) {
    List<Figure> figures =
        names.stream()
            .map(CompareReport::figure)
            .filter(figure -> ALWAYS.equals(figure.name()) || CompareReport.told(results, figure))
            .toList();
    List<Column> columns = new ArrayList<>(List.of(Column.of("`")));
    figures.forEach(figure -> columns.add(Column.number(head(figure))));
    Table table = new Table(columns).folding();
    for (RunResult result : results) {
      List<Object> row = new ArrayList<>(List.of(name(result)));
      for (Figure figure : figures) {
        row.add(CompareReport.cell(figure, figure.value().apply(result)));
      }
      table.row(row.toArray());
    }
    if (!figures.isEmpty()) {
      sections.add(new Section(id, title, remark, table));
    }
  }

  /** The figure's name in lines, and whether its cycles are an estimate. */
  private String head(Figure figure) {
    boolean estimated =
        figure.unit() == FigureUnit.CYCLES && results.stream().anyMatch(r -> r.isEstimate(figure));
    return figure.name().replace('.', '\n').replace("fragmentation", "frag.")
        + (estimated ? "\nestimated" : "");
  }

  private static Cell name(RunResult result) {
    return Cell.of(result.subject().image().name(), result.completed() ? Tone.PLAIN : Tone.BAD);
  }

  /** Why requests failed in the end, of those images on which any did. */
  private void failures(List<Section> sections) {
    Set<ContractError> errors = EnumSet.noneOf(ContractError.class);
    results.forEach(result -> errors.addAll(CompareReport.failedBy(result).keySet()));
    if (errors.isEmpty()) {
      return;
    }
    List<Column> columns = new ArrayList<>(List.of(Column.of("`")));
    errors.forEach(error -> columns.add(Column.number(error.words().replace(' ', '\n'))));
    Table table = new Table(columns).folding();
    for (RunResult result : results) {
      var failed = CompareReport.failedBy(result);
      List<Object> row = new ArrayList<>(List.of(name(result)));
      for (ContractError error : errors) {
        long count = failed.getOrDefault(error, 0L);
        row.add(Cell.of(count, Tone.ofFailures(count)));
      }
      if (!failed.isEmpty()) {
        table.row(row.toArray());
      }
    }
    sections.add(
        new Section(
            "errors", "Why requests failed", "the answer that was given in the end", table));
  }
}
