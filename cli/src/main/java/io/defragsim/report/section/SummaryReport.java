package io.defragsim.report.section;

import io.defragsim.lab.summary.Measured;
import io.defragsim.lab.summary.Summary;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.model.Report;
import io.defragsim.report.model.Report.Head;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.workload.Generator;
import io.defragsim.workload.Workload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.ToLongFunction;

/** A recording beside the generators that it was summed up in. */
public final class SummaryReport {
  private final Summary summary;

  private SummaryReport(Summary summary) {
    this.summary = summary;
  }

  /**
   * The report.
   *
   * @param producer the version of defrag-sim
   */
  public static Report of(Summary summary, String producer) {
    SummaryReport report = new SummaryReport(summary);
    List<Section> sections = new ArrayList<>(List.of(report.figures(), report.phases()));
    if (!summary.notes().isEmpty()) {
      List<Sentence> notes = summary.notes().stream().map(Sentence::new).toList();
      sections.add(new Section("notes", "Notes", "").with(notes));
    }
    return new Report(
        new Head(summary.scenario().name() + ", summed up", "", producer, ""),
        List.of(),
        sections,
        List.of(),
        List.of(),
        "");
  }

  private Section figures() {
    boolean others = !summary.others().isEmpty();
    Table table =
        new Table(
            "<|recording|seed "
                + summary.seed()
                + "|apart"
                + (others ? "|other seeds, from|to" : ""));
    row(table, "operations", Measured::operations);
    row(table, "allocations", Measured::allocations);
    row(table, "most payload alive, in bytes", Measured::peakBytes);
    row(table, "most blocks alive", Measured::peakBlocks);
    row(table, "mean payload alive, in bytes", Measured::meanBytes);
    row(table, "size of a block, in bytes: mean", Measured::sizeMean);
    row(table, "p50", Measured::sizeP50);
    row(table, "p90", Measured::sizeP90);
    row(table, "max", Measured::sizeMax);
    return new Section("figures", "Recording and generator", "", table);
  }

  private void row(Table table, String what, ToLongFunction<Measured> figure) {
    long recorded = figure.applyAsLong(summary.recording());
    long generated = figure.applyAsLong(summary.generated());
    String apart = recorded == generated ? "0" : Numbers.share(generated - recorded, recorded);
    if (summary.others().isEmpty()) {
      table.row(what, recorded, generated, apart);
    } else {
      table.row(
          what,
          recorded,
          generated,
          apart,
          summary.others().stream().mapToLong(figure).min().orElseThrow(),
          summary.others().stream().mapToLong(figure).max().orElseThrow());
    }
  }

  /** What each phase is made of. */
  private Section phases() {
    Table table = new Table("`phase|operations|fill|blocks|<kinds, those with most blocks first");
    for (Workload.Part part : summary.scenario().workload().parts()) {
      Workload.Phase phase = (Workload.Phase) part;
      Generator generator = (Generator) phase.content();
      table.row(
          phase.name(),
          generator.operations(),
          generator.fillBytes(),
          generator.maxBlocks(),
          kinds(generator.kinds()));
    }
    return new Section("phases", "Generated phases", "", table);
  }

  private static String kinds(Collection<Generator.Kind> kinds) {
    List<Generator.Kind> sorted = new ArrayList<>(kinds);
    sorted.sort((a, b) -> Integer.compare(b.weight(), a.weight()));
    int shown = 4;
    return String.join(", ", sorted.stream().limit(shown).map(Generator.Kind::name).toList())
        + (sorted.size() > shown ? " and " + (sorted.size() - shown) + " more" : "");
  }
}
