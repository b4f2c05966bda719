package io.defragsim.report.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.Fits;
import io.defragsim.report.Fitted;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.LeftOut;
import io.defragsim.report.Results;
import io.defragsim.report.model.Cells;
import io.defragsim.report.section.CompareReport;
import io.defragsim.report.section.FitReport;
import io.defragsim.report.section.RunReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class TextReportTest {

  private static final Path GOLDEN =
      Path.of(
          System.getProperty("defragsim.root"), "cli/src/test/resources/io/defragsim/report/text");

  private static String report(RunResult result, Palette palette, int width) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    TextReport.print(RunReport.of(Entry.of(result), false), new Page(out, palette, width));
    out.flush();
    return text.toString();
  }

  static Stream<Arguments> golden() {
    return Stream.of(
        Arguments.of("eventful.txt", Results.eventful()),
        Arguments.of("faulted.txt", Results.ended(Results.fault())),
        Arguments.of("never-parked.txt", Results.neverParked()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("golden")
  void the_report_is_the_golden_one(String file, RunResult result) throws IOException {
    golden(file, report(result, Palette.PLAIN, Page.USUAL_WIDTH));
  }

  @Test
  void the_comparison_is_the_golden_one() throws IOException {
    golden("compared.txt", comparison(Palette.PLAIN));
  }

  @Test
  void the_comparison_of_many_is_the_golden_one_and_its_tables_go_on_below_where_there_is_no_room()
      throws IOException {
    golden("compared-many.txt", many(Page.USUAL_WIDTH));
    for (int width : new int[] {60, 70, 90}) {
      String text = many(width);
      String tables = text.substring(text.indexOf("Figures"), text.indexOf("Fragmentation"));
      assertThat(tables.lines().skip(1).map(Cells::of)).allMatch(cells -> cells <= width);
      assertThat(tables).containsPattern("\n  stuck +6 .*81\\.8 %");
    }
  }

  private static String many(int width) {
    return comparison(
        List.of(
            Results.eventful(),
            Results.rigid(),
            Results.as("sliding-handles", new RunEnding.Completed()),
            Results.as("stuck", Results.fault())),
        List.of(new LeftOut("sensor-node", "defrag-small", "does not fit: it refuses the pool")),
        Palette.PLAIN,
        width);
  }

  static Stream<Arguments> fits() {
    return Stream.of(
        Arguments.of("fit.txt", Fits.eventful()),
        Arguments.of("fit-over-limit.txt", Fits.overLimit()),
        Arguments.of("fit-untried.txt", Fits.untried()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fits")
  void the_report_of_smallest_pools_is_the_golden_one(String file, Fitted fitted)
      throws IOException {
    String plain = fit(fitted, Palette.PLAIN);
    golden(file, plain);
    assertThat(plain.lines()).allSatisfy(line -> assertThat(line).doesNotMatch(".* $"));
    assertThat(fit(fitted, Palette.COLOUR).replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(plain);
  }

  private static String fit(Fitted fitted, Palette palette) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    TextReport.print(FitReport.of(fitted), new Page(out, palette, Page.USUAL_WIDTH));
    out.flush();
    return text.toString();
  }

  @Test
  void colour_changes_nothing_but_colour_in_a_comparison() {
    assertThat(comparison(Palette.COLOUR).replaceAll("\u001b\\[[0-9;]*m", ""))
        .isEqualTo(comparison(Palette.PLAIN));
  }

  private static String comparison(Palette palette) {
    return comparison(
        List.of(Results.eventful(), Results.rigid()), List.of(), palette, Page.USUAL_WIDTH);
  }

  private static String comparison(
      List<RunResult> results, List<LeftOut> leftOut, Palette palette, int width) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    TextReport.print(CompareReport.of(results, leftOut), new Page(out, palette, width));
    out.flush();
    return text.toString();
  }

  private static void golden(String file, String report) throws IOException {
    if (Boolean.getBoolean("defragsim.update")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(GOLDEN.resolve(file), report);
    }

    assertThat(report)
        .as("another report: run the tests of cli with -Ddefragsim.update=true and read it")
        .isEqualTo(Files.readString(GOLDEN.resolve(file)));
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 60, 80, 100, 200})
  void no_line_is_longer_than_a_hundred_characters_nor_ends_in_space(int width) {
    assertThat(report(Results.eventful(), Palette.PLAIN, width).lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100).doesNotMatch(".* $"));
  }

  @Test
  void colour_changes_nothing_but_colour() {
    String coloured = report(Results.eventful(), Palette.COLOUR, 80);

    assertThat(coloured).contains("\u001b[");
    assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", ""))
        .isEqualTo(report(Results.eventful(), Palette.PLAIN, 80));
  }

  @Test
  void the_report_ends_in_one_line_for_the_run_and_one_for_each_violated_limit() {
    assertThat(report(Results.eventful(), Palette.PLAIN, 80).lines())
        .endsWith(
            "sensor-node on defrag: 3 of 6 limits violated",
            "  alloc.max = 398 cycles, limit ≤ 300 cycles: 98 cycles too many at operation 4,321",
            "  fragmentation.max = 81.825 %, limit ≤ 40 %: 41.825 points above at operation 4,925",
            "  fragmentation.catastrophic = 4, limit ≤ 3: 1 too many");
    assertThat(report(Results.peaceful(), Palette.PLAIN, 80).lines())
        .endsWith("", "sensor-node on defrag: its limit holds");
  }

  @Test
  void what_a_scenario_says_cannot_steer_the_terminal() {
    assertThat(Page.clean("a\u001b[2Jb\tc\nd\u009be")).isEqualTo("a\ufffd[2Jb c d\ufffde");
  }
}
