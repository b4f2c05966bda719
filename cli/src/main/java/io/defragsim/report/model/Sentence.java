package io.defragsim.report.model;

import org.jspecify.annotations.Nullable;

/**
 * A sentence or a few.
 *
 * @param operation the moment that it is about, to which a page that has moments leads; null for
 *     none, and below 0 for that before the first
 * @param place what it is about in a file, {@code file:line}; empty for none
 */
public record Sentence(String text, Tone tone, @Nullable Long operation, String place)
    implements Part {

  public Sentence(String text, Tone tone) {
    this(text, tone, null, "");
  }

  public Sentence(String text) {
    this(text, Tone.PLAIN);
  }

  /** About that moment. */
  public Sentence at(long moment) {
    return new Sentence(text, tone, moment, place);
  }

  @Override
  public void to(Renderer out) {
    out.sentence(this);
  }
}
