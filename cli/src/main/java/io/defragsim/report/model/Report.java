package io.defragsim.report.model;

import java.util.List;

/**
 * A report. What scrolls has the outcomes last, what is looked at from above has them first.
 *
 * @param subject what ran
 * @param details what was measured
 * @param verdicts what that means
 * @param outcomes all of it in a line for each that ran
 * @param conclusion a last sentence; empty for none
 */
public record Report(
    Head head,
    List<Section> subject,
    List<Section> details,
    List<Section> verdicts,
    List<OutcomeLine> outcomes,
    String conclusion) {

  /**
   * What stands above.
   *
   * @param title what the report is about
   * @param remark behind the title; may be empty
   * @param producer the version of defrag-sim; empty where nobody asks
   * @param description may be empty
   */
  public record Head(String title, String remark, String producer, String description) {}

  public Report {
    subject = List.copyOf(subject);
    details = List.copyOf(details);
    verdicts = List.copyOf(verdicts);
    outcomes = List.copyOf(outcomes);
  }
}
