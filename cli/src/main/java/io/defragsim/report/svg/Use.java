package io.defragsim.report.svg;

import java.util.Locale;

/**
 * What a stretch of the pool is for in a picture. The colours are told apart by any eye, in light
 * and in dark; and those that matter have a pattern as well.
 */
public enum Use {
  FREE("free", "#f2f2f2"),
  USED("used", "#0072b2"),
  LOCKED("locked", "#d55e00"),
  MOVING("moving or just moved", "#111111"),
  OWN("the allocator's own", "#9a9a9a");

  private final String words;
  private final String color;

  Use(String words, String color) {
    this.words = words;
    this.color = color;
  }

  /** For people. */
  public String words() {
    return words;
  }

  /** For programs that know no style sheet. */
  String color() {
    return color;
  }

  /** The class in the style sheet. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
