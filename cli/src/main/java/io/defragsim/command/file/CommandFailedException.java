package io.defragsim.command.file;

import io.defragsim.lab.result.ExitStatus;
import java.util.List;

/** A command cannot do what it was asked to, for a reason that its user can mend. */
public final class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitStatus status;
  private final transient List<String> lines;

  /**
   * @param lines for the user, complete as they are
   */
  public CommandFailedException(ExitStatus status, List<String> lines) {
    super(String.join("\n", lines));
    this.status = status;
    this.lines = List.copyOf(lines);
  }

  public CommandFailedException(ExitStatus status, String line) {
    this(status, List.of(line));
  }

  public ExitStatus status() {
    return status;
  }

  public List<String> lines() {
    return lines;
  }
}
