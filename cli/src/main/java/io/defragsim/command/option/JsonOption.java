package io.defragsim.command.option;

import io.defragsim.command.job.Job;
import io.defragsim.command.job.OutputFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --json}. */
public final class JsonOption {

  static final String DESCRIPTION =
      "Write the whole result as JSON to FILE; with - to stdout, in place of the report.";

  @Option(names = "--json", paramLabel = "FILE", description = DESCRIPTION)
  @Nullable String file;

  /** Where the result goes. */
  public OutputFile open(Job job) {
    return job.open("--json", file);
  }
}
