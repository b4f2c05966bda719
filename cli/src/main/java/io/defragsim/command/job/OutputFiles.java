package io.defragsim.command.job;

import io.defragsim.emulator.file.FileName;
import io.defragsim.emulator.file.FileNameException;
import io.defragsim.emulator.file.FileTrouble;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private final PrintWriter stdout;
  private final List<OutputFile> opened = new ArrayList<>();
  private final Map<Path, String> inputs = new LinkedHashMap<>(); // and what each is

  public OutputFiles(PrintWriter stdout) {
    this.stdout = stdout;
  }

  /**
   * Opens an output.
   *
   * @param option what asks for it
   * @param name of the file, {@link #STDOUT}, or null where it was not given
   */
  public OutputFile open(String option, @Nullable String name) {
    if (name == null) {
      return new OutputFile(option, "", null, null, false);
    }
    return added(
        name.equals(STDOUT)
            ? new OutputFile(option, name, stdout, null, false)
            : new OutputFile(option, name, null, path(option, name), false),
        false);
  }

  /** Opens a file that others write to as well: what is written goes behind what is there. */
  public OutputFile openToAppend(String option, String name) {
    return added(new OutputFile(option, name, null, path(option, name), true), false);
  }

  /**
   * Opens a file that an option does not name itself.
   *
   * @param makesFolder whether its folder is made when the file is, in one that is there
   */
  public OutputFile openAt(String option, Path file, boolean makesFolder) {
    return added(new OutputFile(option, file.toString(), null, file, false), makesFolder);
  }

  private OutputFile added(OutputFile output, boolean makesFolder) {
    for (OutputFile other : opened) {
      if (output.isAt(other)) {
        throw CommandFailedException.refused(
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
        throw CommandFailedException.refused(
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
    inputs.forEach((input, what) -> keepApart(output, what, input));
    opened.add(output);
    return output;
  }

  /** Whether one goes to stdout, which is then no place for anything else. */
  public boolean takeStdout() {
    return opened.stream().anyMatch(OutputFile::isStdout);
  }

  /**
   * Refuses to write to a file that is read, also by an output that is opened later.
   *
   * @param what the file is, for messages: "the scenario"
   */
  public void keepApart(String what, Path input) {
    inputs.put(input, what);
    opened.forEach(output -> keepApart(output, what, input));
  }

  private static void keepApart(OutputFile output, String what, Path input) {
    if (output.isAt(input)) {
      throw CommandFailedException.refused(
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

  /** The path that an option names. */
  public static Path path(String option, String name) {
    try {
      return FileName.path(name);
    } catch (FileNameException e) {
      throw CommandFailedException.refused(option + ": " + e.getMessage());
    }
  }

  /** A folder that an option names; it is made if it is not there. */
  public static Path folder(String option, String name) {
    Path folder = path(option, name);
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw CommandFailedException.notWritable(
          "to " + name + " (" + option + ")",
          e instanceof FileAlreadyExistsException
              ? "it is no directory"
              : FileTrouble.reasonToWrite(e));
    }
  }
}
