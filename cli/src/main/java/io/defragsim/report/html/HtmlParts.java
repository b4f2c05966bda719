package io.defragsim.report.html;

import io.defragsim.lab.result.Distribution;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.drawing.Plots;
import io.defragsim.report.markup.Markup;
import io.defragsim.report.model.Cell;
import io.defragsim.report.model.Chart;
import io.defragsim.report.model.Facts;
import io.defragsim.report.model.Renderer;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Table.Column;
import io.defragsim.report.model.Table.Kind;
import io.defragsim.report.model.Tone;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes the parts of sections in HTML. What the player shows over time it does not draw again. */
final class HtmlParts implements Renderer {
  /** Of a longer text in a cell that much is shown, and of one elsewhere. */
  private static final int MOST_IN_CELL = 80;

  private static final int MOST_IN_TEXT = 2000;

  /** A longer text in a cell may be broken. */
  private static final int UNBROKEN = 20;

  private final Markup out = new Markup();
  private final int run;

  private HtmlParts(int run) {
    this.run = run;
  }

  /**
   * The parts of {@code section}; empty if there is nothing that a page shows.
   *
   * @param run the index of the run that it is about
   */
  static String of(Section section, int run) {
    HtmlParts html = new HtmlParts(run);
    section.parts().forEach(part -> part.to(html));
    return html.out.toString();
  }

  /** One sentence in a paragraph. */
  static String of(Sentence sentence, String sign) {
    HtmlParts html = new HtmlParts(0);
    html.paragraph(sentence, sign);
    return html.out.toString();
  }

  /** A text of a user's, as much of it as anybody wants to read. */
  static String shortened(String text) {
    return shortened(text, MOST_IN_TEXT);
  }

  private static String shortened(String text, int most) {
    return text.length() <= most
        ? text
        : text.substring(0, text.offsetByCodePoints(0, most / 2)) + "…";
  }

  private static @Nullable String tone(Tone tone) {
    return tone == Tone.PLAIN || tone == Tone.STRONG ? null : tone.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void sentence(Sentence sentence) {
    paragraph(sentence, "");
  }

  private void paragraph(Sentence sentence, String sign) {
    out.open("p", "class", tone(sentence.tone())).text(sign);
    linked(shortened(sentence.text()), sentence.operation());
    if (!sentence.place().isEmpty()) {
      out.text(", ").element("span", sentence.place(), "class", "faint");
    }
    out.close().line();
  }

  /** A text in which the name of a moment is a link to it. */
  private void linked(String text, @Nullable Long operation) {
    if (operation == null || operation < 0) {
      out.text(text);
      return;
    }
    String name = Numbers.operation(operation);
    int at = text.indexOf(name);
    if (at < 0) {
      out.text(text);
      return;
    }
    out.text(text.substring(0, at));
    link(name, operation);
    out.text(text.substring(at + name.length()));
  }

  private void link(String text, long operation) {
    String moment = Numbers.operation(operation);
    out.element("a", text, "href", "#op" + operation, "title", text.equals(moment) ? null : moment);
  }

  @Override
  public void facts(Facts facts) {
    out.open("dl", "class", "facts");
    facts.wide().forEach(fact -> out.element("dt", fact.word()).element("dd", fact.text()));
    out.close().line();
  }

  @Override
  public void table(Table table) {
    out.open("div", "class", "scroll", "tabindex", 0).open("table");
    List<Column> columns = table.columns();
    if (columns.stream().anyMatch(column -> !column.head().isEmpty())) {
      out.open("thead").open("tr");
      for (Column column : columns) {
        out.open("th", "class", words(column.kind()));
        List<String> lines = column.lines();
        for (int line = 0; line < lines.size(); line++) {
          if (line > 0) {
            out.empty("br");
          }
          out.text(shortened(lines.get(line), MOST_IN_CELL));
        }
        out.close();
      }
      out.close().close();
    }
    out.open("tbody");
    for (List<Cell> row : table.rows()) {
      if (!row.isEmpty()) {
        out.open("tr");
        for (int i = 0; i < row.size(); i++) {
          cell(row.get(i), columns.get(i).kind());
        }
        out.close();
      }
    }
    out.close().close().close().line();
    if (table.more() > 0) {
      out.element("p", "... and " + Numbers.plain(table.more()) + " more");
    }
  }

  private static @Nullable String words(Kind kind) {
    return kind == Kind.NUMBER ? null : "words";
  }

  private void cell(Cell cell, Kind kind) {
    String text = shortened(cell.wide(), MOST_IN_CELL);
    String style = words(kind) == null ? "" : text.length() > UNBROKEN ? "remark" : "words";
    String tone = tone(cell.tone());
    String all = (style + (tone == null ? "" : " " + tone)).strip();
    out.open("td", "class", all.isEmpty() ? null : all);
    if (cell.operation() != null && cell.operation() >= 0) {
      link(text, cell.operation());
    } else if (kind == Kind.NAME) {
      name(text);
    } else {
      out.text(text);
    }
    out.close();
  }

  /** A name that may be broken behind its dots where there is little room. */
  private void name(String name) {
    int from = 0;
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', from)) {
      out.text(name.substring(from, dot + 1)).empty("wbr");
      from = dot + 1;
    }
    out.text(name.substring(from));
  }

