package io.defragsim.command.option;

import io.defragsim.command.job.Inputs;
import io.defragsim.command.job.Job;
import io.defragsim.console.Session;
import io.defragsim.console.Terminal;
import io.defragsim.emulator.Strictness;
import io.defragsim.report.text.Page;
import io.defragsim.report.text.Palette;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option {@code --color}. */
public final class ColorOption {

  /** When reports are coloured. */
  public enum Mode {
    /** On a terminal, unless NO_COLOR is set. */
    AUTO,
    ALWAYS,
    NEVER;

    /** Whether to colour what goes to stdout. */
    public boolean isColourful(Terminal terminal) {
      return switch (this) {
        case AUTO -> terminal.stdout() && terminal.colourful();
        case ALWAYS -> true;
        case NEVER -> false;
      };
    }

    /** As it stands on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Reads it, and says what there is if it is none. */
    static final class Converter implements ITypeConverter<Mode> {
      @Override
      public Mode convert(String value) {
        for (Mode mode : values()) {
          if (mode.toString().equalsIgnoreCase(value)) {
            return mode;
          }
        }
        throw new TypeConversionException("'" + value + "' is none of auto, always, never");
      }
    }
  }

  @Option(
      names = "--color",
      paramLabel = "WHEN",
      defaultValue = "auto",
      converter = Mode.Converter.class,
      description =
          "Colour the output: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}: on a terminal,"
              + " unless NO_COLOR is set).")
  Mode mode = Mode.AUTO;

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
