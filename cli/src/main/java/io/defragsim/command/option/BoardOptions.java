package io.defragsim.command.option;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Inputs;
import io.defragsim.emulator.board.Board;
import io.defragsim.emulator.exec.Script;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what stands around the core, and who is at its serial line. */
public final class BoardOptions {
  private static final int MOST_POLLS = 1_000_000_000;

  @Option(
      names = "--board",
      paramLabel = "FILE",
      description =
          "What stands around the core: a file ('schema board' says what is in it), or a shipped"
              + " board by its name (default: that of --mcu, if there is one).")
  @Nullable String board;

  @Option(
      names = "--without",
      paramLabel = "NAME",
      description = "Leave out a peripheral or a device of the board. May be given more than once.")
  List<String> without = List.of();

  @Option(
      names = "--models",
      paramLabel = "JAR",
      description =
          "Where the board's models are looked for that are classes of your own. May be given more"
              + " than once.")
  List<String> models = List.of();

  @Option(
      names = "--strict-peripherals",
      description = "Fault on any register that no model and no rule of the board knows.")
  boolean strict;

  @Option(
      names = "--polls",
      paramLabel = "N",
      defaultValue = "" + Board.Checks.POLLS,
      description =
          "End the run with status 5 when a register that nothing changes has been read so often at"
              + " one place (default: ${DEFAULT-VALUE}).")
  int polls = Board.Checks.POLLS;

  @Option(
      names = "--console",
      description = {
        "Connect the serial line of the board to stdin and stdout. At a terminal all keys go to the"
            + " program, and Ctrl-] ends the run. Other input is typed line by line, each when the"
            + " program has been quiet for 20 ms; when it is over and the program has been quiet for"
            + " 2 s, the run ends."
      })
  public boolean console;

  @Option(
      names = "--script",
      paramLabel = "FILE",
      description =
          "Type and expect on the serial line what FILE says ('schema script'); status 3 if"
              + " something does not come in time. The run ends with the script.")
  @Nullable String script;

  /** How strictly a run looks at its board. */
  public Board.Checks checks() {
    if (polls < 1 || polls > MOST_POLLS) {
      throw CommandFailedException.wrongUsage(
          "--polls: " + polls + " is not from 1 to 1,000,000,000");
    }
    return new Board.Checks(strict, polls);
  }

  /**
   * The board, null for a bare core.
   *
   * @param mcu what {@code --mcu} gives, null without it
   */
  public @Nullable Board board(Inputs inputs, @Nullable String mcu) {
    return null;
  }

  /**
   * The script, null where none is asked for.
   *
   * @param clockHz what its times become cycles by
   */
  public @Nullable Script script(Inputs inputs, long clockHz) {
    return null;
  }

  /** Whether an option asks for what only a board has. */
  private @Nullable String needsBoard() {
    if (console) {
      return "--console";
    } else if (script != null) {
      return "--script";
    } else if (!without.isEmpty()) {
      return "--without";
    } else if (!models.isEmpty()) {
      return "--models";
    }
    return strict ? "--strict-peripherals" : null;
  }
}
