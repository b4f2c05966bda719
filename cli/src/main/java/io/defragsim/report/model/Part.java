package io.defragsim.report.model;

/** What a section is made of. */
public sealed interface Part permits Sentence, Facts, Table, Chart {

  /** Writes it in a format. */
  void to(Renderer out);
}
