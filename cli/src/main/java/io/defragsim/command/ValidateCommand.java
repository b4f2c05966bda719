package io.defragsim.command;

import io.defragsim.command.job.Inputs;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.words.Printable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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

  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Scenario files, or names of shipped scenarios.")
  List<String> files = List.of();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Inputs inputs = new Inputs();
    for (String file : files) {
      Inputs.Input input = inputs.read(file, null);
      if (input != null) {
        out.printf(Locale.ROOT, "%s: valid\n", Printable.of(file));
      }
    }
    inputs.finish(spec.commandLine().getErr());
    return ExitStatus.OK.code();
  }
}
