package io.defragsim.report.drawing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;

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
  public String color() {
    return color;
  }

  /** The style sheet of what is drawn. */
  public static String styles() {
    try (var in = Objects.requireNonNull(Use.class.getResourceAsStream("pictures.css"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The class in the style sheet. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
