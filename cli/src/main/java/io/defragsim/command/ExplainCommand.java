package io.defragsim.command;

import io.defragsim.command.job.Inputs;
import io.defragsim.command.job.Runner;
import io.defragsim.command.option.AllocatorOption;
import io.defragsim.command.option.ColorOption;
import io.defragsim.command.option.HandlersOption;
import io.defragsim.command.option.StrictOption;
import io.defragsim.command.option.WaitStatesOption;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.text.Explanation;
import io.defragsim.report.text.Page;
import io.defragsim.report.text.Plot;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code defrag-sim explain}. */
@Command(
    name = "explain",
    description = {
      "Tells the story of a run in sentences and pictures: what fragmented, what failed and why, what"
          + " the steps of compaction moved, and what it cost.",
      "Of a long run the first and the greatest events are told and the others counted. Limits are"
          + " not judged: the exit status is 0 unless the firmware failed."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  defrag-sim explain swiss-cheese",
      "  defrag-sim explain swiss-cheese --allocator newlib-nano",
      "  defrag-sim explain sensor-node --from 340 --to 350 --all"
    })
final class ExplainCommand implements Callable<Integer> {

  @ParentCommand DefragSim program;
  @Spec CommandSpec spec;
  @Mixin AllocatorOption allocator;
  @Mixin StrictOption strict;
  @Mixin WaitStatesOption waitStates;
  @Mixin HandlersOption handlers;
  @Mixin ColorOption color;

  @Parameters(
      paramLabel = "FILE",
      description = "A scenario file, or the name of a shipped scenario (see: defrag-sim list).")
  String file = "";

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
    PrintWriter out = spec.commandLine().getOut();
    Inputs inputs = new Inputs(waitStates, handlers);
    Inputs.Input input = inputs.read(file, allocator.image);
    inputs.finish(spec.commandLine().getErr());
    if (input == null) {
      throw new IllegalStateException(file);
    }
    long operations = input.scenario().workload().countOperations();
    checkMoment(spec, "--from", from, operations);
    long last = to == null ? Long.MAX_VALUE : to;
    if (last < from) {
      throw new ParameterException(
          spec.commandLine(), "--to: " + last + " is before --from " + from);
    }
    Runner runner =
        new Runner(spec.commandLine().getErr(), program.terminal(), strict.strictness());
    Plot plot = new Plot(number -> number >= from && number <= last);
    RunResult result = runner.tell(input, plot);
    Page page = color.page(out, program.terminal());
    Explanation explanation =
        new Explanation(result, plot, number -> number >= from && number <= last, all, page);
    runner.tell(input, explanation);
    explanation.end();
    int status = ExitStatus.worst(List.of(result.exitStatus()));
    return status == ExitStatus.LIMIT.code() ? ExitStatus.OK.code() : status;
  }

  /** Refuses an operation that the workload does not have. */
  static void checkMoment(CommandSpec spec, String option, long operation, long operations) {
    if (operation < 0 || (operation >= operations && operation > 0)) {
      throw new ParameterException(
          spec.commandLine(),
          String.format(
              Locale.ROOT,
              "%s: there is no operation %d: they are numbered from 0 to %d",
              option,
              operation,
              Math.max(0, operations - 1)));
    }
  }
}
