package io.defragsim.emulator.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file could not be read or written, in words. */
public final class FileTrouble {
  private FileTrouble() {}

  /** The reason without the name of the file; never empty, and never an exception's name. */
  public static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "it exists already";
    }
    if (e instanceof NotDirectoryException) {
      return "a part of its path is no directory";
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
      case "Not a directory" -> "a part of its path is no directory";
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
