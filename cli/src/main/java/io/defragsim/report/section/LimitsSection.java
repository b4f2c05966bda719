package io.defragsim.report.section;

import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.Estimates;
import io.defragsim.lab.words.Verdicts;
import io.defragsim.report.model.Cell;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Table.Column;
import io.defragsim.report.model.Tone;
import java.util.ArrayList;
import java.util.List;

/** The limits of a scenario, each with its verdict. */
final class LimitsSection {

  private LimitsSection() {}

  /** None for a scenario without limits. */
  static List<Section> of(RunResult result) {
    if (result.limits().isEmpty()) {
      return List.of();
    }
    Table table = new Table("<|`figure|<limit|measured|<");
    for (LimitVerdict verdict : result.verdicts()) {
      table.row(
          mark(verdict.level()),
          verdict.figure().name(),
          Verdicts.limit(verdict),
          new Cell(
              Verdicts.measured(verdict),
              Verdicts.measuredWithUnit(verdict),
              Tone.PLAIN,
              verdict.where()),
          Cell.of(
              Verdicts.remark(verdict) + Estimates.mark(verdict.estimated()),
              verdict.level() == Level.OK ? Tone.FAINT : Tone.of(verdict.level())));
    }
    return section(
        result.verdicts(),
        result.executed() < result.workloadOperations() ? "of the run up to its end" : "",
        table);
  }

  /** Of several runs of one scenario. */
  static List<Section> of(List<RunResult> results) {
    if (results.get(0).limits().isEmpty()) {
      return List.of();
    }
    List<List<LimitVerdict>> verdicts = results.stream().map(RunResult::verdicts).toList();
    Table table =
        CompareReport.inRows(results.size()) ? rows(results, verdicts) : columns(results, verdicts);
    return section(verdicts.stream().flatMap(List::stream).toList(), "", table);
  }

  private static Table columns(List<RunResult> results, List<List<LimitVerdict>> verdicts) {
    List<Column> columns = new ArrayList<>(List.of(Column.of("`figure"), Column.of("<limit")));
    results.forEach(result -> columns.add(Column.number(result.subject().image().name())));
    Table table = new Table(columns);
    for (int i = 0; i < verdicts.get(0).size(); i++) {
      int at = i;
      LimitVerdict first = verdicts.get(0).get(i);
      List<Object> row = new ArrayList<>(List.of(first.figure().name(), Verdicts.limit(first)));
      verdicts.forEach(of -> row.add(measured(of.get(at))));
      table.row(row.toArray());
    }
    return table;
  }

  /** A row an image, a column a limit. */
  private static Table rows(List<RunResult> results, List<List<LimitVerdict>> verdicts) {
    List<Column> columns = new ArrayList<>(List.of(Column.of("`")));
    for (LimitVerdict verdict : verdicts.get(0)) {
      columns.add(Column.number(verdict.figure().name() + "\n" + Verdicts.limit(verdict)));
    }
    Table table = new Table(columns).folding();
    for (int i = 0; i < results.size(); i++) {
      List<Object> row = new ArrayList<>(List.of(results.get(i).subject().image().name()));
      verdicts.get(i).forEach(verdict -> row.add(measured(verdict)));
      table.row(row.toArray());
    }
    return table;
  }

  /** What was measured, and the moment at which it was; the unit stands with the limit. */
  private static Cell measured(LimitVerdict verdict) {
    Level level = verdict.level();
    return new Cell(
        Verdicts.mark(level) + " " + Verdicts.measured(verdict), Tone.of(level), verdict.where());
  }

  private static List<Section> section(List<LimitVerdict> verdicts, String remark, Table table) {
    boolean estimated = verdicts.stream().anyMatch(LimitVerdict::estimated);
    return List.of(new Section("limits", "Limits", remark, estimated, List.of(table)));
  }

  static Cell mark(Level level) {
    return Cell.of(Verdicts.mark(level), Tone.of(level));
  }
}
