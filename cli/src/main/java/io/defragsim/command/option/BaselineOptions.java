package io.defragsim.command.option;

import io.defragsim.command.job.BaselineGate;
import io.defragsim.command.job.Baselines;
import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Input;
import io.defragsim.command.job.Job;
import io.defragsim.emulator.file.FileName;
import io.defragsim.lab.baseline.Baseline;
import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.baseline.Tolerance;
import io.defragsim.report.GateReport.BaselineCheck;
import io.defragsim.report.json.BaselineReader;
import io.defragsim.report.json.BaselineReader.MalformedException;
import io.defragsim.scenario.FigureUnit;
import io.defragsim.words.Printable;
import java.nio.file.Path;
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

  /** Whether another image's baselines are asked for. */
  public boolean namesImage() {
    return against != null;
  }

  /** What holds runs of {@code inputs} against their baselines, which it reads. */
  public BaselineGate gate(Job job, List<Input> inputs) {
    Baselines baselines = new Baselines(folder.path(), against);
    return new BaselineGate(job, baselines, exact, this::tolerance, inputs);
  }

  /** Where the baseline of a program is kept: in the folder, else in one beside a file. */
  public Path file(Path beside, String name) {
    Path named = folder.path();
    Path usual = beside.resolveSibling("baselines");
    return (named == null ? usual : named).resolve(FileName.path(name + ".json"));
  }

  /**
   * A run of a program held against its baseline.
   *
   * @throws CommandFailedException with status 2 if that is missing or malformed
   */
  public BaselineCheck check(Baseline now, Path file, long clockHz) {
    try {
      Baseline then = BaselineReader.read(file);
      if (!then.scenario().equals(Printable.of(now.scenario()))) {
        throw CommandFailedException.refused(
            file
                + ": is the baseline of \""
                + then.scenario()
                + "\", not of \""
                + now.scenario()
                + '"');
      }
      return new BaselineCheck(file, Comparison.of(then, now, tolerance(clockHz), exact));
    } catch (MalformedException e) {
      throw CommandFailedException.refused(
          e.getMessage() + (e.absent() ? "; --update-baseline makes it" : ""));
    }
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
