package io.defragsim.command.option;

import io.defragsim.command.job.BaselineGate;
import io.defragsim.command.job.Baselines;
import io.defragsim.command.job.Input;
import io.defragsim.command.job.Job;
import io.defragsim.lab.baseline.Tolerance;
import io.defragsim.scenario.FigureUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a comparison with baselines. */
public final class BaselineOptions {

  @Option(
      names = "--tolerance",
      paramLabel = "T",
      description =
          "How much worse figures may be: cycles or a time, like 20, for figures in cycles, or a"
              + " share, like '2 %%' or 0.02, for those in bytes too. Counts may never be (default:"
              + " 0).")
  @Nullable String tolerance;

  @Option(names = "--exact", description = "Fail on any difference, on improvements too.")
  boolean exact;

  @Option(names = "--all", description = "Print the figures that are equal, too.")
  public boolean all;

  @Option(
      names = "--against",
      paramLabel = "IMAGE",
      description =
          "Hold runs against the baseline of the image of that name (default: the one that runs).")
  @Nullable String against;

  @Mixin BaselineFolder folder;

  /** Whether one of them was given. */
  public boolean any() {
    return tolerance != null || exact || all || against != null || folder.name != null;
  }

  /** What holds runs of {@code inputs} against their baselines, which it reads. */
  public BaselineGate gate(Job job, List<Input> inputs) {
    Baselines baselines = new Baselines(folder.path(), against);
    return new BaselineGate(job, baselines, exact, this::tolerance, inputs);
  }

  /**
   * What was asked for.
   *
   * @param clockHz what times become cycles by
   */
  private Tolerance tolerance(long clockHz) {
    String text = tolerance;
    if (text == null) {
      return Tolerance.NONE;
    }
    boolean share = text.matches(".*(%|ppm)\\s*|[0-9]+\\.[0-9]+");
    return OptionValue.of(
        "--tolerance",
        () ->
            share
                ? new Tolerance(0, FigureUnit.PPM.parse(text, clockHz))
                : new Tolerance(FigureUnit.CYCLES.parse(text, clockHz), 0));
  }
}
