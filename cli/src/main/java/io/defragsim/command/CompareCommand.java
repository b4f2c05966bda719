package io.defragsim.command;

import io.defragsim.command.file.OutputFile;
import io.defragsim.command.file.OutputFiles;
import io.defragsim.command.job.Inputs;
import io.defragsim.command.job.Runner;
import io.defragsim.command.option.ColorOption;
import io.defragsim.command.option.HandlersOption;
import io.defragsim.command.option.HtmlOption;
import io.defragsim.command.option.JsonOption;
import io.defragsim.command.option.NoGaps;
import io.defragsim.command.option.StrictOption;
import io.defragsim.command.option.WaitStatesOption;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.Recorded;
import io.defragsim.report.html.PageReport;
import io.defragsim.report.json.JsonReportWriter;
import io.defragsim.report.text.CompareReport;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code defrag-sim compare}. */
@Command(
    name = "compare",
    description = {
      "Runs one scenario on several images and prints them side by side.",
      "The exit status is that of the scenario's own image, which always runs."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  defrag-sim compare swiss-cheese",
      "  defrag-sim compare my.json --allocators defrag,newlib-nano,./mine.elf",
      "  defrag-sim compare swiss-cheese --html page.html"
    })
final class CompareCommand implements Callable<Integer> {

  @ParentCommand DefragSim program;
  @Spec CommandSpec spec;
  @Mixin JsonOption jsonOption;
  @Mixin HtmlOption htmlOption;
  @Mixin StrictOption strict;
  @Mixin WaitStatesOption waitStates;
  @Mixin HandlersOption handlers;
  @Mixin ColorOption color;

  @Parameters(
      paramLabel = "FILE",
      description = "A scenario file, or the name of a shipped scenario (see: defrag-sim list).")
  String file = "";

  @Option(
      names = "--allocators",
      paramLabel = "IMAGE",
      split = ",",
      preprocessor = NoGaps.class,
      description =
          "The images, separated by commas: shipped ones by name, or ELF files (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "defrag,newlib-nano")
  List<String> allocators = List.of();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    OutputFiles outputs = new OutputFiles();
    OutputFile json = outputs.open("--json", jsonOption.file);
    OutputFile html = outputs.open("--html", htmlOption.file);
    Inputs inputs = new Inputs(waitStates, handlers);
    List<Inputs.Input> ready = inputs.readOn(file, allocators);
    inputs.finish(outputs, spec.commandLine().getErr());
    Runner runner =
        new Runner(spec.commandLine().getErr(), program.terminal(), strict.strictness());
    List<RunResult> results;
    if (html == null) {
      results = ready.stream().map(runner::run).toList();
    } else {
      List<Recorded> runs = ready.stream().map(input -> runner.record(input, true)).toList();
      html.write(to -> PageReport.write(runs, to), out);
      results = runs.stream().map(Recorded::result).toList();
    }
    int status = results.get(0).exitStatus();
    if (!outputs.takeStdout()) {
      CompareReport.print(results, color.page(out, program.terminal()));
    }
    if (json != null) {
      json.write(to -> new JsonReportWriter().write(results, status, to), out);
    }
    return status;
  }
}
