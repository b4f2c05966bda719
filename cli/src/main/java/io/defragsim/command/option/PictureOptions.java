package io.defragsim.command.option;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Job;
import io.defragsim.command.job.Pictures;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that ask for pictures of a run. */
public final class PictureOptions {

  @Mixin HtmlOption html;

  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description =
          "Write the heap over time and the pauses as a picture to FILE; with - to stdout, in place"
              + " of the report.")
  @Nullable String svg;

  /**
   * Looks whether the pictures can be written.
   *
   * @param scenarios on the command line: a picture is of one
   */
  public Pictures open(Job job, List<String> scenarios) {
    if ((html.file != null || svg != null) && scenarios.size() > 1) {
      throw CommandFailedException.refused(
          (html.file != null ? "--html" : "--svg")
              + " is for one scenario, and there are "
              + scenarios.size());
    }
    return new Pictures(html.open(job), job.open("--svg", svg));
  }
}
