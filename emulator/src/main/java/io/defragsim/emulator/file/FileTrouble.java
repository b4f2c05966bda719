package io.defragsim.emulator.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Why a file could not be read or written, in words. */
public final class FileTrouble {
  private static final String NO_DIRECTORY = "a part of its path is no directory";

  private FileTrouble() {}

  /**
   * Whether the file is missing because a part of its path is a file: some Java releases throw for
   * this what they throw for a missing file (25), others do not (17).
   */
  static boolean isBelowAFile(NoSuchFileException missing) {
    if (missing.getFile() == null) {
      return false;
    }
    Path above = Path.of(missing.getFile()).toAbsolutePath().getParent();
    while (above != null && !Files.exists(above)) {
      above = above.getParent();
    }
    return above != null && !Files.isDirectory(above);
  }

  /** The {@link #reason} why a file was not written: if one is missing, it is its directory. */
  public static String reasonToWrite(IOException e) {
    return e instanceof NoSuchFileException missing && !isBelowAFile(missing)
        ? "there is no such directory"
        : reason(e);
  }

  /** The reason without the name of the file; never empty, and never an exception's name. */
  public static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException missing) {
      return isBelowAFile(missing) ? NO_DIRECTORY : "no such file";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "it exists already";
    }
    if (e instanceof NotDirectoryException) {
      return NO_DIRECTORY;
    }
    if (e instanceof FileSystemLoopException) {
      return "its links lead in a circle";
    }
    String said =
        e instanceof FileSystemException file ? file.getReason() : String.valueOf(e.getMessage());
    if (said == null || said.equals("null") || said.isBlank()) {
      return "the system gives no reason";
    }
    return switch (said) {
      case "Not a directory" -> NO_DIRECTORY;
      case "File name too long" -> "its name is too long";
      case "Read-only file system" -> "the file system is read-only";
      default ->
          said.startsWith("Too many levels of symbolic links")
                  || said.startsWith("Too many symbolic links")
              ? "its links lead in a circle"
              : said;
    };
  }
}
