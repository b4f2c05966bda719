package io.defragsim.command.option;

import io.defragsim.console.PrintableWriter;
import io.defragsim.console.Terminal;
import io.defragsim.report.text.Page;
import io.defragsim.report.text.Palette;
import java.io.PrintWriter;
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
  public ColorMode mode = ColorMode.AUTO;

  /** Where to print, in colours or not. */
  public Page page(PrintWriter out, Terminal terminal) {
    Palette palette = mode.palette(terminal);
    return new Page(
        palette == Palette.COLOUR ? PrintableWriter.styled(out) : out, palette, terminal.width());
  }
}
