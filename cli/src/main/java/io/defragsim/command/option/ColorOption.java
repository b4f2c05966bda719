package io.defragsim.command.option;

import io.defragsim.command.job.Inputs;
import io.defragsim.command.job.Job;
import io.defragsim.console.Session;
import io.defragsim.emulator.Strictness;
import io.defragsim.report.text.Page;
import io.defragsim.report.text.Palette;
import picocli.CommandLine.Option;

/** The option {@code --color}. */
public final class ColorOption {

  @Option(
      names = "--color",
      paramLabel = "WHEN",
      defaultValue = "auto",
      converter = ColorMode.Converter.class,
      description =
          "Colour the output: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}: on a terminal,"
              + " unless NO_COLOR is set).")
  ColorMode mode = ColorMode.AUTO;

  private final Session session;

  ColorOption(Session session) {
    this.session = session;
  }

  public Palette palette() {
    return mode.isColourful(session.terminal()) ? Palette.COLOUR : Palette.PLAIN;
  }

  /** Where to print, in colours or not. */
  public Page page() {
    return session.page(palette());
  }

  /** A job that prints its report so. */
  public Job job(Inputs inputs, Strictness strictness) {
    return new Job(session, page(), inputs, strictness);
  }

  /** The same, of scenarios as they are. */
  public Job job() {
    return job(new Inputs(), Strictness.NORMAL);
  }
}
