package io.defragsim.report.ci;

import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.baseline.Comparison.FigureChange;
import io.defragsim.lab.baseline.Comparison.FunctionChange;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.ChangeWords;
import io.defragsim.lab.words.EndingWords;
import io.defragsim.lab.words.Estimates;
import io.defragsim.lab.words.Numbers;
import io.defragsim.lab.words.Verdicts;
import io.defragsim.report.GateReport;
import io.defragsim.report.GateReport.BaselineCheck;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.section.BaselineSection;
import io.defragsim.words.Printable;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/**
 * JUnit XML, as Jenkins, GitLab and others read it: a run is a suite; its ending, each limit and
 * the baseline are a case each. A firmware that faults, breaks its contract or never ends is an
 * error; a violated limit is a failure; a warning is a case that passed and says something. Limits
 * that hold of a run that ended early are skipped: nobody knows whether they would have.
 *
 * <p>Times are emulated seconds, so that the same runs give the same file. Strings have no
 * characters that XML forbids.
 */
public final class JUnitReport {
  private static final String ENDING = "runs to its end";
  private static final String BASELINE = "baseline";

  private final XMLStreamWriter xml;
  private int depth;

  /** A case; at most one of failure, error and skipped is there. */
  private record Case(
      String name, @Nullable String outcome, String type, String message, String text) {

    static Case passed(String name, String said) {
      return new Case(name, null, "", "", said);
    }

    boolean is(String kind) {
      return kind.equals(outcome);
    }
  }

  private JUnitReport(XMLStreamWriter xml) {
    this.xml = xml;
  }

  /** Writes all of {@code report} and closes nothing. */
  public static void write(GateReport report, Writer out) throws IOException {
    try {
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(out);
      new JUnitReport(xml).write(report);
      xml.flush();
    } catch (XMLStreamException e) {
      if (e.getNestedException() instanceof IOException io) {
        throw io;
      }
      throw new IOException(e);
    }
  }

  private void write(GateReport report) throws XMLStreamException {
    List<List<Case>> suites = report.entries().stream().map(JUnitReport::cases).toList();
    List<Case> all = suites.stream().flatMap(List::stream).toList();
    xml.writeStartDocument("UTF-8", "1.0");
    start("testsuites");
    attribute("name", "defrag-sim");
    counts(all);
    List<String> names = report.names();
    for (int i = 0; i < suites.size(); i++) {
      suite(report.entries().get(i), names.get(i), suites.get(i));
    }
    end();
    xml.writeEndDocument();
    xml.writeCharacters("\n");
  }

  private void suite(Entry entry, String name, List<Case> cases) throws XMLStreamException {
    RunResult result = entry.result();
    start("testsuite");
    attribute("name", name);
    counts(cases);
    attribute("skipped", count(cases, "skipped"));
    attribute("time", seconds(result));
    if (entry.file() != null) {
      attribute("file", entry.file().toString());
    }
    start("properties");
    property("scenario", result.subject().scenario());
    property("image", result.subject().image().name());
    property("image.sha256", result.subject().image().sha256());
    property("cycleModel", Estimates.cycleModel(result));
    property("defrag-sim", result.subject().version());
    end();
    for (Case each : cases) {
      testCase(each, name);
    }
    end();
  }

  private void counts(List<Case> cases) throws XMLStreamException {
    attribute("tests", String.valueOf(cases.size()));
    attribute("failures", count(cases, "failure"));
    attribute("errors", count(cases, "error"));
  }

  private static String count(List<Case> cases, String kind) {
    return String.valueOf(cases.stream().filter(each -> each.is(kind)).count());
  }

  /** Emulated time. */
  private static String seconds(RunResult result) {
    return BigDecimal.valueOf(result.cycles())
        .divide(BigDecimal.valueOf(result.subject().mcu().clockHz()), 6, RoundingMode.HALF_UP)
        .toPlainString();
  }

