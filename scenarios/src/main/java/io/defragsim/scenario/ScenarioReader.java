package io.defragsim.scenario;

import java.nio.file.Path;
import java.util.Map;

/**
 * Reads scenario files.
 *
 * <p>Takes the figures that limits may name as a parameter, so that this package does not depend on
 * what measures them.
 */
@SuppressWarnings("DoNotCallSuggester") // not built yet
public final class ScenarioReader {
  private final Map<String, FigureUnit> figures;

  /**
   * @param figures every figure that a limit may name, with its unit
   */
  public ScenarioReader(Map<String, FigureUnit> figures) {
    this.figures = Map.copyOf(figures);
  }

  /** Reads a file. Whatever is wrong with it comes back as problems, never as an exception. */
  public ReadResult read(Path file) {
    throw new UnsupportedOperationException(file + " " + figures);
  }
}
