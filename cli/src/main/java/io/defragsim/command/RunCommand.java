package io.defragsim.command;

import io.defragsim.command.job.BaselineGate;
import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Input;
import io.defragsim.command.job.Job;
import io.defragsim.command.job.Pictures;
import io.defragsim.command.option.AllocatorOption;
import io.defragsim.command.option.BaselineOptions;
import io.defragsim.command.option.LimitOption;
import io.defragsim.command.option.PictureOptions;
import io.defragsim.command.option.ReportOptions;
import io.defragsim.command.option.ReportOptions.EntryPrinter;
import io.defragsim.command.option.ScenarioFiles;
import io.defragsim.command.option.ScenarioOptions;
import io.defragsim.command.option.StrictOption;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.GateReport.Entry;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code defrag-sim run}. */
@Command(
    name = "run",
    description = {
      "Runs scenarios and reports what the allocator did, in cycles.",
      "All files are checked before the first one runs."
    },
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

  @Mixin AllocatorOption allocator;
  @Mixin ReportOptions reports;
  @Mixin LimitOption limits;
  @Mixin BaselineOptions baselines;
  @Mixin PictureOptions pictureOptions;
  @Mixin StrictOption strict;
  @Mixin ScenarioOptions scenario;
  @Mixin ScenarioFiles files;

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
    if (!baseline && baselines.any()) {
      throw CommandFailedException.wrongUsage(
          "--baselines, --against, --tolerance, --exact and --all go with --baseline");
    }
    Job job = scenario.job(strict.strictness());
    Pictures pictures = pictureOptions.open(job, files.names);
    ReportOptions.Outputs outputs = reports.open(job);
    List<Input> ready =
        job.read(
            inputs ->
                inputs.all(files.names, allocator.image).stream()
                    .map(input -> input.with(limits::on))
                    .toList());
    BaselineGate gate = baseline ? baselines.gate(job, ready) : null;
    return outputs.run(
        ready,
        (input, progress) -> {
          RunResult result = pictures.run(job.runner(), input, progress);
          return gate != null
              ? gate.compared(input, result, progress)
              : new Entry(input.source(), input.file(), result, null);
        },
        EntryPrinter.of(quiet, baselines.all),
        status -> !quiet);
  }
}
