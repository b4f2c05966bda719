package io.defragsim.report.text;

import io.defragsim.report.model.Cells;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Text in columns: the ones named with a leading {@code <} to the left, the others to the right. A
 * name may be of several lines.
 */
final class TextTable {
  /** In front of each column. */
  private static final int GAP = 2;

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
    print(page, widths(), IntStream.range(0, heads.size()).boxed().toList());
  }

  /**
   * Prints the same within the page's width: columns without room follow below, with the first one
   * again.
   */
  void printFolded(Page page) {
    int[] widths = widths();
    List<Integer> columns = new ArrayList<>(List.of(0));
    int cells = GAP + widths[0];
    for (int i = 1; i < heads.size(); i++) {
      cells += GAP + widths[i];
      if (cells > page.width() && columns.size() > 1) {
        print(page, widths, columns);
        columns = new ArrayList<>(List.of(0));
        cells = 2 * GAP + widths[0] + widths[i];
      }
      columns.add(i);
    }
    print(page, widths, columns);
  }

  private int[] widths() {
    int[] widths = new int[heads.size()];
    for (int i = 0; i < widths.length; i++) {
      for (String line : head(i)) {
        widths[i] = Math.max(widths[i], Cells.of(line));
      }
      for (List<Cell> row : rows) {
        if (i < row.size()) {
          widths[i] = Math.max(widths[i], Cells.of(row.get(i).text()));
        }
      }
    }
    return widths;
  }

  /** The lines of a head. */
  private List<String> head(int column) {
    String text = left(column) ? heads.get(column).substring(1) : heads.get(column);
    return text.lines().map(Page::clean).toList();
  }

  private void print(Page page, int[] widths, List<Integer> columns) {
    int most = columns.stream().mapToInt(column -> head(column).size()).max().orElse(0);
    for (int line = 0; line < most; line++) {
      List<Cell> head = new ArrayList<>();
      for (int column : columns) {
        List<String> lines = head(column);
        int at = line - most + lines.size();
        head.add(new Cell(at < 0 ? "" : lines.get(at), page.palette()::faint));
      }
      page.line(line(head, columns, widths).stripTrailing());
    }
    for (List<Cell> row : rows) {
      List<Integer> filled = columns.stream().filter(column -> column < row.size()).toList();
      page.line(line(filled.stream().map(row::get).toList(), filled, widths));
    }
  }

  private String line(List<Cell> cells, List<Integer> columns, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      Cell cell = cells.get(i);
      int column = columns.get(i);
      String padding = " ".repeat(widths[column] - Cells.of(cell.text()));
      String styled = cell.style().apply(cell.text());
      boolean last = i == cells.size() - 1;
      line.append("  ").append(left(column) ? styled + (last ? "" : padding) : padding + styled);
    }
    return line.toString();
  }

  private boolean left(int column) {
    return heads.get(column).startsWith("<");
  }
}
