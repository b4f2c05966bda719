package io.defragsim.command;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Input;
import io.defragsim.command.job.Job;
import io.defragsim.command.option.AllocatorOption;
import io.defragsim.command.option.ScenarioFile;
import io.defragsim.command.option.ScenarioOptions;
import io.defragsim.command.option.StrictOption;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.text.Explanation;
import io.defragsim.report.text.Plot;
import java.util.concurrent.Callable;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code defrag-sim explain}. */
@Command(
    name = "explain",
    description = {
      "Tells the story of a run in sentences and pictures: what fragmented, what failed and why, what"
          + " the steps of compaction moved, and what it cost.",
      "Of a long run the first and the greatest events are told and the others counted. Limits are"
          + " not judged: the exit status is 0 unless the firmware failed."
    },
    footer = {
      "  defrag-sim explain swiss-cheese",
      "  defrag-sim explain swiss-cheese --allocator newlib-nano",
      "  defrag-sim explain sensor-node --from 340 --to 350 --all"
    })
final class ExplainCommand implements Callable<Integer> {

  @Mixin AllocatorOption allocator;
  @Mixin StrictOption strict;
  @Mixin ScenarioOptions scenario;
  @Mixin ScenarioFile file;

  @Option(
      names = "--from",
      paramLabel = "OPERATION",
      description = "Tell nothing before this operation; they are numbered from 0.")
  long from;

  @Option(
      names = "--to",
      paramLabel = "OPERATION",
      description = "Tell nothing after this operation.")
  @Nullable Long to;

  @Option(names = "--all", description = "Tell of every operation.")
  boolean all;

  @Override
  public Integer call() {
    Job job = scenario.job(strict.strictness());
    Input input = job.readOne(file.name, allocator.image);
    input.requireOperation("--from", from);
    long last = to == null ? Long.MAX_VALUE : to;
    if (last < from) {
      throw CommandFailedException.wrongUsage("--to: " + last + " is before --from " + from);
    }
    LongPredicate told = number -> number >= from && number <= last;
    Plot plot = new Plot(told);
    RunResult result = job.runner().tell(input, plot);
    job.print(
        page -> {
          Explanation explanation = new Explanation(result, plot, told, all, page);
          job.runner().tell(input, explanation);
          explanation.end();
        });
    return ExitStatus.withoutLimits(result.exitStatus());
  }
}
