package io.defragsim.command;

import io.defragsim.lab.result.RunResult;
import io.defragsim.report.GateReport;
import io.defragsim.report.format.Formats;
import io.defragsim.report.section.StallsReport;
import io.defragsim.report.text.TextReport;
import io.defragsim.scenario.ScenarioLibrary;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code defrag-sim stalls}. */
@Command(
    name = "stalls",
    description = {
      "Measures how long requests wait for compaction: scenarios on several images, the worst"
          + " request of each.",
      "Limits are not judged: they are for the scenario's own image. The exit status is 0 unless a"
          + " firmware failed."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  defrag-sim stalls                           # all shipped scenarios",
      "  defrag-sim stalls my.json --allocators defrag,./mine.elf --json stalls.json"
    })
final class StallsCommand implements Callable<Integer> {

  @ParentCommand DefragSim program;
  @Spec CommandSpec spec;
  @Mixin JsonOption jsonOption;
  @Mixin StrictOption strict;
  @Mixin WaitStatesOption waitStates;
  @Mixin HandlersOption handlers;
  @Mixin ColorOption color;

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
    PrintWriter out = spec.commandLine().getOut();
    OutputFiles outputs = new OutputFiles();
    OutputFile json = outputs.open("--json", jsonOption.file);
    List<Inputs.Input> ready = inputs(outputs);
    Runner runner =
        new Runner(spec.commandLine().getErr(), program.terminal(), strict.strictness());
    List<RunResult> results = ready.stream().map(runner::run).toList();
    int status = ExitStatus.worst(results.stream().map(StallsCommand::status).toList());
    if (!outputs.takeStdout()) {
      TextReport.print(
          StallsReport.of(results, allocators.size()), color.page(out, program.terminal()));
    }
    if (json != null) {
      json.write(to -> Formats.JSON.write(GateReport.of(results, status), to), out);
    }
    return status;
  }

  /** Every scenario on every image, scenario by scenario. */
  private List<Inputs.Input> inputs(OutputFiles outputs) {
    Inputs inputs = new Inputs(waitStates, handlers);
    List<Inputs.Input> ready = new ArrayList<>();
    for (String file : files.isEmpty() ? ScenarioLibrary.names() : files) {
      for (String allocator : allocators) {
        Inputs.Input input = inputs.read(file, allocator);
        if (input == null) {
          break;
        }
        ready.add(input);
      }
    }
    inputs.finish(outputs, spec.commandLine().getErr());
    return ready;
  }

  private static int status(RunResult result) {
    int status = result.exitStatus();
    return status == ExitStatus.LIMIT.code() ? ExitStatus.OK.code() : status;
  }
}
