package io.defragsim.report.text;

import picocli.CommandLine.Help.Ansi.Style;

/** Colours by what they mean; none of them carries anything that the text does not say too. */
public enum Palette {
  /** Plain text. */
  PLAIN(false),
  /** ANSI escape sequences. */
  COLOUR(true);

  private final boolean colour;

  Palette(boolean colour) {
    this.colour = colour;
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
