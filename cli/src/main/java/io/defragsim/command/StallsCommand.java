package io.defragsim.command;

import io.defragsim.command.job.Job;
import io.defragsim.command.job.OnImages;
import io.defragsim.command.job.OutputFile;
import io.defragsim.command.option.JsonOption;
import io.defragsim.command.option.NoGaps;
import io.defragsim.command.option.ScenarioOptions;
import io.defragsim.command.option.StrictOption;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.GateReport;
import io.defragsim.report.LeftOut;
import io.defragsim.report.format.Formats;
import io.defragsim.report.section.StallsReport;
import io.defragsim.report.text.TextReport;
import io.defragsim.scenario.format.ScenarioLibrary;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code defrag-sim stalls}. */
@Command(
    name = "stalls",
    description = {
      "Measures how long requests wait for compaction: scenarios on several images, the worst"
          + " request of each.",
      "Limits are not judged: they are for the scenario's own image. The exit status is 0 unless a"
          + " firmware failed."
    },
    footer = {
      "  defrag-sim stalls                           # all shipped scenarios",
      "  defrag-sim stalls my.json --allocators defrag,./mine.elf --json stalls.json"
    })
final class StallsCommand implements Callable<Integer> {

  @Mixin JsonOption jsonOption;
  @Mixin StrictOption strict;
  @Mixin ScenarioOptions scenario;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description =
          "Scenario files, or names of shipped scenarios (default: all shipped ones; see:"
              + " defrag-sim list).")
  List<String> files = List.of();

  @Option(
      names = "--allocators",
      paramLabel = "IMAGE",
      split = ",",
      preprocessor = NoGaps.class,
      description =
          "The images, separated by commas: shipped ones by name, ELF files, or all: every shipped"
              + " one that can run the scenario (default: ${DEFAULT-VALUE}).",
      defaultValue = "defrag,defrag-sliding")
  List<String> allocators = List.of();

  @Override
  public Integer call() {
    Job job = scenario.job(strict.strictness());
    OutputFile json = jsonOption.open(job);
    List<String> scenarios = files.isEmpty() ? ScenarioLibrary.names() : files;
    List<OnImages> ready =
        job.read(
            inputs -> scenarios.stream().map(name -> inputs.readEach(name, allocators)).toList());
    List<List<RunResult>> ran =
        ready.stream()
            .map(images -> images.inputs().stream().map(job.runner()::run).toList())
            .toList();
    List<RunResult> results = ran.stream().flatMap(List::stream).toList();
    List<LeftOut> leftOut = ready.stream().flatMap(images -> images.leftOut().stream()).toList();
    int status =
        ExitStatus.worst(
            results.stream().map(result -> ExitStatus.withoutLimits(result.exitStatus())).toList());
    job.print(page -> TextReport.print(StallsReport.of(ran, leftOut), page));
    json.write(to -> Formats.JSON.write(GateReport.of(results, status, leftOut), to));
    return status;
  }
}
