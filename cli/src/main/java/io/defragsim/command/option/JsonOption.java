package io.defragsim.command.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --json}. */
public final class JsonOption {

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description =
          "Write the whole result as JSON to FILE; with - to stdout, in place of the report.")
  public @Nullable String file;
}
