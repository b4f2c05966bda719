package io.defragsim.report.model;

/**
 * Writes parts in a format. Of charts each format draws those that it can; it leaves out others.
 */
public interface Renderer {

  void sentence(Sentence sentence);

  void facts(Facts facts);

  void table(Table table);

  default void chart(Chart.Fragmentation chart) {}

  default void chart(Chart.Sparklines chart) {}

  default void chart(Chart.Heaps chart) {}

  default void chart(Chart.Histograms chart) {}

  default void chart(Chart.Curve chart) {}

  default void chart(Chart.Flame chart) {}
}
