package io.defragsim.report.ci;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.lab.baseline.Baseline;
import io.defragsim.lab.baseline.Baseline.FunctionCycles;
import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.baseline.Tolerance;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.GateReport;
import io.defragsim.report.GateReport.BaselineCheck;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.Results;
import io.defragsim.report.format.Format;
import io.defragsim.report.format.Formats;
import io.defragsim.scenario.Limit.Bounds;
import io.defragsim.scenario.Limit.Source;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.xml.sax.SAXException;

/** What CI reads of runs in which everything occurs. */
@DisplayNameGeneration(ReplaceUnderscores.class)
public final class CiReportsTest {

  private static final Path ROOT = Path.of(System.getProperty("defragsim.root"));
  private static final Path GOLDEN = ROOT.resolve("cli/src/test/resources/io/defragsim/report/ci");

  private static RunResult.Limit limit(
      String figure, Bounds fail, Bounds warn, @Nullable Source source) {
    return new RunResult.Limit(Objects.requireNonNull(Figures.named(figure)), fail, warn, source);
  }

  private static Bounds most(long max) {
    return new Bounds(null, max);
  }

  /** A limit that fails, one that warns, one that holds; a fault; better and worse baselines. */
  private static GateReport report() {
    Path file = Path.of("scenarios", "a, b: 100 %.json");
    RunResult judged =
        Results.judgedBy(
            limit("alloc.max", most(300), most(250), new Source(file, 12)),
            limit("pauses.max", most(2000), most(1500), new Source(file, 13)),
            limit("alloc.count", new Bounds(100L, null), Bounds.NONE, new Source(file, 14)),
            limit("grow.max", most(9), Bounds.NONE, null),
            limit("fragmentation.max", most(400_000), Bounds.NONE, null));
    RunResult faulted =
        Results.ended(
            new RunEnding.ContractViolated("block <a|b> & `c`\n\u0001 overlaps", "alloc #1", 7));
    return new GateReport(
        List.of(
            new Entry("scenarios/a, b: 100 %.json", file, judged, compared(380, 90)),
            new Entry("sensor-node", null, Results.peaceful(), compared(410, 90)),
            new Entry("sensor-node", null, Results.ended(Results.fault()), null),
            new Entry("x/faulted.json", Path.of("x", "faulted.json"), faulted, null)),
        4);
  }

  private static BaselineCheck compared(long allocMax, long freeCycles) {
    Comparison comparison =
        Comparison.of(
            baseline(allocMax, "cd", freeCycles), baseline(398, "ab", 100), Tolerance.NONE, false);
    return new BaselineCheck(Path.of("baselines", "a.defrag.json"), comparison);
  }

  private static Baseline baseline(long allocMax, String sha256, long freeCycles) {
    TreeMap<String, @Nullable Long> figures = new TreeMap<>(Results.peaceful().figures());
    figures.put("alloc.max", allocMax);
    return new Baseline(
        "0.1.0",
        "sensor-node",
        null,
        new Baseline.Image("defrag", sha256.repeat(32), 1, null),
        "exact",
        figures,
        new TreeMap<>(
            Map.of(
                "image_free", new FunctionCycles(10, freeCycles),
                "image_alloc", new FunctionCycles(10, 1000 + allocMax))));
  }

  private static String written(Format<GateReport> format) throws IOException {
    StringWriter out = new StringWriter();
    format.write(report(), out);
    return out.toString();
  }

  private static void golden(String file, String text) throws IOException {
    if (Boolean.getBoolean("defragsim.update")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(GOLDEN.resolve(file), text);
    }
    assertThat(text)
        .as("another report: run the tests of cli with -Ddefragsim.update=true and read it")
        .isEqualTo(Files.readString(GOLDEN.resolve(file)));
  }

  @Test
  void the_junit_xml_is_the_golden_one_and_follows_the_schema_that_jenkins_and_gitlab_read()
      throws IOException, SAXException {
    String xml = written(JUnitReport::write);
    golden("junit.xml", xml);
    validate(xml);
  }

  private static void validate(String xml) throws IOException, SAXException {
    SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
        .newSchema(CiReportsTest.class.getResource("junit.xsd"))
        .newValidator()
        .validate(new StreamSource(new StringReader(xml)));
  }

  @Test
  void the_markdown_is_the_golden_one() throws IOException {
    golden("summary.md", written(Formats.MARKDOWN));
  }

  @Test
  void the_annotations_are_the_golden_ones() throws IOException {
    String commands = written((report, out) -> GitHubCommands.write(report, Path.of(""), out));
    golden("annotations.txt", commands);
    assertThat(commands.lines())
        .allSatisfy(
            line -> assertThat(line).matches("::(error|warning|notice) ([a-z]+=[^:,]*,?)+::.+"));
  }

  @Test
  void what_means_something_to_a_workflow_command_is_escaped() {
    assertThat(GitHubCommands.property("a: 1,\r\n100 %")).isEqualTo("a%3A 1%2C %0A100 %25");
    assertThat(GitHubCommands.data("a: 1,\r\n100 %")).isEqualTo("a: 1, %0A100 %25");
  }

  @Test
  void what_means_something_to_markdown_is_escaped() {
    assertThat(MarkdownReport.text("a|b <i>&*_`x`\n[y](z)"))
        .isEqualTo("a\\|b &lt;i&gt;&amp;\\*\\_\\`x\\` \\[y\\](z)");
  }

  @Test
  void files_are_shown_relative_to_the_workspace_if_they_are_in_it() throws IOException {
    Path workspace = Path.of("/w/repository").toAbsolutePath();
    Source inside = new Source(workspace.resolve("s/a.json"), 3);
    Source outside = new Source(Path.of("/elsewhere/b.json").toAbsolutePath(), 4);
    StringWriter out = new StringWriter();
    RunResult result =
        Results.judgedBy(
            limit("alloc.max", most(1), Bounds.NONE, inside),
            limit("alloc.max", most(1), Bounds.NONE, outside));
    GitHubCommands.write(
        new GateReport(List.of(new Entry("a", null, result, null)), 3), workspace, out);
    assertThat(out.toString())
        .contains("::error file=s/a.json,line=3,title=")
        .contains("/elsewhere/b.json,line=4,title=");
  }
}
