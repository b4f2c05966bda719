package io.defragsim.scenario.format;

import io.defragsim.emulator.file.InputKind;
import io.defragsim.emulator.file.UnreadableFileException;
import io.defragsim.scenario.FigureUnit;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.JsonText;
import io.defragsim.scenario.json.JsonTreeReader;
import io.defragsim.scenario.json.NotJsonException;
import io.defragsim.scenario.json.Problem;
import io.defragsim.scenario.json.Problems;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads scenario files: JSON in UTF-8, with comments and trailing commas allowed.
 *
 * <p>All problems of a file are found in one go. A file that is not JSON has one: where it stops
 * being JSON.
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
  public ReadResult read(Path file) {
    byte[] bytes;
    try {
      bytes = InputKind.SCENARIO.read(file);
    } catch (UnreadableFileException e) {
      return new ReadResult.Invalid(new Problem(0, 0, "", String.valueOf(e.getMessage())));
    }
    Path parent = file.toAbsolutePath().getParent();
    Path name = file.getFileName();
    String stem = name == null ? "scenario" : name.toString().replaceFirst("\\.jsonc?$", "");
    return read(bytes, stem, parent == null ? file.toAbsolutePath() : parent, file);
  }

  /**
   * Reads the bytes of a file.
   *
   * @param defaultName what the scenario is called if it gives no name
   * @param folder what paths in the scenario are relative to
   */
  public ReadResult read(byte[] bytes, String defaultName, Path folder) {
    return read(bytes, defaultName, folder, null);
  }

  private ReadResult read(byte[] bytes, String defaultName, Path folder, @Nullable Path file) {
    String text;
    try {
      text = JsonText.of(bytes, "a scenario");
    } catch (NotJsonException e) {
      return new ReadResult.Invalid(e.problem());
    }
    Problems problems = new Problems();
    Json tree = JsonTreeReader.read(text, problems);
    Scenario scenario =
        tree == null
            ? null
            : ScenarioBinder.type(figures, Map.of(), defaultName)
                .read(tree, new Reading(problems, folder, file));
    return scenario == null || problems.count() > 0
        ? new ReadResult.Invalid(problems)
        : new ReadResult.Valid(scenario);
  }
}
