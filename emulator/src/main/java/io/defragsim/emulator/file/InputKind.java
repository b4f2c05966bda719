package io.defragsim.emulator.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;

/**
 * The one way in which the content of a user's file comes into memory. What is no regular file, or
 * too large for its kind, is refused before anything of it is read: a device and a pipe may never
 * end.
 */
public enum InputKind {
  /** A JSON file: 400,000 operations written out one by one fit. */
  SCENARIO("a scenario file", 16),
  /** A JSON file: 100,000 rules fit. */
  BOARD("a board file", 16),
  /** A JSON file: what is typed, and waited for. */
  SCRIPT("a script file", 16),
  /** A JSON file: the cycles of 100,000 functions fit. */
  BASELINE("a baseline", 16),
  /**
   * An ELF: the flash of a Cortex-M0 part has at most 1 MiB, so nearly all of it may be debug
   * information.
   */
  IMAGE("an ELF file", 64),
  /** The same in any of the formats in which programs are flashed; text is twice as long. */
  PROGRAM("a program", 64),
  /** A trace of a heap, of any length: it is never in memory as a whole, so {@link #open} it. */
  TRACE("a trace", 0);

  private static final int MIB = 1 << 20;

  private final String words;
  private final int mostMib;

  InputKind(String words, int mostMib) {
    this.words = words;
    this.mostMib = mostMib;
  }

  /** The most bytes that a file of this kind may have; 0 for one that is read piece by piece. */
  public int mostBytes() {
    return mostMib * MIB;
  }

  /**
   * All bytes of a file.
   *
   * @throws UnreadableFileException if there is none that can be read as this kind
   */
  public byte[] read(Path file) throws UnreadableFileException {
    check(file);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(mostBytes() + 1); // it may have grown
      if (bytes.length > mostBytes()) {
        throw tooLarge("grows while it is read");
      }
      return bytes;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * The bytes of a file, one after the other, however many there are.
   *
   * @throws UnreadableFileException if there is none that can be read as this kind
   */
  public InputStream open(Path file) throws UnreadableFileException {
    check(file);
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * Looks whether there is a file that could be of this kind.
   *
   * @throws UnreadableFileException if there is none
   */
  public void check(Path file) throws UnreadableFileException {
    BasicFileAttributes found;
    try {
      found = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (IOException e) {
      throw unreadable(e);
    }
    if (found.isDirectory()) {
      throw refused("is a directory, not " + words);
    }
    if (!found.isRegularFile()) {
      throw refused(
          "is a device, a pipe or a socket; "
              + words
              + " has to be a regular file, so copy it to one");
    }
    if (mostMib > 0 && found.size() > mostBytes()) {
      throw tooLarge(String.format(Locale.ROOT, "has %,d bytes", found.size()));
    }
  }

  /** Whether there is no such file at all; one that cannot be read is there. */
  public boolean isAbsent(Path file) {
    try {
      check(file);
      return false;
    } catch (UnreadableFileException e) {
      return e.absent();
    }
  }

  private UnreadableFileException tooLarge(String how) {
    return refused(how + "; " + words + " has at most " + mostMib + " MiB");
  }

  private static UnreadableFileException unreadable(IOException e) {
    if (e instanceof UnreadableFileException said) {
      return said;
    }
    return e instanceof NoSuchFileException missing && !FileTrouble.isBelowAFile(missing)
        ? new UnreadableFileException("no such file", true)
        : refused("cannot be read: " + FileTrouble.reason(e));
  }

  private static UnreadableFileException refused(String why) {
    return new UnreadableFileException(why, false);
  }
}
