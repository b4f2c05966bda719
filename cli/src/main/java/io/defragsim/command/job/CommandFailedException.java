package io.defragsim.command.job;

import io.defragsim.lab.result.ExitStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command cannot do what it was asked to, for a reason that its user can mend. */
public final class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitStatus status;
  private final transient List<String> lines;
  private final boolean wrongUsage;

  private CommandFailedException(ExitStatus status, List<String> lines, boolean wrongUsage) {
    super(String.join("\n", lines));
    this.status = status;
    this.lines = List.copyOf(lines);
    this.wrongUsage = wrongUsage;
  }

  /**
   * @param line for the user, complete as it is
   */
  public CommandFailedException(ExitStatus status, String line) {
    this(status, List.of(line), false);
  }

  /** All that is wrong with what was asked for, each problem in a line that says of what it is. */
  static CommandFailedException refused(List<String> problems) {
    return new CommandFailedException(ExitStatus.USAGE, problems, false);
  }

  /** What was asked for is not there, or not to be had. */
  public static CommandFailedException refused(@Nullable String why) {
    return refused(List.of("defrag-sim: " + why));
  }

  /** The system does not take an output. */
  public static CommandFailedException notWritable(String file, String why) {
    return new CommandFailedException(
        ExitStatus.INTERNAL, "defrag-sim: cannot write " + file + ": " + why);
  }

  /** The command line is wrong by itself: the command's help has more to say. */
  public static CommandFailedException wrongUsage(@Nullable String why) {
    return new CommandFailedException(ExitStatus.USAGE, List.of("defrag-sim: " + why), true);
  }

  public ExitStatus status() {
    return status;
  }

  /** For the user. */
  public List<String> lines() {
    return lines;
  }

  /** Whether the command's help is the next thing to read. */
  public boolean isWrongUsage() {
    return wrongUsage;
  }
}
