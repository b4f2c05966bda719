package io.defragsim.command;

import io.defragsim.emulator.Strictness;
import io.defragsim.lab.baseline.Baseline;
import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.baseline.Tolerance;
import io.defragsim.lab.result.Ending;
import io.defragsim.lab.result.ProfiledRun;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.ChangeWords;
import io.defragsim.lab.words.RunWords;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.format.Formats;
import io.defragsim.report.json.BaselineReader;
import io.defragsim.report.json.BaselineReader.MalformedException;
import io.defragsim.report.section.GateSummary;
import io.defragsim.report.text.Page;
import io.defragsim.report.text.TextReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code defrag-sim baseline update}. */
@Command(
    name = "update",
    description = {
      "Runs scenarios and writes what they measure, with the cycles of each function of the image.",
      "Limits are not judged. A firmware that fails has no baseline."
    })
final class BaselineUpdateCommand implements Callable<Integer> {

  @ParentCommand BaselineCommand parent;
  @Spec CommandSpec spec;
  @Mixin AllocatorOption allocator;
  @Mixin BaselineOptions.Folder baselines;
  @Mixin WaitStatesOption waitStates;
  @Mixin HandlersOption handlers;
  @Mixin ColorOption color;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Scenario files, or names of shipped scenarios (see: defrag-sim list).")
  List<String> files = List.of();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Inputs inputs = new Inputs(waitStates, handlers);
    List<Inputs.Input> ready =
        files.stream()
            .map(file -> inputs.read(file, allocator.image))
            .filter(Objects::nonNull)
            .toList();
    inputs.finish(spec.commandLine().getErr());
    OutputFiles written = new OutputFiles();
    List<Path> places = new Baselines(baselines.path(), null).files(ready);
    List<OutputFile> outputs =
        places.stream().map(place -> written.openWithFolder("the baseline", place)).toList();
    inputs.keepApart(written);
    Runner runner =
        new Runner(spec.commandLine().getErr(), parent.program.terminal(), Strictness.STRICT);
    Page page = color.page(out, parent.program.terminal());
    List<Integer> statuses = new ArrayList<>();
    Iterator<Inputs.Input> input = ready.iterator();
    Iterator<OutputFile> output = outputs.iterator();
    Iterator<Path> place = places.iterator();
    runner.all(
        ready,
        runner::profile,
        run -> {
          statuses.add(update(run, input.next(), place.next(), output.next(), page, out));
          out.flush();
        });
    return ExitStatus.worst(statuses);
  }

  private static int update(
      ProfiledRun run,
      Inputs.Input input,
      Path file,
      OutputFile output,
      Page page,
      PrintWriter out) {
    RunResult result = run.result();
    if (!(result.ending() instanceof Ending.Completed)) {
      TextReport.print(GateSummary.of(Entry.of(result)), page);
      return result.exitStatus();
    }
    Baseline now = Baseline.of(run, input.scenario(), input.image());
    String what;
    try {
      Baseline then = BaselineReader.read(file);
      what =
          then.equals(now)
              ? "is what it was"
              : ChangeWords.updated(Comparison.of(then, now, Tolerance.NONE, false));
    } catch (MalformedException e) {
      what = e.absent() ? "is new" : "replaces a file that was no baseline";
    }
    output.write(to -> Formats.BASELINE.write(now, to), out);
    page.note(RunWords.subject(result) + ": " + file + " " + what);
    return ExitStatus.OK.code();
  }
}
