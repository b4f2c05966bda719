package io.defragsim.report.section;

import io.defragsim.lab.fit.FitResult;
import io.defragsim.lab.fit.PartFit;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.model.Cell;
import io.defragsim.report.model.Part;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Table.Column;
import io.defragsim.report.model.Tone;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which parts the smallest pools fit. */
final class FitParts {

  private FitParts() {}

  /** None if no pool served on any of {@code fitted}. */
  static List<Section> of(List<FitResult> fitted) {
    List<FitResult> results = fitted.stream().filter(result -> !result.parts().isEmpty()).toList();
    if (results.isEmpty()) {
      return List.of();
    }
    boolean many = CompareReport.inRows(results.size());
    Table table = many ? byImage(results) : byPart(results);
    List<Part> parts = new ArrayList<>(List.of(table));
    if (results.stream().flatMap(r -> r.parts().stream()).anyMatch(p -> p.sramSpare() == null)) {
      parts.add(new Sentence(Numbers.NONE + " the image is not linked for that part's memory map"));
    }
    int stack = results.get(0).scenario().stackBytes();
    return List.of(
        new Section(
            "mcus",
            "MCUs",
            (many ? "bytes of SRAM" : "bytes")
                + " to spare, with the smallest pool and "
                + Numbers.count(stack, "byte")
                + " of stack",
            false,
            parts));
  }

  private static Table byPart(List<FitResult> results) {
    List<Column> columns = new ArrayList<>(List.of(Column.of("<")));
    for (FitResult result : results) {
      columns.add(Column.number(result.image() + " SRAM"));
      columns.add(Column.number("flash"));
    }
    Table table = new Table(columns).folding();
    for (int i = 0; i < results.get(0).parts().size(); i++) {
      List<Object> row = new ArrayList<>(List.of(results.get(0).parts().get(i).part().name()));
      for (FitResult result : results) {
        PartFit part = result.parts().get(i);
        row.add(spare(part.sramSpare()));
        row.add(spare(part.flashSpare()));
      }
      table.row(row.toArray());
    }
    return table;
  }

  /** Of many images a cell a part: the SRAM, unless what is missing is flash. */
  private static Table byImage(List<FitResult> results) {
    List<Column> columns = new ArrayList<>(List.of(Column.of("<")));
    results.get(0).parts().forEach(part -> columns.add(Column.number(part.part().name())));
    Table table = new Table(columns).folding();
    for (FitResult result : results) {
      List<Object> row = new ArrayList<>(List.of(result.image()));
      for (PartFit part : result.parts()) {
        Long flash = part.flashSpare();
        row.add(
            flash != null && flash < 0 ? Cell.of("✗ flash", Tone.BAD) : spare(part.sramSpare()));
      }
      table.row(row.toArray());
    }
    return table;
  }

  private static Cell spare(@Nullable Long bytes) {
    return bytes == null
        ? Cell.of(Numbers.NONE, Tone.FAINT)
        : Cell.of((bytes >= 0 ? "✓ " : "✗ ") + Numbers.plain(bytes), Tone.of(bytes >= 0));
  }
}
