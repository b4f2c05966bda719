package io.defragsim.command;

import io.defragsim.command.job.Input;
import io.defragsim.command.job.Job;
import io.defragsim.command.job.OutputFile;
import io.defragsim.command.option.JsonOption;
import io.defragsim.command.option.NoGaps;
import io.defragsim.command.option.ScenarioOptions;
import io.defragsim.command.option.StrictOption;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.GateReport;
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
          "The images, separated by commas: shipped ones by name, or ELF files (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "defrag,defrag-sliding")
  List<String> allocators = List.of();

  @Override
  public Integer call() {
    Job job = scenario.job(strict.strictness());
    OutputFile json = jsonOption.open(job);
    List<String> scenarios = files.isEmpty() ? ScenarioLibrary.names() : files;
    List<Input> ready = job.read(inputs -> inputs.each(scenarios, allocators));
    List<RunResult> results = ready.stream().map(job.runner()::run).toList();
    int status =
        ExitStatus.worst(
            results.stream().map(result -> ExitStatus.withoutLimits(result.exitStatus())).toList());
    job.print(page -> TextReport.print(StallsReport.of(results, allocators.size()), page));
    json.write(to -> Formats.JSON.write(GateReport.of(results, status), to));
    return status;
  }
}
