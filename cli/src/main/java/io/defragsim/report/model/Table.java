package io.defragsim.report.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows under heads; nobody adds to it once it is part of a section. */
public final class Table implements Part {

  /** What a column holds: numbers stand to the right, the others to the left. */
  public enum Kind {
    NUMBER,
    WORDS,
    /** Names from a program or of figures. */
    NAME
  }

  /**
   * A column.
   *
   * @param head may be of several lines
   * @param wide whether only a format with much room has it
   */
  public record Column(String head, Kind kind, boolean wide) {

    /** The head, line by line. */
    public List<String> lines() {
      return List.of(head.split("\n", -1));
    }

    /** A column of numbers, whatever its head begins with. */
    public static Column number(String head) {
      return new Column(head, Kind.NUMBER, false);
    }

    /**
     * A column by its head.
     *
     * @param head behind {@code <} that of words, behind {@code `} that of names, and in front of
     *     those {@code +} for a column that only a format with much room has
     */
    public static Column of(String head) {
      boolean wide = head.startsWith("+");
      String rest = wide ? head.substring(1) : head;
      Kind kind =
          rest.startsWith("<") ? Kind.WORDS : rest.startsWith("`") ? Kind.NAME : Kind.NUMBER;
      return new Column(kind == Kind.NUMBER ? rest : rest.substring(1), kind, wide);
    }
  }

  private final List<Column> columns;
  private final List<List<Cell>> rows = new ArrayList<>();
  private final BitSet below = new BitSet();
  private int brief = Integer.MAX_VALUE;
  private long all;
  private boolean folding;

  /**
   * @param heads with a bar between two, each as {@link Column#of} takes it
   */
  public Table(String heads) {
    this(Arrays.stream(heads.split("\\|", -1)).map(Column::of).toList());
  }

  public Table(List<Column> columns) {
    this.columns = List.copyOf(columns);
  }

  /**
   * Adds a row.
   *
   * @param values of each column a text, a number, null for a number that there is not, or a {@link
   *     Cell}; missing ones at the end stay empty
   */
  public Table row(@Nullable Object... values) {
    if (values.length > columns.size()) {
      throw new IllegalArgumentException(values.length + " cells in " + columns.size());
    }
    List<Cell> cells = new ArrayList<>();
    for (Object value : values) {
      cells.add(Cell.of(value));
    }
    rows.add(cells);
    return this;
  }

  /**
   * Adds a row that says more of the one above it, and goes where that goes.
   *
   * @param values as of {@link #row}
   */
  public void below(@Nullable Object... values) {
    below.set(rows.size());
    row(values);
  }

  /** Adds an empty row. */
  public void gap() {
    rows.add(List.of());
  }

  /**
   * Says that these rows are the first of more.
   *
   * @param shown so many of them are enough for a format with little room
   * @param count how many there are, in the table or not
   */
  public Table firstOf(long count, int shown) {
    all = count;
    brief = shown;
    return this;
  }

  public List<Column> columns() {
    return columns;
  }

  public List<List<Cell>> rows() {
    return rows;
  }

  /** Says that columns that have no room beside the others go below, with the first one again. */
  public Table folding() {
    folding = true;
    return this;
  }

  public boolean isFolding() {
    return folding;
  }

  /** How many rows more there are than {@link #rows}, without those that are below one. */
  public long more() {
    return Math.max(0, all - (rows.size() - below.cardinality()));
  }

  /** What of it a format with little room has. */
  public Table narrow() {
    Table narrow = new Table(columns.stream().filter(column -> !column.wide()).toList());
    narrow.all = all;
    narrow.folding = folding;
    int rest = brief;
    for (int at = 0; at < rows.size() && (rest > 0 || below.get(at)); at++) {
      rest -= below.get(at) ? 0 : 1;
      narrow.below.set(at, below.get(at));
      List<Cell> row = rows.get(at);
      List<Cell> cells = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        if (!columns.get(i).wide()) {
          cells.add(row.get(i));
        }
      }
      narrow.rows.add(cells);
    }
    return narrow;
  }

  @Override
  public void to(Renderer out) {
    out.table(this);
  }
}
