package io.defragsim.command.option;

import io.defragsim.command.job.Job;
import io.defragsim.command.job.OutputFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --html}. */
public final class HtmlOption {

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description =
          "Write a page to FILE: the heap over time, to move through; all in one file. It takes a"
              + " second run, for the cycles of each function. With - to stdout, in place of the"
              + " report.")
  @Nullable String file;

  /** Where the page goes. */
  public OutputFile open(Job job) {
    return job.open("--html", file);
  }
}
