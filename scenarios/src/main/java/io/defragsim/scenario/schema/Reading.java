package io.defragsim.scenario.schema;

import io.defragsim.scenario.json.Problems;
import java.util.OptionalLong;

/** What is known while a file is read. Kinds of file whose values depend on more add to it. */
public class Reading {
  private final Problems problems;

  /**
   * @param problems where is noted what is wrong with the file
   */
  public Reading(Problems problems) {
    this.problems = problems;
  }

  public final Problems problems() {
    return problems;
  }

  /** What durations become cycles by; empty if that is unknown. */
  public OptionalLong clockHz() {
    return OptionalLong.empty();
  }
}
