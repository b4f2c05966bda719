package io.defragsim.command.option;

import picocli.CommandLine.Parameters;

/** The one scenario of a command. */
public final class ScenarioFile {

  @Parameters(
      paramLabel = "FILE",
      description = "A scenario file, or the name of a shipped scenario (see: defrag-sim list).")
  public String name = "";
}
