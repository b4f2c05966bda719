package io.defragsim.report.model;

import java.util.ArrayList;
import java.util.List;

/** Words, each with what there is to know of it; nobody adds to them once they are in a section. */
public final class Facts implements Part {
  private final List<Fact> list = new ArrayList<>();

  /**
   * A word and what belongs to it.
   *
   * @param wide whether only a format with much room has it
   */
  public record Fact(String word, String text, boolean wide) {}

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

  public List<Fact> list() {
    return List.copyOf(list);
  }

  @Override
  public void to(Renderer out) {
    out.facts(this);
  }
}
