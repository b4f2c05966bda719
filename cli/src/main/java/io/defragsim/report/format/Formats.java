package io.defragsim.report.format;

import io.defragsim.lab.baseline.Baseline;
import io.defragsim.lab.result.Bounds;
import io.defragsim.report.Executed;
import io.defragsim.report.Fitted;
import io.defragsim.report.GateReport;
import io.defragsim.report.Guaranteed;
import io.defragsim.report.LeftOut;
import io.defragsim.report.Recorded;
import io.defragsim.report.ci.GitHubCommands;
import io.defragsim.report.ci.JUnitReport;
import io.defragsim.report.ci.MarkdownReport;
import io.defragsim.report.html.PageReport;
import io.defragsim.report.html.ReportPage;
import io.defragsim.report.json.JsonReportWriter;
import io.defragsim.report.section.GateSummary;
import io.defragsim.report.section.GuaranteeReport;
import io.defragsim.report.svg.SvgReport;
import java.nio.file.Path;
import java.util.List;

/**
 * All formats. What is for people is made of the sections of {@link io.defragsim.report.section},
 * so that a section stands in each.
 */
public final class Formats {

  /** The runs of a command, whole. */
  public static final Format<GateReport> JSON =
      (report, out) ->
          new JsonReportWriter()
              .write(report.results(), report.exitStatus(), report.leftOut(), out);

  /** Their verdicts, for machines that run jobs. */
  public static final Format<GateReport> JUNIT = JUnitReport::write;

  /** The same for people who look at a job. */
  public static final Format<GateReport> MARKDOWN =
      (report, out) -> MarkdownReport.write(GateSummary.of(report), out);

  /** A run to look at and to move through. */
  public static final Format<Recorded> PAGE =
      (run, out) -> PageReport.write(List.of(run), List.of(), out);

  /** A run for slides. */
  public static final Format<Recorded> PICTURE =
      (run, out) -> SvgReport.write(run.result(), run.recording(), out);

  /** What {@code exec} ran. */
  public static final Format<Executed> EXECUTION =
      (executed, out) -> new JsonReportWriter().write(executed, out);

  /** A run that others are held against. */
  public static final Format<Baseline> BASELINE =
      (baseline, out) -> new JsonReportWriter().write(baseline, out);

  /** What is certified of an image. */
  public static final Format<Guaranteed> GUARANTEE =
      (guaranteed, out) -> new JsonReportWriter().write(guaranteed, out);

  /** The same for people who look at a job. */
  public static final Format<Guaranteed> GUARANTEE_MARKDOWN =
      (guaranteed, out) -> MarkdownReport.write(GuaranteeReport.of(guaranteed), out);

  /** The same to look at, with curves. */
  public static final Format<Guaranteed> GUARANTEE_PAGE =
      (guaranteed, out) -> ReportPage.write(GuaranteeReport.of(guaranteed), out);

  private Formats() {}

  /**
   * Runs of one scenario to look at side by side; the first is that on its own image.
   *
   * @param leftOut what could not run
   */
  public static Format<List<Recorded>> page(List<LeftOut> leftOut) {
    return (runs, out) -> PageReport.write(runs, leftOut, out);
  }

  /**
   * The worst cases of an image.
   *
   * @param producer the version of defrag-sim
   */
  public static Format<Bounds> bounds(String producer) {
    return (bounds, out) -> new JsonReportWriter().write(bounds, producer, out);
  }

  /**
   * The smallest pools of scenarios.
   *
   * @param exitStatus of the command
   */
  public static Format<List<Fitted>> fits(int exitStatus) {
    return (fits, out) -> new JsonReportWriter().writeFits(fits, exitStatus, out);
  }

  /**
   * Annotations of a workflow on GitHub.
   *
   * @param workspace the folder that files are shown relative to
   */
  public static Format<GateReport> annotations(Path workspace) {
    return (report, out) -> GitHubCommands.write(report, workspace, out);
  }
}
