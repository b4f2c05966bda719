package io.defragsim.report.text;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Where a report is printed: lines no longer than the width, except for words that are longer by
 * themselves. Lines end in a line feed on every system, so that reports compare.
 */
public final class Page {

  /** Room for what reports need to show. */
  public static final int LEAST_WIDTH = 60;

  /** The width where nothing is known of the reader's. */
  public static final int USUAL_WIDTH = 80;

  /** Longer lines are hard to read. */
  public static final int GREATEST_WIDTH = 100;

  /** A space at which no line is broken: between a number and its unit. */
  static final char GLUE = '\u00a0';

  private final PrintWriter out;
  private final Palette palette;
  private final int width;

  /**
   * @param width in characters; brought into the range that reports are made for
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

  void line(String text) {
    out.print(text.replace(GLUE, ' ').stripTrailing());
    out.print('\n');
  }

  /** A line across the page between two reports. */
  public void rule() {
    blank();
    line(palette.faint("─".repeat(width)));
    blank();
  }

  /** A line of its own, which may be long. */
  public void note(String text) {
    line(clean(text));
  }

  public void blank() {
    out.print('\n');
  }

  /** A heading after an empty line, with {@code remark} behind it. */
  void heading(String title, String remark) {
    blank();
    line(palette.strong(title) + (remark.isEmpty() ? "" : ": " + palette.faint(remark)));
  }

  /** A heading of figures; it says so if they are an estimate. */
  void heading(String title, boolean estimated, String remark) {
    heading(estimated ? title + ", estimated" : title, remark);
  }

  /** A heading of what must not be missed. */
  void alarm(String title, String remark) {
    blank();
    line(palette.bad(title) + ": " + palette.faint(remark));
  }

  void heading(String title) {
    heading(title, "");
  }

  /** A paragraph, indented by two. */
  void paragraph(String text) {
    paragraph(text, UnaryOperator.identity());
  }

  /** The same in a style. */
  void paragraph(String text, UnaryOperator<String> style) {
    for (String line : wrap(text, width - 2)) {
      line("  " + style.apply(line));
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

  /** Breaks text at spaces; what cannot be printed becomes a question mark. */
  static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : clean(text).split(" +", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** Text from a file, safe for a terminal: no control characters, white space as spaces. */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .forEach(
            c ->
                clean.appendCodePoint(
                    Character.isWhitespace(c) ? ' ' : Character.isISOControl(c) ? '?' : c));
    return clean.toString();
  }
}
