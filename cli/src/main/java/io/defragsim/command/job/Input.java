package io.defragsim.command.job;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.scenario.Scenario;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A scenario that is valid, with an image that it can run on.
 *
 * @param source the file, as it stands on the command line
 * @param file the same; null for a shipped scenario that was asked for by its name
 */
public record Input(String source, @Nullable Path file, Scenario scenario, FirmwareImage image) {

  /** The same with a changed scenario, which runs on the same image. */
  public Input with(UnaryOperator<Scenario> change) {
    return new Input(source, file, change.apply(scenario), image);
  }

  /** What runs, for people: {@code sensor-node on defrag}. */
  public String title() {
    return scenario.name() + " on " + image.name();
  }

  /**
   * Refuses an operation that the workload does not have.
   *
   * @param option that names it
   */
  public void requireOperation(String option, long operation) {
    long operations = scenario.workload().countOperations();
    if (operation < 0 || (operation >= operations && operation > 0)) {
      throw CommandFailedException.wrongUsage(
          String.format(
              Locale.ROOT,
              "%s: there is no operation %d: they are numbered from 0 to %d",
              option,
              operation,
              Math.max(0, operations - 1)));
    }
  }
}
