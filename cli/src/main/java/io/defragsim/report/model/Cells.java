package io.defragsim.report.model;

import java.util.ArrayList;
import java.util.List;
import org.jline.utils.WCWidth;

/** The width of text in cells of a terminal: a wide character has two, a combining mark none. */
public final class Cells {

  /** Stands for what was cut off. */
  private static final String CUT = "…";

  private static final int ZERO_WIDTH_JOINER = 0x200d;

  private Cells() {}

  /** How many cells {@code text} takes, which is printable and without styles. */
  public static int of(String text) {
    return text.codePoints().map(Cells::of).sum();
  }

  public static int of(int codePoint) {
    return Math.max(0, WCWidth.wcwidth(codePoint));
  }

  /** As much of {@code text} as has room in {@code width} cells; a mark says what was cut off. */
  public static String cut(String text, int width) {
    if (of(text) <= width) {
      return text;
    }
    StringBuilder cut = new StringBuilder();
    int cells = of(CUT);
    for (int c : text.codePoints().toArray()) {
      cells += of(c);
      if (cells > width) {
        break;
      }
      cut.appendCodePoint(c);
    }
    return width < 1 ? "" : cut.append(CUT).toString();
  }

  /** {@code text} with as many spaces behind it as make it {@code width} cells. */
  public static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - of(text)));
  }

  /** A word in the parts between which a line may end: before and behind wide characters. */
  public static List<String> breakable(String word) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean wide = false;
    boolean joined = false;
    for (int c : word.codePoints().toArray()) {
      int cells = of(c);
      if (cells > 0 && (wide || cells > 1) && !joined && !part.isEmpty()) {
        parts.add(part.toString());
        part.setLength(0);
      }
      part.appendCodePoint(c);
      wide = cells == 0 ? wide : cells > 1;
      joined = c == ZERO_WIDTH_JOINER;
    }
    parts.add(part.toString());
    return parts;
  }
}
