package io.defragsim.report.html;

import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.Estimates;
import io.defragsim.report.LeftOut;
import io.defragsim.report.Recorded;
import io.defragsim.report.markup.Markup;
import io.defragsim.report.model.OutcomeLine;
import io.defragsim.report.model.Report;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Tone;
import io.defragsim.report.section.CompareReport;
import io.defragsim.report.section.RunReport;
import io.defragsim.report.section.SubjectSection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What stands on the page, from the verdicts over the player and what was measured to what ran. */
final class Body {
  private final List<Recorded> runs;
  private final List<LeftOut> leftOut;
  private final List<Report> reports;
  private final Report whole;
  private final Markup out = new Markup();

  /**
   * @param leftOut what could not run
   */
  Body(List<Recorded> runs, List<LeftOut> leftOut) {
    this.runs = runs;
    this.leftOut = leftOut;
    List<RunResult> results = runs.stream().map(Recorded::result).toList();
    this.reports =
        runs.stream().map(run -> RunReport.of(run.result(), run.profile(), results)).toList();
    this.whole = runs.size() == 1 ? reports.get(0) : CompareReport.of(results, leftOut);
  }

  /**
   * The markup.
   *
   * @param span how many operations the pictures are wide
   * @param columns how many the picture of the heap has at most
   */
  String markup(long span, int columns) {
    header(out, whole.head());
    out.open("main").line();
    boolean many = CompareReport.inRows(runs.size());
    verdict(many);
    boolean moments = runs.stream().anyMatch(run -> run.recording().count() > 0);
    if (moments) {
      new PlayerSection(runs, span, columns, out).write();
    }
    if (runs.size() > 1) {
      whole.details().forEach(section -> sections(List.of(List.of(section)), ""));
    }
    if (many) {
      sections(List.of(limits()), "");
      each(moments);
      sections(List.of(whole.subject()), "What ran");
    } else {
      if (moments) {
        sections(runs.stream().map(run -> List.of(RunReport.worst(run.result()))).toList(), "");
      }
      beside(Report::details, "");
      beside(Report::subject, "What ran");
      sections(List.of(SubjectSection.ofLeftOut(leftOut)), "");
    }
    out.close().line();
    return out.toString();
  }

  /** All of each run, one below the other and folded away. */
  private void each(boolean moments) {
    out.open("section", "id", "each").element("h2", "Each allocator").line();
    for (int run = 0; run < runs.size(); run++) {
      RunResult result = runs.get(run).result();
      List<Section> sections = new ArrayList<>();
      if (moments) {
        sections.add(RunReport.worst(result));
      }
      sections.addAll(reports.get(run).details());
      out.open("details").element("summary", result.subject().image().name());
      out.element("p", SubjectSection.totals(result));
      for (Section section : sections) {
        String parts = HtmlParts.of(section, run);
        if (!parts.isEmpty()) {
          out.open("h3").text(section.heading());
          remark(section.remark());
          out.close().raw(parts);
        }
      }
      out.close().line();
    }
    out.close().line();
  }

  /** The head of a page. */
  static void header(Markup out, Report.Head head) {
    out.open("header");
    out.element("p", "defrag-sim " + head.producer(), "class", "faint");
    out.element("h1", head.title());
    if (!head.description().isBlank()) {
      out.element("p", HtmlParts.shortened(head.description()));
    }
    out.close().line();
  }

  /** Of many, what became of the first, and what went wrong: the limits of all stand below. */
  private void verdict(boolean many) {
    out.open("section", "id", "verdict").element("h2", "Verdict");
    if (!whole.conclusion().isEmpty()) {
      out.element("p", whole.conclusion(), "class", "conclusion").line();
    }
    for (int run = 0; run < (many ? 1 : reports.size()); run++) {
      String ran = SubjectSection.totals(runs.get(run).result());
      for (OutcomeLine outcome : reports.get(run).outcomes()) {
        out.raw(HtmlParts.of(outcome.line(), sign(outcome.line().tone())));
        out.open("div", "class", "why").element("p", ran);
        outcome.why().forEach(why -> out.raw(HtmlParts.of(why, "")));
        out.close().line();
      }
    }
    for (Section section : many ? alarms() : whole.verdicts()) {
      out.open("div", "class", section.tone() == Tone.BAD ? "alarm" : section.id());
      out.open("h3", "class", section.tone() == Tone.BAD ? "bad" : null).text(section.heading());
      remark(section.remark());
      out.close().raw(HtmlParts.of(section, 0)).close();
    }
    out.close().line();
  }

  private List<Section> alarms() {
    return whole.verdicts().stream().filter(section -> section.tone() == Tone.BAD).toList();
  }

  private List<Section> limits() {
    return whole.verdicts().stream().filter(section -> section.tone() != Tone.BAD).toList();
  }

  /** What stands in front of an outcome. */
  static String sign(Tone tone) {
    return tone == Tone.BAD ? "✗ " : tone == Tone.WARN ? "! " : "✓ ";
  }

  private void remark(String remark) {
    if (!remark.isEmpty()) {
      out.text(" ").element("small", remark);
    }
  }

  /** The sections of all runs, those of one subject side by side. */
  private void beside(Function<Report, List<Section>> which, String title) {
    Set<String> ids = new LinkedHashSet<>();
    reports.forEach(report -> which.apply(report).forEach(section -> ids.add(section.id())));
    for (String id : ids) {
      sections(
          reports.stream()
              .map(r -> which.apply(r).stream().filter(s -> s.id().equals(id)).toList())
              .toList(),
          title);
    }
  }

  /**
   * Sections of one subject.
   *
   * @param ofRuns those of each run, or those that are about all
   * @param title empty for that of the sections
   */
  private void sections(List<List<Section>> ofRuns, String title) {
    List<Section> all = ofRuns.stream().flatMap(List::stream).toList();
    List<String> parts =
        IntStream.range(0, ofRuns.size())
            .mapToObj(
                run ->
                    ofRuns.get(run).stream()
                        .map(section -> HtmlParts.of(section, run))
                        .collect(Collectors.joining()))
            .toList();
    if (parts.stream().allMatch(String::isEmpty)) {
      return;
    }
    boolean estimated = all.stream().anyMatch(Section::estimated);
    List<String> remarks = all.stream().map(Section::remark).distinct().toList();
    out.open("section", "id", all.get(0).id()).open("h2");
    out.text((title.isEmpty() ? all.get(0).title() : title) + Estimates.last(estimated));
    remark(remarks.size() == 1 ? remarks.get(0) : "");
    out.close().open("div", "class", "runs");
    for (int run = 0; run < ofRuns.size(); run++) {
      out.open("div", "class", "run");
      if (ofRuns.size() > 1) {
        out.open("h3").text(runs.get(run).result().subject().image().name());
        String own = ofRuns.get(run).stream().map(Section::remark).findFirst().orElse("");
        remark(remarks.size() == 1 ? "" : own);
        out.close();
      }
      out.raw(parts.get(run).isEmpty() ? "<p>None.</p>" : parts.get(run)).close();
    }
    out.close().close().line();
  }
}
