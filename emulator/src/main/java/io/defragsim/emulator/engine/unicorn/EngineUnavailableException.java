package io.defragsim.emulator.engine.unicorn;

import io.defragsim.emulator.file.FileTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The engine's native library cannot be loaded; the message says why, and what to do. */
public final class EngineUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The libraries take half of this. */
  private static final long ROOM_BYTES = 32L << 20;

  private EngineUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  /** For a library that was to be unpacked into the folder for temporary files. */
  static EngineUnavailableException unpackedIn(String folder, LinkageError failure) {
    return new EngineUnavailableException(
        "the engine's native library cannot be loaded: "
            + why(folder)
            + ". It is unpacked into the folder for temporary files; another one is set by"
            + " JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=FOLDER",
        failure);
  }

  private static String why(String folder) {
    try {
      Path path = Path.of(folder);
      Path trial = Files.createTempFile(path, "defragsim", null);
      boolean executable =
          trial.toFile().setExecutable(true) && Files.isExecutable(trial); // not if mounted noexec
      Files.delete(trial);
      if (Files.getFileStore(path).getUsableSpace() < ROOM_BYTES) {
        return folder + " is full";
      }
      if (!executable) {
        return "nothing in " + folder + " may be executed (it is mounted noexec)";
      }
    } catch (IOException e) {
      return folder + " cannot be written: " + FileTrouble.reason(e);
    }
    return "there is none for "
        + System.getProperty("os.name")
        + " on "
        + System.getProperty("os.arch")
        + ", or "
        + folder
        + " does not take it";
  }
}
