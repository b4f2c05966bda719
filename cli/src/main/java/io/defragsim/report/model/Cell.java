package io.defragsim.report.model;

import io.defragsim.lab.words.Numbers;
import org.jspecify.annotations.Nullable;

/**
 * A cell of a table.
 *
 * @param wide the text for a format with much room
 * @param operation the moment that it is about, to which a page that has moments leads; null for
 *     none
 */
public record Cell(String text, String wide, Tone tone, @Nullable Long operation) {

  public Cell(String text, Tone tone, @Nullable Long operation) {
    this(text, text, tone, operation);
  }

  /** A text, or a number of any size, in a tone. */
  public static Cell of(Object value, Tone tone) {
    return new Cell(
        value instanceof Number n ? Numbers.plain(n.longValue()) : text(value), tone, null);
  }

  /** The number of an operation. */
  public static Cell operation(long operation) {
    return new Cell(Numbers.plain(operation), Tone.PLAIN, operation);
  }

  static Cell of(@Nullable Object value) {
    return value instanceof Cell cell ? cell : of(value == null ? Numbers.NONE : value, Tone.PLAIN);
  }

  private static String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(value.getClass().getName());
  }
}
