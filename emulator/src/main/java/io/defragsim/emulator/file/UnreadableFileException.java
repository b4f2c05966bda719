package io.defragsim.emulator.file;

import java.io.IOException;

/** A file was not read; the message says why, to stand behind the file's name. */
public final class UnreadableFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean absent;

  UnreadableFileException(String message, boolean absent) {
    super(message);
    this.absent = absent;
  }

  /** Whether there is no such file at all. */
  public boolean absent() {
    return absent;
  }
}
