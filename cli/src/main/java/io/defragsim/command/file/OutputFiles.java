package io.defragsim.command.file;

import io.defragsim.emulator.file.FileName;
import io.defragsim.emulator.file.FileNameException;
import io.defragsim.emulator.file.FileTrouble;
import io.defragsim.lab.result.ExitStatus;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that a command writes beside its report. Before anything runs each is known to be writable,
 * and to be neither another output nor an input, whatever names these go by.
 */
public final class OutputFiles {

  /** The name that stands for stdout. */
  public static final String STDOUT = "-";

  /** What stdout and stderr are redirected to. */
  private static final List<String> STREAMS = List.of("/dev/stdout", "/dev/stderr");

  private final List<OutputFile> opened = new ArrayList<>();

  /**
   * Opens an output.
   *
   * @param option what asks for it
   * @param name of the file, {@link #STDOUT}, or null for no output
   * @return null for no output
   */
  public @Nullable OutputFile open(String option, @Nullable String name) {
    if (name == null) {
      return null;
    }
    Path file = name.equals(STDOUT) ? null : path(option, name);
    return added(new OutputFile(option, name, file, false), false);
  }

  /** Opens a file that others write to as well: what is written goes behind what is there. */
  public OutputFile openToAppend(String option, String name) {
    return added(new OutputFile(option, name, path(option, name), true), false);
  }

  /** Opens a file in a folder that is made when the file is, in one that is there. */
  public OutputFile openWithFolder(String option, Path file) {
    return added(new OutputFile(option, file.toString(), file, false), true);
  }

  /** Opens a file in a folder that an option names. */
  public OutputFile openIn(String option, Path folder, String name) {
    Path file = folder.resolve(name);
    return added(new OutputFile(option, file.toString(), file, false), false);
  }

  private OutputFile added(OutputFile output, boolean makesFolder) {
    for (OutputFile other : opened) {
      if (output.isAt(other)) {
        throw refused(
            "two reports cannot go to "
                + (output.isStdout() ? "stdout" : output.name())
                + ": "
                + (other.option().equals(output.option())
                    ? output.option() + " is given twice"
                    : other.option() + " and " + output.option()));
      }
    }
    for (String stream : STREAMS) {
      // Of a terminal or a pipe, what is written first stays.
      if (!output.name().equals(stream)
          && Files.isRegularFile(Path.of(stream))
          && output.isAt(Path.of(stream))) {
        throw refused(
            "two reports cannot go to "
                + output.name()
                + ": "
                + output.option()
                + " names it, and "
                + stream.substring(stream.lastIndexOf('/') + 1)
                + " is redirected to it");
      }
    }
    output.check(makesFolder);
    opened.add(output);
    return output;
  }

  /** Whether one goes to stdout, which is then no place for anything else. */
  public boolean takeStdout() {
    return opened.stream().anyMatch(OutputFile::isStdout);
  }

  /**
   * Refuses to write to a file that is read.
   *
   * @param what the file is, for messages: "the scenario"
   */
  public void keepApart(String what, Path input) {
    for (OutputFile output : opened) {
      if (output.isAt(input)) {
        throw refused(
            output.option()
                + " "
                + output.name()
                + " would overwrite "
                + what
                + " "
                + input
                + ", which is read: name another file");
      }
    }
  }

  /** The path that an option names. */
  public static Path path(String option, String name) {
    try {
      return FileName.path(name);
    } catch (FileNameException e) {
      throw refused(option + ": " + Objects.requireNonNull(e.getMessage()));
    }
  }

  /** A folder that an option names; it is made if it is not there. */
  public static Path folder(String option, String name) {
    Path folder = path(option, name);
    try {
      return Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw notWritable(option, name, "it is no directory");
    } catch (IOException e) {
      throw notWritable(option, name, FileTrouble.reasonToWrite(e));
    }
  }

  private static CommandFailedException notWritable(String option, String name, String why) {
    return new CommandFailedException(
        ExitStatus.INTERNAL, "defrag-sim: cannot write to " + name + " (" + option + "): " + why);
  }

  private static CommandFailedException refused(String why) {
    return new CommandFailedException(ExitStatus.USAGE, "defrag-sim: " + why);
  }
}
