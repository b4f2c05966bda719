package io.defragsim.command.bench;

/**
 * A command that has run in a process of its own.
 *
 * @param out what it wrote to stdout
 * @param err what it wrote to stderr
 * @param userSeconds of processor time in user mode, from the start of the process to its end
 * @param wallSeconds elapsed
 */
public record Timed(int status, String out, String err, double userSeconds, double wallSeconds) {

  /** Runs a command line of this program, without its name. */
  public interface Runner {
    Timed run(String... arguments);
  }
}
