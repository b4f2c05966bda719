package io.defragsim.report.text;

import io.defragsim.lab.result.Events;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Fragmentation.Sample;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Stalls;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.model.Cells;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Fragmentation over the operations of a run, as bars. */
final class FragmentationChart {
  private static final String[] BARS = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  private static final int EIGHTHS = 8;
  private static final int ROWS = 4;

  /** All of it. */
  static final long FULL_PPM = 1_000_000;

  private FragmentationChart() {}

  /** Prints bars with axes; below them phases, failed allocations, and the live bytes. */
  static void print(RunResult result, Page page) {
    int columns = page.width() - 10;
    List<Sample> samples = result.fragmentation().samples();
    @Nullable Long[] ppm = columns(samples, result.executed(), columns, Sample::ppm);
    for (int row = ROWS - 1; row >= 0; row--) {
      StringBuilder bars = new StringBuilder();
      for (Long value : ppm) {
        bars.append(bar(value, FULL_PPM, ROWS, row));
      }
      String label = (row + 1) * 100 / ROWS + " %";
      page.line(
          " ".repeat(7 - label.length())
              + page.palette().faint(label + " ┤")
              + page.palette().chart(bars.toString().stripTrailing()));
    }
    page.line(page.palette().faint("    0 % └" + "─".repeat(columns)));
    ticks(result.executed(), columns, page);
    phases(result, columns, page);
    marks(result, columns, page);
    row(
        "live",
        sparkline(
            samples,
            result.executed(),
            columns,
            Sample::liveBytes,
            result.subject().pool().bytes()),
        page.palette()::used,
        page);
  }

  /** One line of bars, each the greatest value of its stretch, of 0 to {@code full}. */
  static String sparkline(
      List<Sample> samples,
      long operations,
      int columns,
      Function<Sample, @Nullable Long> value,
      long full) {
    StringBuilder line = new StringBuilder();
    for (Long greatest : columns(samples, operations, columns, value)) {
      line.append(bar(greatest, full, 1, 0));
    }
    return line.toString().stripTrailing();
  }

  /** What a bar of {@code value} shows in one of its rows, 0 at the bottom. */
  private static String bar(@Nullable Long value, long full, int rows, int row) {
    if (value == null || value == 0) {
      return " ";
    }
    // At least the thinnest bar: little is not nothing.
    long eighths = Math.max(1, (value * rows * EIGHTHS + full / 2) / full);
    return BARS[(int) Math.max(0, Math.min(EIGHTHS, eighths - (long) row * EIGHTHS))];
  }

  /**
   * The samples spread over columns: the greatest of those that fall into one, or what the last
   * sample before it said.
   */
  private static @Nullable Long[] columns(
      List<Sample> samples, long operations, int columns, Function<Sample, @Nullable Long> value) {
    @Nullable Long[] greatest = new Long[columns];
    boolean[] seen = new boolean[columns];
    @Nullable Long[] last = new Long[columns];
    for (Sample sample : samples) {
      int column = column(sample.operation(), operations, columns);
      Long now = value.apply(sample);
      Long before = greatest[column];
      if (before == null || (now != null && now > before)) {
        greatest[column] = now;
      }
      last[column] = now;
      seen[column] = true;
    }
    Long current = null;
    for (int i = 0; i < columns; i++) {
      if (seen[i]) {
        current = last[i];
      } else {
        greatest[i] = current;
      }
    }
    return greatest;
  }

  private static int column(long operation, long operations, int columns) {
    // The state after an operation holds from the next one on.
    long at = Math.max(0, Math.min(operation + 1, operations));
    return (int) (at * (columns - 1) / Math.max(1, operations));
  }

  private static void ticks(long operations, int columns, Page page) {
    String middle = Numbers.plain(operations / 2);
    String end = Numbers.count(operations, "operation");
    StringBuilder line = new StringBuilder("0");
    if (operations >= 2) {
      line.append(" ".repeat(columns / 2 - middle.length() / 2 - line.length())).append(middle);
    }
    line.append(" ".repeat(columns - end.length() - line.length())).append(end);
    page.line(" ".repeat(9) + page.palette().faint(line.toString()));
  }

  /** The names of the phases where they begin; where there is no room, those of longer ones. */
  private static void phases(RunResult result, int columns, Page page) {
    if (result.phases().size() < 2) {
      return;
    }
    String[] names = new String[columns];
    Arrays.fill(names, " ");
    result.phases().stream()
        .sorted(Comparator.comparingLong(phase -> phase.first() - phase.end()))
        .forEach(
            phase -> {
              String name = Page.clean(phase.name());
              int at = column(phase.first() - 1, result.executed(), columns);
              int end = at + Cells.of(name);
              if (end <= columns && isBlank(names, at - 1, end + 1)) {
                Arrays.fill(names, at, end, "");
                names[at] = name;
              }
            });
    row("phase", String.join("", names), page.palette()::faint, page);
  }

  private static boolean isBlank(String[] cells, int from, int to) {
    return Arrays.stream(cells, Math.max(0, from), Math.min(cells.length, to))
        .allMatch(" "::equals);
  }

  /** A mark where requests had to wait, and another where they were refused in the end. */
  private static void marks(RunResult result, int columns, Page page) {
    var stalls = result.stalls().events();
    var failures = result.failures();
    row(
        "stalls",
        marks('∙', stalls.kept().stream().map(Stalls.Stall::operation), result, columns),
        page.palette()::chart,
        page);
    row(
        "failed",
        marks('×', failures.kept().stream().map(Failure::operation), result, columns),
        page.palette()::bad,
        page);
    if (stalls.dropped() > 0 || failures.dropped() > 0) {
      page.paragraph(
          "marked are the first " + Numbers.plain(Events.CAPACITY) + " of each",
          page.palette()::faint);
    }
  }

  private static String marks(char mark, Stream<Long> operations, RunResult result, int columns) {
    char[] marks = new char[columns];
    Arrays.fill(marks, ' ');
    operations.forEach(at -> marks[column(at, result.executed(), columns)] = mark);
    return new String(marks);
  }

  /** Prints a labelled row unless it is blank. */
  private static void row(String label, String text, UnaryOperator<String> style, Page page) {
    if (!text.isBlank()) {
      page.line(
          "  "
              + page.palette().faint(label)
              + " ".repeat(7 - label.length())
              + style.apply(text.stripTrailing()));
    }
  }
}
