package io.defragsim.scenario.format;

import io.defragsim.emulator.file.InputKind;
import io.defragsim.scenario.FigureUnit;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.schema.FileType;
import io.defragsim.scenario.schema.ReadResult;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads scenario files, as {@link FileType} says.
 *
 * <p>Takes the figures that limits may name as a parameter, so that this package does not depend on
 * what measures them.
 */
public final class ScenarioReader {
  private final Map<String, FigureUnit> figures;

  /**
   * @param figures every figure that a limit may name, with its unit
   */
  public ScenarioReader(Map<String, FigureUnit> figures) {
    this.figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
  }

  /** Reads a file. Whatever is wrong with it comes back as problems, never as an exception. */
  public ReadResult<Scenario> read(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    Path folder = parent == null ? file.toAbsolutePath() : parent;
    Path name = file.getFileName();
    String stem = name == null ? "scenario" : name.toString().replaceFirst("\\.jsonc?$", "");
    return type(stem).read(file, problems -> new ScenarioReading(problems, folder, file));
  }

  /**
   * Reads the bytes of a file.
   *
   * @param defaultName what the scenario is called if it gives no name
   * @param folder what paths in the scenario are relative to
   */
  public ReadResult<Scenario> read(byte[] bytes, String defaultName, Path folder) {
    return type(defaultName).read(bytes, problems -> new ScenarioReading(problems, folder, null));
  }

  private FileType<Scenario> type(String defaultName) {
    return new FileType<>(
        InputKind.SCENARIO, "scenario", ScenarioBinder.type(figures, Map.of(), defaultName));
  }
}
