package io.defragsim.report.ci;

import io.defragsim.lab.words.Numbers;
import io.defragsim.report.model.Cell;
import io.defragsim.report.model.Facts;
import io.defragsim.report.model.OutcomeLine;
import io.defragsim.report.model.Part;
import io.defragsim.report.model.Renderer;
import io.defragsim.report.model.Report;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Table.Column;
import io.defragsim.report.model.Table.Kind;
import io.defragsim.report.model.Tone;
import io.defragsim.words.Printable;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A report in Markdown, without pictures: the outcomes first, then the verdicts. */
public final class MarkdownReport implements Renderer {
  private final StringBuilder out = new StringBuilder();

  private MarkdownReport() {}

  /** Writes all of {@code report} and closes nothing. */
  public static void write(Report report, Writer out) throws IOException {
    MarkdownReport markdown = new MarkdownReport();
    markdown.report(report);
    out.write(markdown.out.toString());
  }

  private void report(Report report) {
    for (OutcomeLine outcome : report.outcomes()) {
      String line = report.head().title() + ": " + outcome.line().text();
      paragraph("### " + sign(outcome.line().tone()) + " " + text(line));
      outcome.why().forEach(this::sentence);
    }
    Stream.of(report.verdicts(), report.subject(), report.details())
        .flatMap(List::stream)
        .forEach(this::section);
    paragraph(text(report.conclusion()));
  }

  private void section(Section section) {
    paragraph(section.title().isEmpty() ? "" : "#### " + text(section.heading()));
    paragraph(text(section.remark()));
    Class<?> before = null;
    for (Part part : section.parts()) {
      if (part.getClass() != before) {
        paragraph("");
      }
      part.to(this);
      before = part.getClass();
    }
  }

  @Override
  public void sentence(Sentence sentence) {
    String place = sentence.place().isEmpty() ? "" : ", " + code(sentence.place());
    line("- " + text(sentence.text()) + place);
  }

  @Override
  public void facts(Facts facts) {
    facts.narrow().forEach(fact -> line("- " + text(fact.word()) + ": " + text(fact.text())));
  }

  @Override
  public void table(Table table) {
    Table narrow = table.narrow();
    List<Column> columns = narrow.columns();
    row(columns.stream().map(column -> text(String.join(" ", column.lines()))));
    line(
        columns.stream()
            .map(column -> column.kind() == Kind.NUMBER ? "--:" : "---")
            .collect(Collectors.joining("|", "|", "|")));
    for (List<Cell> row : narrow.rows()) {
      List<String> cells = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        cells.add(cell(row.get(i), columns.get(i).kind()));
      }
      row(cells.stream());
    }
    paragraph(narrow.more() > 0 ? "... and " + Numbers.plain(narrow.more()) + " more" : "");
  }

  private static String cell(Cell cell, Kind kind) {
    if (cell.text().matches("[✓!✗]")) {
      return sign(cell.tone());
    }
    return kind == Kind.NAME && !cell.text().isEmpty() ? code(cell.text()) : text(cell.text());
  }

  private static String sign(Tone tone) {
    return switch (tone) {
      case BAD -> "❌";
      case WARN -> "⚠️";
      default -> "✅";
    };
  }

  private void row(Stream<String> cells) {
    line(
        cells
            .map(cell -> cell.isEmpty() ? "" : cell + " ")
            .collect(Collectors.joining("| ", "| ", "|")));
  }

  /** An empty line, unless there is one, and a text, unless it is empty. */
  private void paragraph(String text) {
    if (!out.isEmpty() && !out.toString().endsWith("\n\n")) {
      line("");
    }
    if (!text.isEmpty()) {
      line(text);
    }
  }

  private void line(String line) {
    out.append(line).append('\n');
  }

  /** Text that means nothing to Markdown, in one line. */
  static String text(String text) {
    StringBuilder safe = new StringBuilder();
    plain(text)
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '\\', '`', '*', '_', '[', ']', '#', '|', '~', '!' ->
                    safe.append('\\').appendCodePoint(c);
                default -> safe.appendCodePoint(c);
              }
            });
    return safe.toString();
  }

  /** Code, in one line of a table. */
  private static String code(String text) {
    return "`" + plain(text).replace("`", "'").replace("|", "\\|") + "`";
  }

  private static String plain(String text) {
    return Numbers.unglued(Printable.of(text)).replaceAll(" +", " ");
  }
}
