package io.defragsim.command.option;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.emulator.exec.Way;
import io.defragsim.scenario.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The option {@code --way}. */
public final class WayOption {

  @Option(
      names = "--way",
      paramLabel = "WAY",
      defaultValue = "translated",
      description =
          "How to carry out instructions: one at a time (steps), in blocks that are decoded once"
              + " (blocks), or in blocks of which those that run often become code of the Java"
              + " machine (translated). The result is the same (default: ${DEFAULT-VALUE}).")
  String way = "translated";

  public Way way() {
    return Arrays.stream(Way.values())
        .filter(each -> word(each).equals(way))
        .findFirst()
        .orElseThrow(
            () ->
                CommandFailedException.wrongUsage(
                    "--way: \"" + way + "\" is no way to run" + Nearest.hint(way, words())));
  }

  private static List<String> words() {
    return Arrays.stream(Way.values()).map(WayOption::word).toList();
  }

  /** A way as it stands on the command line. */
  public static String word(Way way) {
    return way.name().toLowerCase(Locale.ROOT);
  }
}
