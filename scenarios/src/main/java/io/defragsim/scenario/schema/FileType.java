package io.defragsim.scenario.schema;

import io.defragsim.emulator.file.InputKind;
import io.defragsim.emulator.file.UnreadableFileException;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.JsonText;
import io.defragsim.scenario.json.JsonTreeReader;
import io.defragsim.scenario.json.NotJsonException;
import io.defragsim.scenario.json.Problem;
import io.defragsim.scenario.json.Problems;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * What the files of a kind are: JSON in UTF-8, with comments and trailing commas allowed.
 *
 * <p>All problems of a file are found in one go. A file that is not JSON has one: where it stops
 * being JSON.
 *
 * @param name for messages, without an article that is "a"
 * @param type what the whole file is
 */
public record FileType<T>(InputKind kind, String name, Type<T> type) {

  /**
   * Reads a file. Whatever is wrong with it comes back as problems, never as an exception.
   *
   * @param reading what is known while it is read
   */
  public ReadResult<T> read(Path file, Function<Problems, Reading> reading) {
    byte[] bytes;
    try {
      bytes = kind.read(file);
    } catch (UnreadableFileException e) {
      return new ReadResult.Invalid<>(new Problem(0, 0, "", String.valueOf(e.getMessage())));
    }
    return read(bytes, reading);
  }

  /** The same of the bytes of a file. */
  public ReadResult<T> read(byte[] bytes, Function<Problems, Reading> reading) {
    String text;
    try {
      text = JsonText.of(bytes, "a " + name);
    } catch (NotJsonException e) {
      return new ReadResult.Invalid<>(e.problem());
    }
    Problems problems = new Problems();
    Json tree = JsonTreeReader.read(text, "the " + name, problems);
    T value = tree == null ? null : type.read(tree, reading.apply(problems));
    return value == null || problems.count() > 0
        ? new ReadResult.Invalid<>(problems)
        : new ReadResult.Valid<>(value);
  }
}
