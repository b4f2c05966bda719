package io.defragsim.report.model;

import io.defragsim.lab.words.Estimates;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a report under one title.
 *
 * @param id its name for links; the same for the same subject in all reports
 * @param title empty where it needs none
 * @param remark what its figures are of; may be empty
 * @param estimated whether its figures are an estimate
 * @param tone of the title: {@link Tone#BAD} for what must not be missed
 */
public record Section(
    String id, String title, String remark, boolean estimated, Tone tone, List<Part> parts) {

  public Section(String id, String title, String remark, boolean estimated, List<Part> parts) {
    this(id, title, remark, estimated, Tone.STRONG, parts);
  }

  public Section(String id, String title, String remark, Part... parts) {
    this(id, title, remark, false, List.of(parts));
  }

  public Section {
    parts = List.copyOf(parts);
  }

  /** The title, with a word for figures that are an estimate. */
  public String heading() {
    return title + Estimates.last(estimated);
  }

  /** The same with more parts at its end. */
  public Section with(List<? extends Part> more) {
    List<Part> all = new ArrayList<>(parts);
    all.addAll(more);
    return new Section(id, title, remark, estimated, tone, all);
  }
}
