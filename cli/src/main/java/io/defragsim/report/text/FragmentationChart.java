package io.defragsim.report.text;

import io.defragsim.lab.result.Fragmentation.Sample;
import io.defragsim.lab.result.RunResult;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
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
    failures(result, columns, page);
    row(
        "live",
        page.palette()
            .used(
                sparkline(
                    samples,
                    result.executed(),
                    columns,
                    Sample::liveBytes,
                    result.subject().pool().bytes())),
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

  /** The names of the phases where they begin, as far as there is room. */
  private static void phases(RunResult result, int columns, Page page) {
    if (result.phases().size() < 2) {
      return;
    }
    StringBuilder names = new StringBuilder();
    for (RunResult.PhaseSpan phase : result.phases()) {
      int at = column(phase.first() - 1, result.executed(), columns);
      String name = Page.clean(phase.name());
      if ((at == 0 || at > names.length()) && at + name.length() <= columns) {
        names.append(" ".repeat(at - names.length())).append(name);
      }
    }
    row("phase", page.palette().faint(names.toString()), page);
  }

  private static void row(String label, String text, Page page) {
    page.line("  " + page.palette().faint(label) + " ".repeat(7 - label.length()) + text);
  }

  private static void failures(RunResult result, int columns, Page page) {
    char[] marks = new char[columns];
    Arrays.fill(marks, ' ');
    boolean any = false;
    for (Sample sample : result.fragmentation().samples()) {
      if (sample.atFailure()) {
        marks[column(sample.operation(), result.executed(), columns)] = '×';
        any = true;
      }
    }
    if (any) {
      row("failed", page.palette().bad(new String(marks).stripTrailing()), page);
    }
  }
}
