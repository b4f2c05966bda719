package io.defragsim.command;

import io.defragsim.lab.result.RunResult;
import io.defragsim.report.Recorded;
import io.defragsim.report.format.Formats;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a run is to be pictured as; without any picture it is run as it is.
 *
 * @param html the page, null for none
 * @param svg the picture for slides, null for none
 */
record Pictures(@Nullable OutputFile html, @Nullable OutputFile svg) {

  /**
   * Looks whether the pictures can be written.
   *
   * @param scenarios on the command line: a picture is of one
   * @param outputs the command's others
   */
  static Pictures open(
      HtmlOption html, SvgOption svg, List<String> scenarios, OutputFiles outputs) {
    if ((html.file != null || svg.file != null) && scenarios.size() > 1) {
      throw new CommandFailedException(
          ExitStatus.USAGE,
          "defrag-sim: "
              + (html.file != null ? "--html" : "--svg")
              + " is for one scenario, and there are "
              + scenarios.size());
    }
    return new Pictures(outputs.open("--html", html.file), outputs.open("--svg", svg.file));
  }

  /** Runs {@code input} and writes the pictures of it. */
  RunResult run(Runner runner, Inputs.Input input, LongConsumer progress, PrintWriter out) {
    if (html == null && svg == null) {
      return runner.run(input, progress);
    }
    Recorded run = runner.record(input, html != null, progress);
    if (html != null) {
      html.write(to -> Formats.PAGE.write(List.of(run), to), out);
    }
    if (svg != null) {
      svg.write(to -> Formats.PICTURE.write(run, to), out);
    }
    return run.result();
  }
}
