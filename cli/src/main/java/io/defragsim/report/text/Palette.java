package io.defragsim.report.text;

import io.defragsim.words.Printable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Help.Ansi.Style;

/** Colours by what they mean; none of them carries anything that the text does not say too. */
public enum Palette {
  /** Plain text. */
  PLAIN(false),
  /** ANSI escape sequences. */
  COLOUR(true);

  private static final Pattern STYLE = Pattern.compile("\u001b\\[[0-9;]*m");

  private final boolean colour;

  Palette(boolean colour) {
    this.colour = colour;
  }

  /** A line as it can be printed, with the styles that this has put into it. */
  String printable(String line) {
    if (!colour) {
      return Printable.of(line);
    }
    StringBuilder printable = new StringBuilder();
    Matcher style = STYLE.matcher(line);
    int from = 0;
    while (style.find()) {
      printable.append(Printable.of(line.substring(from, style.start()))).append(style.group());
      from = style.end();
    }
    return printable.append(Printable.of(line.substring(from))).toString();
  }

  /** Where the eye should land. */
  public String strong(String text) {
    return with(text, Style.bold);
  }

  /** What can be skipped. */
  public String faint(String text) {
    return with(text, Style.faint);
  }

  public String good(String text) {
    return with(text, Style.fg_green);
  }

  public String bad(String text) {
    return with(text, Style.bold, Style.fg_red);
  }

  /** What is no failure yet. */
  public String warn(String text) {
    return with(text, Style.fg_yellow);
  }

  String used(String text) {
    return with(text, Style.fg_cyan);
  }

  String locked(String text) {
    return with(text, Style.bold, Style.fg_yellow);
  }

  String chart(String text) {
    return with(text, Style.fg_cyan);
  }

  private String with(String text, Style... styles) {
    return colour && !text.isEmpty() ? Style.on(styles) + text + Style.reset.on() : text;
  }
}
