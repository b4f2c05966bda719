package io.defragsim.command;

import io.defragsim.emulator.exec.Profile;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.GateReport;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.section.GateSummary;
import io.defragsim.report.section.RunReport;
import io.defragsim.report.text.Page;
import io.defragsim.report.text.TextReport;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code defrag-sim run}. */
@Command(
    name = "run",
    description = {
      "Runs scenarios and reports what the allocator did, in cycles.",
      "All files are checked before the first one runs."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  defrag-sim run sensor-node",
      "  defrag-sim run my.json --json result.json",
      "  defrag-sim run my.json --html page.html    # to look at, and to move through",
      "  defrag-sim run my.json --allocator newlib-nano",
      "  defrag-sim run my.json --limit 'pauses.max=800,alloc.max=20 us'",
      "  defrag-sim run scenarios/*.json --quiet     # in CI: fails if a limit is violated",
      "  defrag-sim run scenarios/*.json --quiet --baseline --github --junit report.xml"
    })
final class RunCommand implements Callable<Integer> {

  @ParentCommand DefragSim program;
  @Spec CommandSpec spec;
  @Mixin AllocatorOption allocator;
  @Mixin ReportOptions reports;
  @Mixin LimitOption limits;
  @Mixin BaselineOptions options;
  @Mixin BaselineOptions.Folder baselines;
  @Mixin HtmlOption htmlOption;
  @Mixin SvgOption svgOption;
  @Mixin StrictOption strict;
  @Mixin WaitStatesOption waitStates;
  @Mixin HandlersOption handlers;
  @Mixin ColorOption color;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Scenario files, or names of shipped scenarios (see: defrag-sim list).")
  List<String> files = List.of();

  @Option(
      names = {"-q", "--quiet"},
      description = "Print one line a run, and one for each violated limit.")
  boolean quiet;

  @Option(
      names = "--baseline",
      description =
          "Hold each run against its baseline (see: defrag-sim help baseline); a figure that is worse"
              + " fails like a limit.")
  boolean baseline;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (!baseline && (options.any() || baselines.folder != null)) {
      throw new ParameterException(
          spec.commandLine(),
          "--baselines, --against, --tolerance, --exact and --all go with --baseline");
    }
    OutputFiles written = new OutputFiles();
    Pictures pictures = Pictures.open(htmlOption, svgOption, files, written);
    ReportOptions.Outputs outputs = reports.open(program.environment(), written);
    Inputs inputs = new Inputs(waitStates, handlers);
    List<Inputs.Input> ready =
        files.stream()
            .map(file -> inputs.read(file, allocator.image))
            .filter(Objects::nonNull)
            .map(input -> input.with(limits.on(input.scenario())))
            .toList();
    inputs.finish(written, err);
    Runner runner = new Runner(err, program.terminal(), strict.strictness());
    BaselineGate gate =
        baseline
            ? new BaselineGate(
                runner, options, new Baselines(baselines.path(), options.against), ready, written)
            : null;
    Page page = color.page(out, program.terminal());
    List<Entry> entries = new ArrayList<>();
    runner.all(
        ready,
        (input, progress) -> {
          RunResult result = pictures.run(runner, input, progress, out);
          return gate != null
              ? gate.compared(input, result, progress)
              : new Entry(input.source(), input.file(), result, null);
        },
        entry -> {
          entries.add(entry);
          if (!outputs.takeStdout()) {
            print(entry, page, entries.size() > 1);
            out.flush();
          }
        });
    int status = ExitStatus.worst(entries.stream().map(Entry::exitStatus).toList());
    GateReport report = new GateReport(entries, status);
    if (!outputs.takeStdout() && entries.size() > 1) {
      TextReport.end(quiet ? List.of() : GateSummary.each(report), GateSummary.all(report), page);
    }
    outputs.write(report, out, err);
    return status;
  }

  private void print(Entry entry, Page page, boolean another) {
    if (!quiet) {
      if (another) {
        page.rule();
      }
      TextReport.print(RunReport.of(entry, Profile.NONE, options.all), page);
    } else {
      TextReport.print(GateSummary.of(entry), page);
    }
  }
}
