package io.defragsim.command;

import io.defragsim.emulator.Strictness;
import io.defragsim.report.GateReport;
import io.defragsim.report.GateReport.BaselineCheck;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.section.BaselineSection;
import io.defragsim.report.section.GateSummary;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code defrag-sim baseline check}. */
@Command(
    name = "check",
    description = {
      "Runs scenarios and prints what has become better or worse since their baselines.",
      "Fails if a figure is worse than it may be. Limits are not judged: 'defrag-sim run --baseline'"
          + " does both."
    })
final class BaselineCheckCommand implements Callable<Integer> {

  @ParentCommand BaselineCommand parent;
  @Spec CommandSpec spec;
  @Mixin AllocatorOption allocator;
  @Mixin ReportOptions reports;
  @Mixin BaselineOptions options;
  @Mixin BaselineOptions.Folder baselines;
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
      description = "Print one line a run, and one for each figure that fails.")
  boolean quiet;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    OutputFiles written = new OutputFiles();
    ReportOptions.Outputs outputs = reports.open(parent.program.environment(), written);
    Inputs inputs = new Inputs(waitStates, handlers);
    List<Inputs.Input> ready =
        files.stream()
            .map(file -> inputs.read(file, allocator.image))
            .filter(Objects::nonNull)
            .map(input -> input.with(input.scenario().withLimits(List.of())))
            .toList();
    inputs.finish(written, err);
    Runner runner = new Runner(err, parent.program.terminal(), Strictness.STRICT);
    BaselineGate gate =
        new BaselineGate(
            runner, options, new Baselines(baselines.path(), options.against), ready, written);
    Page page = color.page(out, parent.program.terminal());
    List<Entry> entries = new ArrayList<>();
    runner.all(
        ready,
        gate::profiled,
        entry -> {
          entries.add(entry);
          if (!outputs.takeStdout()) {
            print(entry, page);
            out.flush();
          }
        });
    int status = ExitStatus.worst(entries.stream().map(Entry::exitStatus).toList());
    GateReport report = new GateReport(entries, status);
    if (!outputs.takeStdout() && entries.size() > 1) {
      TextReport.end(
          quiet || status == 0 ? List.of() : GateSummary.each(report),
          GateSummary.all(report),
          page);
    }
    outputs.write(report, out, err);
    return status;
  }

  private void print(Entry entry, Page page) {
    BaselineCheck check = entry.baseline();
    if (check == null || quiet || !(options.all || BaselineSection.hasNews(check.comparison()))) {
      TextReport.print(GateSummary.of(entry), page);
    } else {
      TextReport.print(List.of(GateSummary.ofBaseline(entry, check)), page);
      BaselineSection.of(entry, "Baseline", options.all)
          .forEach(section -> TextReport.print(section, page));
      page.blank();
    }
  }
}
