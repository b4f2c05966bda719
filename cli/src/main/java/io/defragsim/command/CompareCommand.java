package io.defragsim.command;

import io.defragsim.lab.result.RunResult;
import io.defragsim.report.GateReport;
import io.defragsim.report.Recorded;
import io.defragsim.report.format.Formats;
import io.defragsim.report.section.CompareReport;
import io.defragsim.report.text.TextReport;
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
      html.write(to -> Formats.PAGE.write(runs, to), out);
      results = runs.stream().map(Recorded::result).toList();
    }
    int status = results.get(0).exitStatus();
    if (!outputs.takeStdout()) {
      TextReport.print(CompareReport.of(results), color.page(out, program.terminal()));
    }
    if (json != null) {
      json.write(to -> Formats.JSON.write(GateReport.of(results, status), to), out);
    }
    return status;
  }
}
