package io.defragsim.scenario;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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
  private static final int LARGEST_FILE = 16 << 20;

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
      if (Files.isDirectory(file)) {
        return unreadable("is a directory, not a scenario file");
      }
      if (Files.exists(file) && Files.size(file) > LARGEST_FILE) {
        return unreadable("is larger than 16 MiB: no scenario is");
      }
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return unreadable("no such file");
    } catch (AccessDeniedException e) {
      return unreadable("permission denied");
    } catch (IOException e) {
      return unreadable("cannot be read: " + e.getMessage());
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
    String refusal = notText(bytes);
    if (refusal != null) {
      return unreadable(refusal);
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return unreadable("is not a text file in UTF-8");
    }
    // Editors on Windows begin UTF-8 files with a byte order mark; it says nothing.
    text = text.startsWith("\uFEFF") ? text.substring(1) : text;
    Problems problems = new Problems();
    Json tree = JsonTreeReader.read(text, problems);
    Scenario scenario =
        tree == null
            ? null
            : new ScenarioBinder(problems, figures, defaultName, folder, file).bind(tree);
    return scenario == null || problems.count() > 0
        ? new ReadResult.Invalid(problems.inOrder())
        : new ReadResult.Valid(scenario);
  }

  private static @Nullable String notText(byte[] bytes) {
    if (startsWith(bytes, 0x7F, 'E', 'L', 'F')) {
      return "is an ELF image, not a scenario; a scenario names it with \"image\"";
    }
    if (startsWith(bytes, 0xFF, 0xFE) || startsWith(bytes, 0xFE, 0xFF)) {
      return "is in UTF-16: save it as UTF-8";
    }
    for (byte b : bytes) {
      if (b == 0) {
        return "is a binary file, not a scenario";
      }
    }
    return null;
  }

  private static boolean startsWith(byte[] bytes, int... start) {
    if (bytes.length < start.length) {
      return false;
    }
    for (int i = 0; i < start.length; i++) {
      if ((bytes[i] & 0xFF) != start[i]) {
        return false;
      }
    }
    return true;
  }

  private static ReadResult unreadable(String message) {
    return new ReadResult.Invalid(List.of(new Problem(0, 0, "", message)));
  }
}
