package io.defragsim.emulator.file;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The one place where what a user writes becomes the path of a file. */
public final class FileName {
  /** What Java puts in the place of bytes that are no text. */
  private static final char REPLACEMENT = '\uFFFD';

  private FileName() {}

  /**
   * The path of that name.
   *
   * @throws FileNameException if there can be no such file
   */
  public static Path path(String name) {
    return path(name, System.getProperty("sun.jnu.encoding", "the platform's charset"));
  }

  /**
   * As above, with the name in messages of the charset that this Java writes the names of files in.
   */
  static Path path(String name, String charset) {
    if (name.isEmpty()) {
      throw new FileNameException("a file name is empty");
    }
    if (name.indexOf('\0') >= 0) {
      throw new FileNameException(
          "the file name \""
              + name.replace("\0", "\\0")
              + "\" holds a NUL, which no file name may");
    }
    if (name.indexOf(REPLACEMENT) >= 0) {
      throw new FileNameException(
          "the file name \""
              + name
              + "\" holds bytes that are no text in "
              + charset
              + ": rename the file");
    }
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      // Under LANG=C, say: the launcher sets another locale, who embeds this has to do so.
      throw new FileNameException(
          "the file name \""
              + name
              + "\" cannot be written in "
              + charset
              + ", the charset that this Java has for the names of files: set LC_ALL=C.UTF-8 before"
              + " it starts, or rename the file");
    }
  }
}
