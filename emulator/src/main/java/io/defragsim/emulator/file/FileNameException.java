package io.defragsim.emulator.file;

/**
 * A text is no name of a file; the message says why, for people, with the name where it has one.
 */
public final class FileNameException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FileNameException(String message) {
    super(message);
  }
}
