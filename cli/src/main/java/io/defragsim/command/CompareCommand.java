package io.defragsim.command;

import io.defragsim.command.job.Job;
import io.defragsim.command.job.OnImages;
import io.defragsim.command.job.OutputFile;
import io.defragsim.command.option.HtmlOption;
import io.defragsim.command.option.JsonOption;
import io.defragsim.command.option.NoGaps;
import io.defragsim.command.option.ScenarioFile;
import io.defragsim.command.option.ScenarioOptions;
import io.defragsim.command.option.StrictOption;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.GateReport;
import io.defragsim.report.LeftOut;
import io.defragsim.report.Recorded;
import io.defragsim.report.format.Formats;
import io.defragsim.report.section.CompareReport;
import io.defragsim.report.text.TextReport;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code defrag-sim compare}. */
@Command(
    name = "compare",
    description = {
      "Runs one scenario on several images and prints them side by side.",
      "The exit status is that of the scenario's own image, which always runs."
    },
    footer = {
      "  defrag-sim compare swiss-cheese",
      "  defrag-sim compare my.json --allocators defrag,newlib-nano,./mine.elf",
      "  defrag-sim compare swiss-cheese --allocators all",
      "  defrag-sim compare swiss-cheese --html page.html"
    })
final class CompareCommand implements Callable<Integer> {

  @Mixin JsonOption jsonOption;
  @Mixin HtmlOption htmlOption;
  @Mixin StrictOption strict;
  @Mixin ScenarioOptions scenario;
  @Mixin ScenarioFile file;

  @Option(
      names = "--allocators",
      paramLabel = "IMAGE",
      split = ",",
      preprocessor = NoGaps.class,
      description =
          "The images, separated by commas: shipped ones by name, ELF files, or all: every shipped"
              + " one that can run the scenario (default: ${DEFAULT-VALUE}).",
      defaultValue = "defrag,newlib-nano")
  List<String> allocators = List.of();

  @Override
  public Integer call() {
    Job job = scenario.job(strict.strictness());
    OutputFile json = jsonOption.open(job);
    OutputFile html = htmlOption.open(job);
    OnImages ready = job.read(inputs -> inputs.readOn(file.name, allocators));
    List<LeftOut> leftOut = ready.leftOut();
    List<RunResult> results;
    if (html.isAskedFor()) {
      boolean profiled = !CompareReport.inRows(ready.inputs().size());
      List<Recorded> runs =
          ready.inputs().stream().map(input -> job.runner().record(input, profiled)).toList();
      html.write(to -> Formats.page(leftOut).write(runs, to));
      results = runs.stream().map(Recorded::result).toList();
    } else {
      results = ready.inputs().stream().map(job.runner()::run).toList();
    }
    int status = results.get(0).exitStatus();
    job.print(page -> TextReport.print(CompareReport.of(results, leftOut), page));
    json.write(to -> Formats.JSON.write(GateReport.of(results, status, leftOut), to));
    return status;
  }
}
