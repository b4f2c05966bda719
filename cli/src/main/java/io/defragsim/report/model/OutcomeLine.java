package io.defragsim.report.model;

import java.util.List;

/**
 * What became of something, in a line.
 *
 * @param why what is wrong with it, or news
 */
public record OutcomeLine(Sentence line, List<Sentence> why) {

  public OutcomeLine {
    why = List.copyOf(why);
  }

  public OutcomeLine(String line, Tone tone, Sentence... why) {
    this(new Sentence(line, tone), List.of(why));
  }
}
