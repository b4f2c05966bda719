package io.defragsim.command;

import io.defragsim.command.job.Input;
import io.defragsim.command.job.Inputs;
import io.defragsim.command.job.Job;
import io.defragsim.console.Session;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.words.Printable;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code defrag-sim validate}. */
@Command(
    name = "validate",
    description = {
      "Checks scenarios without running them: the file, the image, and that all fits the part.",
      "Every mistake is named with line, column and what was expected."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  defrag-sim validate my.json", "  defrag-sim validate scenarios/*.json"})
final class ValidateCommand implements Callable<Integer> {

  private final Session session;

  ValidateCommand(Session session) {
    this.session = session;
  }

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Scenario files, or names of shipped scenarios.")
  List<String> files = List.of();

  @Override
  public Integer call() {
    return new Job(session).read(this::validated).code();
  }

  private ExitStatus validated(Inputs inputs) {
    for (Input input : inputs.all(files, null)) {
      session.out().printf(Locale.ROOT, "%s: valid\n", Printable.of(input.source()));
    }
    return ExitStatus.OK;
  }
}
