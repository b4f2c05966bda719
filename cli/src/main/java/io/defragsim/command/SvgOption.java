package io.defragsim.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --svg}. */
final class SvgOption {

  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description =
          "Write the heap over time and the pauses as a picture to FILE; with - to stdout, in place"
              + " of the report.")
  @Nullable String file;
}
