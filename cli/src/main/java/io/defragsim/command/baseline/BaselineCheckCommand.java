package io.defragsim.command.baseline;

import io.defragsim.command.job.BaselineGate;
import io.defragsim.command.job.Input;
import io.defragsim.command.job.Job;
import io.defragsim.command.option.AllocatorOption;
import io.defragsim.command.option.BaselineOptions;
import io.defragsim.command.option.ReportOptions;
import io.defragsim.command.option.ScenarioFiles;
import io.defragsim.command.option.ScenarioOptions;
import io.defragsim.emulator.Strictness;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.report.GateReport.BaselineCheck;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.section.BaselineSection;
import io.defragsim.report.section.GateSummary;
import io.defragsim.report.text.Page;
import io.defragsim.report.text.TextReport;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code defrag-sim baseline check}. */
@Command(
    name = "check",
    description = {
      "Runs scenarios and prints what has become better or worse since their baselines.",
      "Fails if a figure is worse than it may be. Limits are not judged: 'defrag-sim run --baseline'"
          + " does both."
    })
final class BaselineCheckCommand implements Callable<Integer> {

  @Mixin AllocatorOption allocator;
  @Mixin ReportOptions reports;
  @Mixin BaselineOptions baselines;
  @Mixin ScenarioOptions scenario;
  @Mixin ScenarioFiles files;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print one line a run, and one for each figure that fails.")
  boolean quiet;

  @Override
  public Integer call() {
    Job job = scenario.job(Strictness.STRICT);
    ReportOptions.Outputs outputs = reports.open(job);
    List<Input> ready =
        job.read(
            inputs ->
                inputs.all(files.names, allocator.image).stream()
                    .map(input -> input.with(scenario -> scenario.withLimits(List.of())))
                    .toList());
    BaselineGate gate = baselines.gate(job, ready);
    return outputs.run(
        ready, gate::profiled, this::print, status -> !quiet && status != ExitStatus.OK.code());
  }

  private void print(Entry entry, boolean first, Page page) {
    BaselineCheck check = entry.baseline();
    if (check == null || quiet || !(baselines.all || check.comparison().hasNews())) {
      TextReport.print(GateSummary.of(entry), page);
    } else {
      TextReport.print(List.of(GateSummary.ofBaseline(entry, check)), page);
      BaselineSection.of(entry, "Baseline", baselines.all)
          .forEach(section -> TextReport.print(section, page));
      page.blank();
    }
  }
}
