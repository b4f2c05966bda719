package io.defragsim.report.model;

import java.util.ArrayList;
import java.util.List;

/** Words, each with what there is to know of it. */
public record Facts(List<Fact> list) implements Part {

  /**
   * A word and what belongs to it.
   *
   * @param wide whether only a format with much room has it
   */
  public record Fact(String word, String text, boolean wide) {}

  public Facts() {
    this(new ArrayList<>());
  }

  /** Adds a fact. */
  public Facts add(String word, String text) {
    list.add(new Fact(word, text, false));
    return this;
  }

  /** Adds one for formats with much room. */
  public Facts addWide(String word, String text) {
    list.add(new Fact(word, text, true));
    return this;
  }

  @Override
  public void to(Renderer out) {
    out.facts(this);
  }
}
