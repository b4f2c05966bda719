package io.defragsim.command.option;

import io.defragsim.console.Terminal;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** When reports are coloured. */
public enum ColorMode {
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
  public static final class Converter implements ITypeConverter<ColorMode> {
    @Override
    public ColorMode convert(String value) {
      for (ColorMode mode : values()) {
        if (mode.toString().equalsIgnoreCase(value)) {
          return mode;
        }
      }
      throw new TypeConversionException("'" + value + "' is none of auto, always, never");
    }
  }
}
