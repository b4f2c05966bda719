package io.defragsim.command.job;

import io.defragsim.lab.result.RunResult;
import io.defragsim.report.Recorded;
import io.defragsim.report.format.Formats;
import java.util.function.LongConsumer;

/**
 * What a run is to be pictured as; without any picture it is run as it is.
 *
 * @param html the page
 * @param svg the picture for slides
 */
public record Pictures(OutputFile html, OutputFile svg) {

  /** Runs {@code input} and writes the pictures of it. */
  public RunResult run(Runner runner, Input input, LongConsumer progress) {
    if (!html.isAskedFor() && !svg.isAskedFor()) {
      return runner.run(input, progress);
    }
    Recorded run = runner.record(input, html.isAskedFor(), progress);
    html.write(to -> Formats.PAGE.write(run, to));
    svg.write(to -> Formats.PICTURE.write(run, to));
    return run.result();
  }
}
