package io.defragsim.command.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --svg}. */
public final class SvgOption {

  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description =
          "Write the heap over time and the pauses as a picture to FILE; with - to stdout, in place"
              + " of the report.")
  public @Nullable String file;
}
