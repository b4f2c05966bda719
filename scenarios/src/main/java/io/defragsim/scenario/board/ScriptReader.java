package io.defragsim.scenario.board;

import io.defragsim.emulator.file.InputKind;
import io.defragsim.scenario.json.Problems;
import io.defragsim.scenario.schema.FileType;
import io.defragsim.scenario.schema.ReadResult;
import io.defragsim.scenario.schema.Reading;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Reads script files, as {@link FileType} says. */
public final class ScriptReader {
  private final long clockHz;

  /**
   * @param clockHz the core clock of the part: what times in a script become cycles by
   */
  public ScriptReader(long clockHz) {
    this.clockHz = clockHz;
  }

  /** Reads a file. Whatever is wrong with it comes back as problems, never as an exception. */
  public ReadResult<ScriptFile> read(Path file) {
    return type().read(file, this::reading);
  }

  /** Reads the bytes of a file. */
  public ReadResult<ScriptFile> read(byte[] bytes) {
    return type().read(bytes, this::reading);
  }

  private static FileType<ScriptFile> type() {
    return new FileType<>(InputKind.SCRIPT, "script", new ScriptBinder().type());
  }

  private Reading reading(Problems problems) {
    return new Reading(problems) {
      @Override
      public OptionalLong clockHz() {
        return OptionalLong.of(clockHz);
      }
    };
  }
}
