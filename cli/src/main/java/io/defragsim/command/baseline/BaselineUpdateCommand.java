package io.defragsim.command.baseline;

import io.defragsim.command.job.Baselines;
import io.defragsim.command.job.Input;
import io.defragsim.command.job.Job;
import io.defragsim.command.job.OutputFile;
import io.defragsim.command.option.AllocatorOption;
import io.defragsim.command.option.BaselineFolder;
import io.defragsim.command.option.ScenarioFiles;
import io.defragsim.command.option.ScenarioOptions;
import io.defragsim.emulator.Strictness;
import io.defragsim.lab.baseline.Baseline;
import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.baseline.Tolerance;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.ChangeWords;
import io.defragsim.lab.words.RunWords;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.format.Formats;
import io.defragsim.report.json.BaselineReader;
import io.defragsim.report.json.BaselineReader.MalformedException;
import io.defragsim.report.section.GateSummary;
import io.defragsim.report.text.TextReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code defrag-sim baseline update}. */
@Command(
    name = "update",
    description = {
      "Runs scenarios and writes what they measure, with the cycles of each function of the image.",
      "Limits are not judged. A firmware that fails has no baseline."
    })
final class BaselineUpdateCommand implements Callable<Integer> {

  @Mixin AllocatorOption allocator;
  @Mixin BaselineFolder baselines;
  @Mixin ScenarioOptions scenario;
  @Mixin ScenarioFiles files;

  @Override
  public Integer call() {
    Job job = scenario.job(Strictness.STRICT);
    List<Input> ready = job.read(inputs -> inputs.all(files.names, allocator.image));
    List<Path> places = new Baselines(baselines.path(), null).files(ready);
    List<OutputFile> outputs =
        places.stream().map(place -> job.outputs().openAt("the baseline", place, true)).toList();
    List<Integer> statuses = new ArrayList<>();
    job.runner()
        .all(
            ready,
            job.runner()::profile,
            run -> {
              RunResult result = run.result();
              int i = statuses.size();
              statuses.add(ExitStatus.withoutLimits(result.exitStatus()));
              if (result.ending() instanceof RunEnding.Completed) {
                Baseline now = Baseline.of(run, ready.get(i).scenario(), ready.get(i).image());
                String what = places.get(i) + " " + news(places.get(i), now);
                outputs.get(i).write(to -> Formats.BASELINE.write(now, to));
                job.print(page -> page.note(RunWords.subject(result) + ": " + what));
              } else {
                job.print(page -> TextReport.print(GateSummary.of(Entry.of(result)), page));
              }
            });
    return ExitStatus.worst(statuses);
  }

  /** What becomes of the file. */
  private static String news(Path file, Baseline now) {
    try {
      Baseline then = BaselineReader.read(file);
      return then.equals(now)
          ? "is what it was"
          : ChangeWords.updated(Comparison.of(then, now, Tolerance.NONE, false));
    } catch (MalformedException e) {
      return e.absent() ? "is new" : "replaces a file that was no baseline";
    }
  }
}
