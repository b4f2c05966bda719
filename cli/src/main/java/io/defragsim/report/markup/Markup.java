package io.defragsim.report.markup;

import io.defragsim.words.Printable;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Writes elements of SVG and HTML. Texts and attributes may be anything, for they come from files
 * of users: they are made printable, and what is special is escaped.
 */
public final class Markup {
  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Opens an element.
   *
   * @param attributes names and values in turn; a null value leaves the attribute out
   */
  public Markup open(String tag, @Nullable Object... attributes) {
    start(tag, attributes);
    out.append('>');
    open.push(tag);
    return this;
  }

  /** Closes the element that was opened last. */
  public Markup close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** An element with nothing in it. */
  public Markup empty(String tag, @Nullable Object... attributes) {
    start(tag, attributes);
    out.append("/>");
    return this;
  }

  /** An element with a text in it. */
  public Markup element(String tag, String text, @Nullable Object... attributes) {
    open(tag, attributes);
    text(text);
    return close();
  }

  /** A text in the element that is open. */
  public Markup text(String text) {
    escape(text);
    return this;
  }

  /** What is markup already. */
  public Markup raw(String markup) {
    out.append(markup);
    return this;
  }

  /** A line's end, for who reads the source. */
  public Markup line() {
    out.append('\n');
    return this;
  }

  private void start(String tag, @Nullable Object... attributes) {
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      Object value = attributes[i + 1];
      if (value != null) {
        out.append(' ').append(attributes[i]).append("=\"");
        escape(value.toString());
        out.append('"');
      }
    }
  }

  private void escape(String text) {
    Printable.of(text)
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                default -> out.appendCodePoint(c);
              }
            });
  }

  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("still open: " + open);
    }
    return out.toString();
  }
}
