package io.defragsim.command.option;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.scenario.Quantity;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** The option {@code --output-limit}. */
public final class OutputLimitOption {

  @Option(
      names = "--output-limit",
      paramLabel = "SIZE",
      defaultValue = "16 MiB",
      description =
          "The most that the program may print, or none; more ends it with status 5 (default:"
              + " ${DEFAULT-VALUE}).")
  String limit = "16 MiB";

  long bytes() {
    if (limit.equals("none")) {
      return Long.MAX_VALUE;
    }
    try {
      long bytes = Quantity.parse(limit, Quantity.Kind.SIZE, OptionalLong.empty());
      if (bytes >= 0) {
        return bytes;
      }
      throw CommandFailedException.wrongUsage("--output-limit: " + limit + " is below 0");
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.wrongUsage("--output-limit: " + e.getMessage() + ", or none");
    }
  }
}
