package io.defragsim.emulator.engine.unicorn;

import io.defragsim.emulator.file.FileTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Why the library cannot be loaded, and what to do. Its loader only says that it cannot: so what
 * that takes is looked at here. It unpacks a native library into the folder for temporary files.
 */
final class LoadingTrouble {
  /** The native libraries take half of this. */
  private static final long ROOM_BYTES = 32L << 20;

  private static final String REMEDY = "take its jar off the class path";

  private LoadingTrouble() {}

  /** For the end of a sentence. */
  static String explanation(Throwable failure) {
    String missing = missingClass(failure);
    if (missing != null) {
      return missing + " is not on the class path, and has to stand there beside it";
    }
    String folder = System.getProperty("java.io.tmpdir", "");
    String unfit = unfit(folder);
    if (unfit != null) {
      return unfit
          + "; it unpacks a library there, and JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=FOLDER names"
          + " another folder";
    }
    String host = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
    return !new JarLibrary().isThere()
        ? "its jar has no native library for " + host + "; " + REMEDY
        : "its native library for "
            + host
            + " is damaged, or made for another machine or C library; "
            + REMEDY
            + " or put a whole one there";
  }

  /** A class that the library's own classes need; null if they are all there. */
  private static @Nullable String missingClass(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ClassNotFoundException) {
        return cause.getMessage();
      }
    }
    return null;
  }

  /** What a folder is not good for; null if nothing is wrong with it. */
  private static @Nullable String unfit(String folder) {
    try {
      Path path = Path.of(folder);
      Path trial = Files.createTempFile(path, "defragsim", null);
      boolean executable =
          trial.toFile().setExecutable(true) && Files.isExecutable(trial); // not if mounted noexec
      Files.delete(trial);
      if (Files.getFileStore(path).getUsableSpace() < ROOM_BYTES) {
        return folder + " is full";
      }
      return executable ? null : "nothing in " + folder + " may be executed (it is mounted noexec)";
    } catch (IOException e) {
      return folder + " cannot be written: " + FileTrouble.reason(e);
    }
  }
}
