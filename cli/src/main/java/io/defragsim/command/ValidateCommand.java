package io.defragsim.command;

import io.defragsim.command.job.Input;
import io.defragsim.command.job.Inputs;
import io.defragsim.command.job.Job;
import io.defragsim.console.Session;
import io.defragsim.words.Printable;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code defrag-sim validate}. */
@Command(
    name = "validate",
    description = {
      "Checks scenarios without running them: the file, the image, and that all fits the part.",
      "Every mistake is named with line, column and what was expected."
    },
    footer = {"  defrag-sim validate my.json", "  defrag-sim validate scenarios/*.json"})
final class ValidateCommand implements Runnable {

  private final Session session;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Scenario files, or names of shipped scenarios.")
  List<String> files = List.of();

  ValidateCommand(Session session) {
    this.session = session;
  }

  @Override
  public void run() {
    new Job(session).read(this::validated);
  }

  private List<Input> validated(Inputs inputs) {
    List<Input> valid = inputs.all(files, null);
    for (Input input : valid) {
      session.out().printf(Locale.ROOT, "%s: valid\n", Printable.of(input.source()));
    }
    return valid;
  }
}
