package io.defragsim.report.model;

import java.util.ArrayList;
import java.util.List;

/** Words, each with what there is to know of it; nobody adds to them once they are in a section. */
public final class Facts implements Part {
  private final List<Fact> list = new ArrayList<>();

  /** A word and what belongs to it. */
  public record Fact(String word, String text, Where where) {}

  /** Which formats have a fact. */
  public enum Where {
    EVERYWHERE,
    /** Only one with much room. */
    WIDE,
    /** Only one with little room: one with much has it in another place. */
    NARROW
  }

  /** Adds a fact. */
  public Facts add(String word, String text) {
    return add(word, text, Where.EVERYWHERE);
  }

  public Facts add(String word, String text, Where where) {
    list.add(new Fact(word, text, where));
    return this;
  }

  /** Those for a format with little room. */
  public List<Fact> narrow() {
    return list.stream().filter(fact -> fact.where() != Where.WIDE).toList();
  }

  /** Those for a format with much room. */
  public List<Fact> wide() {
    return list.stream().filter(fact -> fact.where() != Where.NARROW).toList();
  }

  @Override
  public void to(Renderer out) {
    out.facts(this);
  }
}
