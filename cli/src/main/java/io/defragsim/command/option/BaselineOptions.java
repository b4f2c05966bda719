package io.defragsim.command.option;

import io.defragsim.command.file.OutputFiles;
import io.defragsim.lab.baseline.Tolerance;
import io.defragsim.scenario.FigureUnit;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of a comparison with baselines. */
public final class BaselineOptions {

  @Spec(Target.MIXEE)
  CommandSpec spec;

  @Option(
      names = "--tolerance",
      paramLabel = "T",
      description =
          "How much worse figures may be: cycles or a time, like 20, for figures in cycles, or a"
              + " share, like '2 %%' or 0.02, for those in bytes too. Counts may never be (default:"
              + " 0).")
  @Nullable String tolerance;

  @Option(names = "--exact", description = "Fail on any difference, on improvements too.")
  public boolean exact;

  @Option(names = "--all", description = "Print the figures that are equal, too.")
  public boolean all;

  @Option(
      names = "--against",
      paramLabel = "IMAGE",
      description =
          "Hold runs against the baseline of the image of that name (default: the one that runs).")
  public @Nullable String against;

  /** Whether one of them was given. */
  public boolean any() {
    return tolerance != null || exact || all || against != null;
  }

  /**
   * What was asked for.
   *
   * @param clockHz what times become cycles by
   */
  public Tolerance tolerance(long clockHz) {
    String text = tolerance;
    if (text == null) {
      return Tolerance.NONE;
    }
    boolean share = text.matches(".*(%|ppm)\\s*|[0-9]+\\.[0-9]+");
    return OptionValue.of(
        spec,
        "--tolerance",
        () ->
            share
                ? new Tolerance(0, FigureUnit.PPM.parse(text, clockHz))
                : new Tolerance(FigureUnit.CYCLES.parse(text, clockHz), 0));
  }

  /** Where baselines are, for whoever needs that alone. */
  public static final class Folder {
    @Option(
        names = "--baselines",
        paramLabel = "FOLDER",
        description =
            "Where the baselines are (default: the folder baselines beside each scenario's file, for"
                + " shipped scenarios by name in the working folder).")
    public @Nullable String folder;

    /** Null for the usual places. */
    public @Nullable Path path() {
      return folder == null ? null : OutputFiles.path("--baselines", folder);
    }
  }
}
