package io.defragsim.report.text;

import io.defragsim.lab.words.Numbers;
import io.defragsim.report.model.Cells;
import io.defragsim.words.Printable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Where a report is printed: lines no wider than the page, except for words that are wider by
 * themselves. Lines end in a line feed on every system, so that reports compare.
 */
public final class Page {

  /** Room for what reports need to show. */
  public static final int LEAST_WIDTH = 60;

  /** The width where nothing is known of the reader's. */
  public static final int USUAL_WIDTH = 80;

  /** Longer lines are hard to read. */
  public static final int GREATEST_WIDTH = 100;

  private static final int INDENT = 2;

  private final PrintWriter out;
  private final Palette palette;
  private final int width;

  /**
   * @param width in cells; brought into the range that reports are made for
   */
  public Page(PrintWriter out, Palette palette, int width) {
    this.out = out;
    this.palette = palette;
    this.width = Math.max(LEAST_WIDTH, Math.min(GREATEST_WIDTH, width));
  }

  Palette palette() {
    return palette;
  }

  int width() {
    return width;
  }

  /** One line, whatever stands in {@code text}. */
  void line(String text) {
    out.print(Numbers.unglued(palette.printable(text)).stripTrailing());
    out.print('\n');
  }

  /** A line that is a paragraph if it is too long: what follows its beginning is indented. */
  void line(String text, UnaryOperator<String> style) {
    String indent = "";
    for (String line : wrap(text, width, INDENT)) {
      line(indent + style.apply(line));
      indent = " ".repeat(INDENT);
    }
  }

  /** A line across the page between two reports. */
  public void rule() {
    blank();
    line(palette.faint("─".repeat(width)));
    blank();
  }

  /** A line of its own, which may be long. */
  public void note(String text) {
    line(text);
  }

  public void blank() {
    out.print('\n');
  }

  /** What a report is about and the version that made it, at the two ends of a line. */
  void title(String title, String version) {
    String name = clean(title);
    String producer = "defrag-sim " + version;
    int gap = width - Cells.of(name) - Cells.of(producer);
    if (gap < 2) {
      line(name, palette::strong);
      line(palette.faint(producer));
    } else {
      line(palette.strong(name) + " ".repeat(gap) + palette.faint(producer));
    }
  }

  /** A heading, with {@code remark} behind it. */
  void headed(String title, String remark, UnaryOperator<String> style) {
    String behind = clean(remark);
    if (remark.isEmpty()) {
      line(title, style);
    } else if (Cells.of(clean(title)) + 2 + Cells.of(behind) <= width) {
      line(style.apply(clean(title)) + ": " + palette.faint(behind));
    } else {
      line(title + ":", style);
      paragraph(behind, palette::faint);
    }
  }

  /** The same after an empty line; without a title only that line. */
  void heading(String title, String remark, UnaryOperator<String> style) {
    blank();
    if (!title.isEmpty()) {
      headed(title, remark, style);
    }
  }

  void heading(String title, String remark) {
    heading(title, remark, palette::strong);
  }

  /** A paragraph, indented by two. */
  void paragraph(String text) {
    paragraph(text, UnaryOperator.identity());
  }

  /** The same in a style. */
  void paragraph(String text, UnaryOperator<String> style) {
    for (String line : wrap(text, width - INDENT)) {
      line(" ".repeat(INDENT) + style.apply(line));
    }
  }

  /** A word and what belongs to it, as a hanging paragraph. */
  void entry(String word, String text) {
    String label = word;
    for (String line : wrap(text, width - 12)) {
      line("  " + palette.faint(label) + " ".repeat(10 - label.length()) + line);
      label = "";
    }
  }

  /** Breaks printable text at spaces, and between wide characters, which scripts join so. */
  static List<String> wrap(String text, int width) {
    return wrap(text, width, 0);
  }

  /**
   * @param indent by which all lines but the first have less room
   */
  private static List<String> wrap(String text, int width, int indent) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    int room = width;
    for (String word : clean(text).split(" +", -1)) {
      String gap = line.isEmpty() ? "" : " ";
      for (String part : Cells.breakable(word)) {
        if (!line.isEmpty() && gap.length() + Cells.of(part) > room) {
          lines.add(line.toString());
          line.setLength(0);
          room = width - indent;
          gap = "";
        }
        line.append(gap).append(part);
        room -= gap.length() + Cells.of(part);
        gap = "";
      }
    }
    lines.add(line.toString());
    return lines;
  }

  /** The text of others in one line, as it can be printed. */
  static String clean(String text) {
    return Printable.of(text);
  }
}
