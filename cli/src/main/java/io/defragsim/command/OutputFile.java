package io.defragsim.command;

import io.defragsim.console.PrintableWriter;
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
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where what an option asks for goes: a file, written whole or not at all, or stdout. What can be
 * known of its being writable is known before anything runs.
 */
final class OutputFile {

  /** The name that stands for stdout. */
  static final String STDOUT = "-";

  private final String name;
  private final @Nullable Path file;
  private final boolean appends;

  private OutputFile(String name, @Nullable Path file, boolean appends) {
    this.name = name;
    this.file = file;
    this.appends = appends;
  }

  /** For a file that others write to as well: what is written goes behind what is there. */
  static OutputFile openToAppend(String name) {
    Path file = Path.of(name);
    OutputFile output = new OutputFile(name, file, true);
    try {
      if (Files.isDirectory(file)) {
        throw new FileSystemException(name, null, "it is a directory");
      }
      Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
    } catch (IOException e) {
      throw output.notWritable(e);
    }
    return output;
  }

  /**
   * Looks whether the output can be written.
   *
   * @param name of the file, {@link #STDOUT}, or null for no output
   * @return null for no output
   */
  static @Nullable OutputFile open(@Nullable String name) {
    if (name == null) {
      return null;
    }
    if (name.equals(STDOUT)) {
      return new OutputFile(name, null, false);
    }
    Path file = Path.of(name);
    OutputFile output = new OutputFile(name, file, false);
    try {
      if (Files.isDirectory(file)) {
        throw new FileSystemException(name, null, "it is a directory");
      }
      if (isOrdinary(file)) {
        Path target = target(file);
        if (Files.exists(target) && !Files.isWritable(target)) {
          throw new AccessDeniedException(name);
        }
        Path trial = beside(target);
        Files.createFile(trial);
        Files.delete(trial);
      }
    } catch (IOException e) {
      throw output.notWritable(e);
    }
    return output;
  }

  /**
   * Looks whether a file can be written, in a folder that is made when it is.
   *
   * @param file in a folder whose own folder is there
   */
  static OutputFile openWithFolder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || Files.exists(folder)) {
      if (folder != null && !Files.isDirectory(folder)) {
        throw new OutputFile(file.toString(), file, false)
            .notWritable(
                new FileSystemException(file.toString(), null, folder + " is no directory"));
      }
      return new OutputFile(checked(file.toString()), file, false);
    }
    Path above = folder.getParent();
    if (above == null || !Files.isDirectory(above) || !Files.isWritable(above)) {
      throw new OutputFile(file.toString(), file, false)
          .notWritable(
              above != null && Files.exists(above)
                  ? new AccessDeniedException(file.toString())
                  : new NoSuchFileException(file.toString()));
    }
    return new OutputFile(file.toString(), file, false);
  }

  /** The name, of a file that can be written. */
  private static String checked(String name) {
    open(name);
    return name;
  }

  /** Refuses to write two outputs one after the other to where nobody can tell them apart. */
  static void refuseTwiceStdout(@Nullable OutputFile... outputs) {
    long onStdout =
        Arrays.stream(outputs).filter(output -> output != null && output.isStdout()).count();
    if (onStdout > 1) {
      throw new CommandFailedException(
          ExitStatus.USAGE, "defrag-sim: two reports cannot go to stdout");
    }
  }

  boolean isStdout() {
    return file == null;
  }

  /** What is written. */
  interface Content {
    void writeTo(Writer out) throws IOException;
  }

  /** Writes all of {@code text}. */
  void write(Content text, PrintWriter stdout) {
    Content content = file == null ? text : to -> text.writeTo(PrintableWriter.file(to));
    try {
      if (file == null) {
        content.writeTo(stdout);
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
      throw notWritable(e);
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

  private static Path beside(Path target) {
    return target.resolveSibling(
        "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
  }

  /** The file itself where {@code file} is a link to it: a link stays one. */
  private static Path target(Path file) throws IOException {
    return Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
  }

  private static boolean isOrdinary(Path file) {
    return !Files.exists(file) || Files.isRegularFile(file);
  }

  private CommandFailedException notWritable(IOException e) {
    String why =
        e instanceof AccessDeniedException
            ? "permission denied"
            : e instanceof NoSuchFileException
                ? "there is no such directory"
                : e instanceof FileSystemException because && because.getReason() != null
                    ? because.getReason()
                    : String.valueOf(e.getMessage());
    return new CommandFailedException(
        ExitStatus.INTERNAL, "defrag-sim: cannot write " + name + ": " + why);
  }
}
