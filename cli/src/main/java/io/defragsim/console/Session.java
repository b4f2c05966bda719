package io.defragsim.console;

import io.defragsim.report.text.Page;
import io.defragsim.report.text.Palette;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * One use of the program.
 *
 * @param out where reports go
 * @param err where all goes that is no report
 * @param terminal what is known of both
 * @param environment the variables that the program was started with
 */
public record Session(
    PrintableWriter out, PrintableWriter err, Terminal terminal, Map<String, String> environment) {

  /** Where to print a report. */
  public Page page(Palette palette) {
    return new Page(
        palette == Palette.COLOUR ? PrintableWriter.styled(out) : out, palette, terminal.width());
  }

  /**
   * Where to tell how far a long piece of work is.
   *
   * @param what is under way
   * @param state what to say of the number that is told
   */
  public Progress progress(String what, LongFunction<String> state) {
    return new Progress(this, what, state);
  }
}