  private void testCase(Case each, String suite) throws XMLStreamException {
    boolean silent = each.outcome() == null && each.text().isEmpty();
    if (silent) {
      indent();
      xml.writeEmptyElement("testcase");
    } else {
      start("testcase");
    }
    attribute("name", each.name());
    attribute("classname", suite);
    if (silent) {
      return;
    }
    if (each.outcome() != null) {
      start(each.outcome());
      attribute("message", each.message());
      if (!each.is("skipped")) {
        attribute("type", each.type());
        xml.writeCharacters(legal(each.text()));
      }
      endInLine();
    } else {
      start("system-out");
      xml.writeCharacters(legal(each.text()));
      endInLine();
    }
    end();
  }

  private static List<Case> cases(Entry entry) {
    List<Case> cases = new ArrayList<>();
    RunResult result = entry.result();
    EndingWords ending = EndingWords.of(result.ending());
    cases.add(
        ending == null
            ? Case.passed(ENDING, "")
            : new Case(ENDING, "error", ending.type(), ending.brief(), ending.brief()));
    for (LimitVerdict verdict : result.verdicts()) {
      cases.add(limit(verdict, entry));
    }
    BaselineCheck baseline = entry.baseline();
    if (baseline != null) {
      cases.add(baseline(baseline, entry.result()));
    }
    return cases;
  }

  private static Case limit(LimitVerdict verdict, Entry entry) {
    String name = verdict.figure().name();
    if (verdict.level() == Level.OK) {
      return entry.result().completed()
          ? Case.passed(name, "")
          : new Case(name, "skipped", "", "the run ended early", "");
    }
    String sentence = Verdicts.sentence(verdict);
    String place = Verdicts.place(verdict.source());
    String text = sentence + (place.isEmpty() ? "" : "\n" + place);
    return verdict.level() == Level.WARN
        ? Case.passed(name, "warning: " + text)
        : new Case(name, "failure", "limit", sentence, text);
  }

  private static Case baseline(BaselineCheck check, RunResult result) {
    Comparison comparison = check.comparison();
    StringBuilder text = new StringBuilder(ChangeWords.outcome(comparison));
    text.append('\n').append(check.file());
    comparison.remarks().forEach(remark -> text.append('\n').append(remark));
    for (FigureChange change : comparison.differing()) {
      text.append('\n').append(ChangeWords.sentence(change, result));
      text.append(", ").append(ChangeWords.judgement(change));
    }
    List<FunctionChange> functions = comparison.functions();
    if (!functions.isEmpty()) {
      text.append("\nfunctions whose cycles differ most:");
      for (FunctionChange change :
          functions.subList(0, Math.min(BaselineSection.FUNCTIONS, functions.size()))) {
        text.append("\n  ").append(ChangeWords.sentence(change, result));
      }
    }
    if (comparison.holds()) {
      return Case.passed(BASELINE, comparison.hasNews() ? text.toString() : "");
    }
    return new Case(
        BASELINE, "failure", "baseline", ChangeWords.outcome(comparison), text.toString());
  }

  private void property(String name, String value) throws XMLStreamException {
    indent();
    xml.writeEmptyElement("property");
    attribute("name", name);
    attribute("value", value);
  }

  private void start(String element) throws XMLStreamException {
    indent();
    xml.writeStartElement(element);
    depth++;
  }

  private void attribute(String name, String value) throws XMLStreamException {
    // A line's end in an attribute is a space to whoever reads it.
    xml.writeAttribute(name, legal(value).replace('\n', ' '));
  }

  private void end() throws XMLStreamException {
    depth--;
    indent();
    xml.writeEndElement();
  }

  private void endInLine() throws XMLStreamException {
    depth--;
    xml.writeEndElement();
  }

  private void indent() throws XMLStreamException {
    xml.writeCharacters("\n" + "  ".repeat(depth));
  }

  /** Printable text is legal in XML 1.0; spaces that break no line are of no use there. */
  private static String legal(String text) {
    return Numbers.unglued(Printable.lines(text));
  }
}
