package io.defragsim.report.html;

import io.defragsim.report.drawing.Use;
import io.defragsim.report.markup.Markup;
import io.defragsim.report.model.Report;
import io.defragsim.report.model.Section;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/** A report without a run as a page to look at: one file that needs no other, and no script. */
public final class ReportPage {
  private ReportPage() {}

  /** Writes the page and closes nothing. */
  public static void write(Report report, Writer out) throws IOException {
    String style = Use.styles() + PageReport.resource("page.css");
    Markup page = new Markup();
    page.raw("<!doctype html>").line().open("html", "lang", "en").line().open("head").line();
    page.empty("meta", "charset", "utf-8").line();
    page.empty(
            "meta",
            "http-equiv",
            "Content-Security-Policy",
            "content",
            "default-src 'none'; style-src '"
                + PageReport.hash(style)
                + "'; base-uri 'none'; form-action 'none'")
        .line();
    page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1").line();
    page.empty("meta", "name", "color-scheme", "content", "light dark").line();
    page.element("title", report.head().title() + " \u00b7 defrag-sim").line();
    page.open("style").raw(style).close().line().close().line();
    page.open("body", "class", "single").line();
    Body.header(page, report.head());
    page.open("main").line().open("section", "id", "verdict").element("h2", "Verdict");
    report
        .outcomes()
        .forEach(
            outcome -> page.raw(HtmlParts.of(outcome.line(), Body.sign(outcome.line().tone()))));
    page.close().line();
    for (List<Section> sections : List.of(report.subject(), report.verdicts(), report.details())) {
      sections.forEach(section -> section(page, section));
    }
    page.close().line().close().close().line();
    out.write(page.toString());
  }

  private static void section(Markup page, Section section) {
    page.open("section", "id", section.id()).open("h2");
    page.text(section.title().isEmpty() ? "What it is about" : section.heading());
    if (!section.remark().isEmpty()) {
      page.text(" ").element("small", section.remark());
    }
    page.close().raw(HtmlParts.of(section, 0)).close().line();
  }
}
