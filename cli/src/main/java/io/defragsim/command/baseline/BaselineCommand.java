package io.defragsim.command.baseline;

import io.defragsim.command.job.UsageMessage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code defrag-sim baseline}. */
@Command(
    name = "baseline",
    description = {
      "Keeps what scenarios measure in files to be committed, and holds later runs against them.",
      "There is a file for each scenario and image, in the folder baselines beside the scenario."
    },
    synopsisSubcommandLabel = "(update | check)",
    subcommands = {BaselineUpdateCommand.class, BaselineCheckCommand.class},
    footer = {
      "  defrag-sim baseline update scenarios/*.json",
      "  defrag-sim baseline check scenarios/*.json   # in CI: fails if a figure is worse"
    })
public final class BaselineCommand implements Runnable {

  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw UsageMessage.commandMissing(spec.commandLine());
  }
}
