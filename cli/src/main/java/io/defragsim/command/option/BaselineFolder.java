package io.defragsim.command.option;

import io.defragsim.command.job.OutputFiles;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --baselines}. */
public final class BaselineFolder {

  @Option(
      names = "--baselines",
      paramLabel = "FOLDER",
      description =
          "Where the baselines are (default: the folder baselines beside each scenario's file, for"
              + " shipped scenarios by name in the working folder).")
  @Nullable String name;

  /** Null for the usual places. */
  public @Nullable Path path() {
    return name == null ? null : OutputFiles.path("--baselines", name);
  }
}
