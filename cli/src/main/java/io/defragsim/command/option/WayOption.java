package io.defragsim.command.option;

import io.defragsim.emulator.exec.Way;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option {@code --way}. */
public final class WayOption {

  @Option(
      names = "--way",
      paramLabel = "WAY",
      defaultValue = "translated",
      completionCandidates = Words.class,
      converter = Converter.class,
      description =
          "How to carry out instructions: one at a time (steps), in blocks that are decoded once"
              + " (blocks), or in blocks of which those that run often become code of the Java"
              + " machine (translated). The result is the same (default: ${DEFAULT-VALUE}).")
  Way way = Way.TRANSLATED;

  public Way way() {
    return way;
  }

  /** A way as it stands on the command line. */
  public static String word(Way way) {
    return way.name().toLowerCase(Locale.ROOT);
  }

  static final class Words implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Way.values()).map(WayOption::word).iterator();
    }
  }

  static final class Converter implements ITypeConverter<Way> {
    @Override
    public Way convert(String value) {
      return Arrays.stream(Way.values())
          .filter(way -> word(way).equalsIgnoreCase(value))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'" + value + "' is none of " + String.join(", ", new Words())));
    }
  }
}
