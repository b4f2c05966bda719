package io.defragsim.command.job;

import io.defragsim.console.PrintableWriter;
import io.defragsim.emulator.file.FileTrouble;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where what an option asks for goes: a file, written whole or not at all, or stdout; nowhere if
 * the option was not given. {@link OutputFiles} opens all of a command, so that none is another or
 * an input.
 */
public final class OutputFile {
  private static final int RANDOM_BYTES = 8;
  private static final int MOST_LINKS = 40;

  private final String option;
  private final String name;
  private final @Nullable PrintWriter stdout;
  private final @Nullable Path file;
  private final boolean appends;

  /**
   * An output to one of these two, or to none.
   *
   * @param option what asks for the output, for messages
   * @param appends for a file that others write to as well
   */
  OutputFile(
      String option,
      String name,
      @Nullable PrintWriter stdout,
      @Nullable Path file,
      boolean appends) {
    this.option = option;
    this.name = name;
    this.stdout = stdout;
    this.file = file;
    this.appends = appends;
  }

  /** Whether the option was given. */
  public boolean isAskedFor() {
    return stdout != null || file != null;
  }

  boolean isStdout() {
    return stdout != null;
  }

  /** What asks for the output. */
  String option() {
    return option;
  }

  /** As it stands on the command line. */
  String name() {
    return name;
  }

  /** Whether what is written replaces what is in {@code other}, by whatever name it goes. */
  boolean isAt(Path other) {
    return file != null && isSame(file, other);
  }

  /** Whether two outputs go to one place. */
  boolean isAt(OutputFile other) {
    return other.file == null ? file == null : isAt(other.file);
  }

  private static boolean isSame(Path a, Path b) {
    try {
      if (Files.exists(a) && Files.exists(b)) {
        return Files.isSameFile(
            a, b); // by what they are: links of both kinds, upper and lower case
      }
      return place(a).equals(place(b));
    } catch (IOException e) {
      return false; // one of them will not be opened, with a better message
    }
  }

  /** Of a file that is not there yet: its folder by its one real name. */
  private static Path place(Path file) throws IOException {
    Path target = target(file);
    Path folder = target.getParent();
    return folder != null && Files.exists(folder)
        ? folder.toRealPath().resolve(target.getFileName())
        : target.normalize();
  }

  /**
   * Looks whether the output can be written, as far as that can be known before.
   *
   * @param makesFolder whether the folder is made, in one that is there, when the file is written
   * @throws CommandFailedException with status 1 if it cannot
   */
  void check(boolean makesFolder) {
    if (file == null) {
      return;
    }
    try {
      if (Files.isDirectory(file)) {
        throw new FileSystemException(name, null, "it is a directory");
      }
      if (appends) {
        Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
      } else if (makesFolder && !isOrdinary(file)) {
        throw new FileSystemException(name, null, "it is a device or a pipe, which keeps nothing");
      } else if (isOrdinary(file)) {
        checkOrdinary(target(file), makesFolder);
      }
    } catch (IOException e) {
      throw CommandFailedException.notWritable(name, FileTrouble.reasonToWrite(e));
    }
  }

  private void checkOrdinary(Path target, boolean makesFolder) throws IOException {
    if (Files.exists(target) && !Files.isWritable(target)) {
      throw new AccessDeniedException(name);
    }
    Path folder = target.getParent();
    if (folder != null && Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new FileSystemException(name, null, folder + " is no directory");
    }
    if (folder != null && makesFolder && !Files.exists(folder)) {
      Path above = folder.getParent();
      if (above == null || !Files.isDirectory(above)) {
        throw new NoSuchFileException(name);
      }
      if (!Files.isWritable(above)) {
        throw new AccessDeniedException(name);
      }
      return;
    }
    Path trial = beside(target);
    Files.createFile(trial);
    Files.delete(trial);
  }

  /** What is written. */
  public interface Content {
    void writeTo(Writer out) throws IOException;
  }

  /**
   * Writes all of {@code text}; makes nothing of it where it was not asked for.
   *
   * @throws CommandFailedException with status 1 if it cannot be written
   */
  public void write(Content text) {
    write(text, PrintableWriter::file);
  }

  /** The same of a text with tabs, which stay. */
  public void writeTabbed(Content text) {
    write(text, PrintableWriter::tabbedFile);
  }

  private void write(Content text, UnaryOperator<Writer> filter) {
    Content content = to -> text.writeTo(filter.apply(to));
    try {
      if (stdout != null) {
        text.writeTo(stdout);
      } else if (file == null) {
        return;
      } else if (appends) {
        // Whole, so that a failure in the middle of making it leaves nothing.
        StringWriter all = new StringWriter();
        content.writeTo(all);
        Files.writeString(
            file, all.toString(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } else if (isOrdinary(file)) {
        replace(target(file), content);
      } else {
        // A device or a pipe is written to, not replaced.
        try (Writer out = Files.newBufferedWriter(file, StandardOpenOption.WRITE)) {
          content.writeTo(out);
        }
      }
    } catch (IOException e) {
      throw CommandFailedException.notWritable(name, FileTrouble.reasonToWrite(e));
    }
  }

  private static void replace(Path target, Content content) throws IOException {
    Path folder = target.getParent();
    if (folder != null && !Files.exists(folder)) {
      Files.createDirectory(folder);
    }
    Path temporary = beside(target);
    // For an end by Ctrl-C; the ordinary ends are below.
    temporary.toFile().deleteOnExit();
    try {
      try (FileChannel channel =
              FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
          Writer out = Channels.newWriter(channel, StandardCharsets.UTF_8)) {
        content.writeTo(out);
        out.flush();
        // A disk that fills up late must not leave an empty file under the output's name.
        channel.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * A name that no run has used or will: one that was killed leaves its file. The file is not made
   * by the library's way to make temporary files, whose permissions are not those of other files.
   */
  private static Path beside(Path target) {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    return target.resolveSibling(".defrag-sim-" + HexFormat.of().formatHex(random) + ".tmp");
  }

  /** The file itself where {@code file} is a link to it, there or not: a link stays one. */
  private static Path target(Path file) throws IOException {
    if (Files.exists(file)) {
      return file.toRealPath();
    }
    Path target = file.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(target) && links < MOST_LINKS; links++) {
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
  }

  private static boolean isOrdinary(Path file) {
    return !Files.exists(file) || Files.isRegularFile(file);
  }
}
