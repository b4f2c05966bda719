package io.defragsim.scenario.format;

import io.defragsim.emulator.McuConfig;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.Problems;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What the values of one file are read with. */
final class Reading {
  private final Problems problems;
  private final Path folder;
  private final @Nullable Path file;
  private @Nullable McuConfig part;

  /**
   * @param folder what paths in the file are relative to
   * @param file what limits say they stand in, null for none
   */
  Reading(Problems problems, Path folder, @Nullable Path file) {
    this.problems = problems;
    this.folder = folder;
    this.file = file;
  }

  Problems problems() {
    return problems;
  }

  Path folder() {
    return folder;
  }

  @Nullable Path file() {
    return file;
  }

  /** From now on values may depend on the part; null if it has problems of its own. */
  void on(@Nullable McuConfig mcu) {
    part = mcu;
  }

  @Nullable McuConfig part() {
    return part;
  }

  /** What durations become cycles by. */
  OptionalLong clockHz() {
    return part == null ? OptionalLong.empty() : OptionalLong.of(part.clockHz());
  }

  void problem(Json value, String message) {
    problems.add(value.at(), message);
  }
}
