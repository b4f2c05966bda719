package io.defragsim.command.option;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Inputs;
import io.defragsim.emulator.board.Board;
import io.defragsim.emulator.board.Peripheral;
import io.defragsim.emulator.board.nrf51.Nrf51Models;
import io.defragsim.emulator.exec.Script;
import io.defragsim.emulator.file.FileName;
import io.defragsim.emulator.file.FileNameException;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.board.BoardFile;
import io.defragsim.scenario.board.Models;
import io.defragsim.scenario.board.ScriptFile;
import io.defragsim.scenario.board.ShippedBoards;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what stands around the core, and who is at its serial line. */
public final class BoardOptions {
  private static final int MOST_POLLS = 1_000_000_000;

  @Option(
      names = "--board",
      paramLabel = "BOARD",
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
      description =
          "Fault on any register of a peripheral without a model that no rule and no name of the"
              + " board is for.")
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
            + " program, and Ctrl-] ends the run. Of other input each byte is typed when the program"
            + " has echoed the one before, or has been quiet for 20 ms; when it is over and the"
            + " program has been quiet for 2 s, the run ends."
      })
  public boolean console;

  @Option(
      names = "--script",
      paramLabel = "SCRIPT",
      description =
          "Type and expect on the serial line what this file says ('schema script'); status 3 if"
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
  public @Nullable BoardFile board(Inputs inputs, @Nullable String mcu) {
    String name = board;
    if (name == null && mcu != null && ShippedBoards.names().contains(mcu)) {
      name = mcu;
    }
    String needing = needsBoard();
    if (name == null && needing != null) {
      throw CommandFailedException.wrongUsage(
          needing
              + " needs a board: --board names one"
              + (mcu == null ? ", or --mcu a part that has one: " : "; there are shipped ones for ")
              + String.join(", ", ShippedBoards.names()));
    }
    BoardFile read = name == null ? null : inputs.board(name, new Models(known(), own(inputs)));
    try {
      return read == null ? null : read.without(Set.copyOf(without));
    } catch (Unreadable e) {
      throw CommandFailedException.wrongUsage("--without: " + e.getMessage());
    }
  }

  private static Map<String, Supplier<Peripheral>> known() {
    return Nrf51Models.all();
  }

  /** Where the user's models are, null if there are none. */
  private @Nullable ClassLoader own(Inputs inputs) {
    List<URL> jars = new ArrayList<>();
    for (String jar : models) {
      try (JarFile opened = new JarFile(FileName.path(jar).toFile())) {
        inputs.reads(FileName.path(jar), "the models");
        jars.add(Path.of(opened.getName()).toUri().toURL());
      } catch (IOException | FileNameException e) {
        throw CommandFailedException.refused("--models: " + jar + " is no jar that can be read");
      }
    }
    // It lives as long as its models do: to the end of the process.
    return jars.isEmpty()
        ? null
        : new URLClassLoader(jars.toArray(URL[]::new), Peripheral.class.getClassLoader());
  }

  /**
   * The script, null where none is asked for.
   *
   * @param clockHz what its times become cycles by
   */
  public @Nullable Script script(Inputs inputs, long clockHz) {
    if (script == null) {
      return null;
    }
    if (console) {
      throw CommandFailedException.wrongUsage(
          "--console and --script: only one can be at the serial line; a script shows what comes");
    }
    ScriptFile read = inputs.script(script, clockHz);
    return read == null ? null : new Script(read.steps());
  }

  /** Which option asks for what only a board has, null for none. */
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
