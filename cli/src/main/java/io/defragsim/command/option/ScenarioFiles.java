package io.defragsim.command.option;

import java.util.List;
import picocli.CommandLine.Parameters;

/** The scenarios of a command, one or more. */
public final class ScenarioFiles {

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Scenario files, or names of shipped scenarios (see: defrag-sim list).")
  public List<String> names = List.of();
}
