package io.defragsim.report.text;

import io.defragsim.lab.result.Fragmentation.Sample;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.Numbers;
import io.defragsim.lab.words.RunWords;
import io.defragsim.report.model.Cell;
import io.defragsim.report.model.Cells;
import io.defragsim.report.model.Chart;
import io.defragsim.report.model.Facts;
import io.defragsim.report.model.OutcomeLine;
import io.defragsim.report.model.Part;
import io.defragsim.report.model.Renderer;
import io.defragsim.report.model.Report;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Table.Kind;
import io.defragsim.report.model.Tone;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A report for the terminal: what ran, what was measured, the verdicts, and last the outcomes. */
public final class TextReport implements Renderer {
  private final Page page;

  private TextReport(Page page) {
    this.page = page;
  }

  /** Prints all of {@code report}. */
  public static void print(Report report, Page page) {
    Report.Head head = report.head();
    if (head.producer().isEmpty()) {
      page.headed(head.title(), head.remark(), page.palette()::strong);
    } else {
      page.title(head.title(), head.producer());
    }
    if (!head.description().isBlank()) {
      page.paragraph(head.description());
    }
    Stream.of(report.subject(), report.details(), report.verdicts())
        .flatMap(List::stream)
        .forEach(section -> print(section, page));
    if (!report.outcomes().isEmpty()) {
      page.blank();
      print(report.outcomes(), page);
    }
    if (!report.conclusion().isEmpty()) {
      page.blank();
      Page.wrap(report.conclusion(), page.width()).forEach(page::line);
    }
  }

  /** Prints one section after an empty line. */
  public static void print(Section section, Page page) {
    UnaryOperator<String> style = style(section.tone(), page);
    page.heading(section.heading(), remark(section), style);
    TextReport out = new TextReport(page);
    section.parts().forEach(part -> part.to(out));
  }

  /** What its figures are of; of pictures what one character is. */
  private static String remark(Section section) {
    for (Part part : section.parts()) {
      if (part instanceof Chart.Heaps heaps) {
        return HeapMapView.scale(heaps.heaps().get(0).image());
      }
    }
    return section.remark();
  }

  /** Prints a line for each, and one more for each reason. */
  public static void print(List<OutcomeLine> outcomes, Page page) {
    for (OutcomeLine outcome : outcomes) {
      page.line(style(outcome.line().tone(), page).apply(outcome.line().text()));
      outcome.why().forEach(why -> reason(why, page));
    }
  }

  /**
   * Prints what several reports come to.
   *
   * @param each a line for each, once more under a title; none where that is clear
   */
  public static void end(List<OutcomeLine> each, OutcomeLine all, Page page) {
    if (!each.isEmpty()) {
      page.rule();
      page.line(page.palette().strong("Summary"));
      print(each, page);
    }
    page.blank();
    print(List.of(all), page);
  }

  private static void reason(Sentence why, Page page) {
    String sentence = "  " + why.text();
    String place = why.place();
    if (place.isEmpty() || Cells.of(sentence) + 2 + Cells.of(place) <= page.width()) {
      page.line(sentence + (place.isEmpty() ? "" : ", " + page.palette().faint(place)));
    } else {
      page.line(sentence);
      page.line("    " + page.palette().faint(place));
    }
  }

  @Override
  public void sentence(Sentence sentence) {
    page.paragraph(sentence.text(), style(sentence.tone(), page));
  }

  @Override
  public void facts(Facts facts) {
    facts.narrow().forEach(fact -> page.entry(fact.word(), fact.text()));
  }

  @Override
  public void table(Table table) {
    var narrow = table.narrow();
    TextTable printed =
        new TextTable(
            narrow.columns().stream()
                .map(column -> (column.kind() == Kind.NUMBER ? "" : "<") + column.head())
                .toArray(String[]::new));
    for (List<Cell> row : narrow.rows()) {
      printed.row(
          row.stream()
              .map(cell -> new TextTable.Cell(cell.text(), style(cell.tone(), page)))
              .toArray(TextTable.Cell[]::new));
    }
    if (narrow.isFolding()) {
      printed.printFolded(page);
    } else {
      printed.print(page);
    }
    if (narrow.more() > 0) {
      page.paragraph("... and " + Numbers.plain(narrow.more()) + " more");
    }
  }

  @Override
  public void chart(Chart.Fragmentation chart) {
    FragmentationChart.print(chart.run(), page);
    String what = chart.run().program() == null ? "pool" : "heap";
    sentence(
        new Sentence("live is of the " + what + "'s bytes: at most " + RunWords.peak(chart.run())));
  }

  @Override
  public void chart(Chart.Sparklines chart) {
    int label = chart.runs().stream().mapToInt(run -> Cells.of(name(run)) + 2).max().orElse(0);
    for (RunResult run : chart.runs()) {
      String line =
          FragmentationChart.sparkline(
              run.fragmentation().samples(),
              run.executed(),
              page.width() - label - 2,
              Sample::ppm,
              FragmentationChart.FULL_PPM);
      String gap = " ".repeat(label - Cells.of(name(run)));
      page.line("  " + page.palette().faint(name(run)) + gap + page.palette().chart(line));
    }
  }

  private static String name(RunResult run) {
    return Page.clean(run.subject().image().name());
  }

  @Override
  public void chart(Chart.Heaps chart) {
    page.line(
        "  "
            + page.palette()
                .faint(chart.ofProgram() ? HeapMapView.PROGRAM_LEGEND : HeapMapView.LEGEND));
    for (Chart.Heap heap : chart.heaps()) {
      page.line("  " + heap.words());
      HeapMapView.print(heap.image(), heap.address(), page);
    }
  }

  private static UnaryOperator<String> style(Tone tone, Page page) {
    Palette palette = page.palette();
    return switch (tone) {
      case PLAIN -> UnaryOperator.identity();
      case STRONG -> palette::strong;
      case FAINT -> palette::faint;
      case GOOD -> palette::good;
      case WARN -> palette::warn;
      case BAD -> palette::bad;
    };
  }
}
