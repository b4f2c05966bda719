package io.defragsim.report.text;

import io.defragsim.report.model.Cells;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Text in columns: the ones named with a leading {@code <} to the left, the others to the right.
 */
final class TextTable {

  /** One cell; the style is put on after the padding is known. */
  record Cell(String text, UnaryOperator<String> style) {
    Cell {
      text = Page.clean(text);
    }

    static Cell of(String text) {
      return new Cell(text, UnaryOperator.identity());
    }
  }

  private final List<String> heads;
  private final List<List<Cell>> rows = new ArrayList<>();

  TextTable(String... heads) {
    this.heads = List.of(heads);
  }

  /** Adds a row; missing cells at its end stay empty. */
  void row(Cell... cells) {
    if (cells.length > heads.size()) {
      throw new IllegalArgumentException(cells.length + " cells in " + heads.size() + " columns");
    }
    rows.add(List.of(cells));
  }

  /** Adds an empty line. */
  void gap() {
    rows.add(List.of());
  }

  void row(String... cells) {
    row(Arrays.stream(cells).map(Cell::of).toArray(Cell[]::new));
  }

  /** Prints heads, unless all are empty, and rows, indented by two with two spaces between. */
  void print(Page page) {
    int[] widths = new int[heads.size()];
    List<Cell> head = new ArrayList<>();
    for (int i = 0; i < heads.size(); i++) {
      String text = left(i) ? heads.get(i).substring(1) : heads.get(i);
      head.add(new Cell(text, page.palette()::faint));
      widths[i] = Cells.of(Page.clean(text));
    }
    for (List<Cell> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], Cells.of(row.get(i).text()));
      }
    }
    if (head.stream().anyMatch(cell -> !cell.text().isEmpty())) {
      page.line(line(head, widths));
    }
    for (List<Cell> row : rows) {
      page.line(line(row, widths));
    }
  }

  private String line(List<Cell> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      Cell cell = cells.get(i);
      String padding = " ".repeat(widths[i] - Cells.of(cell.text()));
      String styled = cell.style().apply(cell.text());
      boolean last = i == cells.size() - 1;
      line.append("  ").append(left(i) ? styled + (last ? "" : padding) : padding + styled);
    }
    return line.toString();
  }

  private boolean left(int column) {
    return heads.get(column).startsWith("<");
  }
}