  @Override
  public void chart(Chart.Histograms chart) {
    out.open("div", "class", "spread");
    chart.list().forEach(this::histogram);
    out.close();
  }

  private void histogram(Chart.Histogram histogram) {
    Distribution cycles = histogram.cycles();
    Long least = cycles.min();
    Long most = cycles.max();
    if (least == null || most == null) {
      return;
    }
    String noun = histogram.noun();
    List<Plots.Bar> bars = Plots.bars(cycles);
    long width = bars.get(0).last() - bars.get(0).first() + 1;
    long tallest = bars.stream().mapToLong(Plots.Bar::count).max().orElse(0);
    out.open("figure", "class", "histogram");
    out.element(
        "figcaption",
        histogram.title()
            + ": "
            + Numbers.count(cycles.count(), noun)
            + (bars.size() == 1
                ? (cycles.count() == 1 ? " of " : ", each of ") + Numbers.count(least, "cycle")
                : "; a bar is "
                    + Numbers.count(width, "cycle")
                    + " wide, the tallest "
                    + Numbers.count(tallest, noun)));
    if (bars.size() > 1) {
      Plots.histogram(out, bars, bar -> title(bar) + ": " + Numbers.count(bar.count(), noun));
      out.open("div", "class", "ends");
      out.element("span", Numbers.plain(least)).element("span", Numbers.plain(most)).close();
    }
    out.close().line();
  }

  private static String title(Plots.Bar bar) {
    return (bar.first() == bar.last() ? "" : Numbers.plain(bar.first()) + " to ")
        + Numbers.count(bar.last(), "cycle");
  }

  @Override
  public void chart(Chart.Curve chart) {
    List<Chart.Point> points = chart.points();
    if (points.size() < 2) {
      return;
    }
    long top = points.stream().mapToLong(Chart.Point::y).max().orElse(0);
    out.open("figure", "class", "curve").element("figcaption", chart.title());
    out.open("div", "class", "chart").open("div", "class", "axis");
    out.element("span", Numbers.plain(top)).element("span", Numbers.plain(0L)).close();
    Plots.curve(out, points);
    out.open("div", "class", "axis across");
    out.element("span", Numbers.plain(points.get(0).x()));
    out.element("span", Numbers.plain(points.get(points.size() - 1).x()));
    out.close().close().close().line();
  }

  @Override
  public void chart(Chart.Flame chart) {
    long awake = FlameTree.of(chart.profile()).inclusive();
    if (awake > 0) {
      out.element(
          "p",
          Numbers.count(awake, "cycle")
              + " in this picture, which leaves time asleep out; the table below has it. The width is"
              + " the share of the cycles, with what a function calls below it; choose one to see it"
              + " in full width.");
      out.element("div", "", "class", "flame no-print", "data-flame", run);
    }
  }
}
