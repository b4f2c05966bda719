package io.defragsim.command;

import java.util.List;

/** A command cannot do what it was asked to, for a reason that its user can mend. */
final class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitStatus status;
  private final transient List<String> lines;

  /**
   * @param lines for the user, complete as they are
   */
  CommandFailedException(ExitStatus status, List<String> lines) {
    super(String.join("\n", lines));
    this.status = status;
    this.lines = List.copyOf(lines);
  }

  CommandFailedException(ExitStatus status, String line) {
    this(status, List.of(line));
  }

  ExitStatus status() {
    return status;
  }

  List<String> lines() {
    return lines;
  }
}
