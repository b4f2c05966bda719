package io.defragsim.command;

import io.defragsim.lab.result.RunResult;
import io.defragsim.report.json.JsonReportWriter;
import io.defragsim.report.text.Page;
import io.defragsim.report.text.Summary;
import io.defragsim.report.text.TextReport;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
      "  defrag-sim run scenarios/*.json --quiet     # in CI: fails if a limit is violated"
    })
final class RunCommand implements Callable<Integer> {

  @ParentCommand DefragSim program;
  @Spec CommandSpec spec;
  @Mixin JsonOption jsonOption;
  @Mixin HtmlOption htmlOption;
  @Mixin SvgOption svgOption;
  @Mixin StrictOption strict;
  @Mixin WaitStatesOption waitStates;
  @Mixin ColorOption color;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Scenario files, or names of shipped scenarios (see: defrag-sim list).")
  List<String> files = List.of();

  @Option(
      names = "--allocator",
      paramLabel = "IMAGE",
      description = "Run on another image: a shipped one by its name, or an ELF file.")
  @Nullable String allocator;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print one line a run, and one for each violated limit.")
  boolean quiet;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Pictures pictures = Pictures.open(htmlOption, svgOption, files);
    OutputFile json = OutputFile.open(jsonOption.file);
    OutputFile.refuseTwiceStdout(json, pictures.html(), pictures.svg());
    Inputs inputs = new Inputs(waitStates::on);
    List<Inputs.Input> ready =
        files.stream().map(file -> inputs.read(file, allocator)).filter(Objects::nonNull).toList();
    inputs.finish();
    Runner runner =
        new Runner(spec.commandLine().getErr(), program.terminal(), strict.strictness());
    Page page = color.page(out, program.terminal());
    List<RunResult> results = new ArrayList<>();
    for (Inputs.Input input : ready) {
      RunResult result = pictures.run(runner, input, out);
      results.add(result);
      if ((json == null || !json.isStdout()) && !pictures.onStdout()) {
        print(result, page, results.size() > 1);
        out.flush();
      }
    }
    int status = ExitStatus.worst(results.stream().map(RunResult::exitStatus).toList());
    if (json != null) {
      json.write(to -> new JsonReportWriter().write(results, status, to), out);
    }
    return status;
  }

  private void print(RunResult result, Page page, boolean another) {
    if (quiet) {
      Summary.print(result, page);
    } else {
      if (another) {
        page.rule();
      }
      TextReport.print(result, page);
    }
  }
}
