package io.defragsim.console;

import io.defragsim.emulator.exec.Correspondent;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.Script;
import io.defragsim.emulator.exec.TypedInput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The other end of a program's serial line: a script, a person at a terminal, or an input. */
public final class LineEnd implements AutoCloseable {
  private final @Nullable Correspondent correspondent;
  private final @Nullable Keyboard keyboard;

  private LineEnd(@Nullable Correspondent correspondent, @Nullable Keyboard keyboard) {
    this.correspondent = correspondent;
    this.keyboard = keyboard;
  }

  /** Nobody is there. */
  public static LineEnd none() {
    return new LineEnd(null, null);
  }

  public static LineEnd of(Script script) {
    return new LineEnd(script, null);
  }

  /**
   * That of the process: its terminal, or what its stdin is.
   *
   * @throws IOException if its terminal cannot be driven
   */
  public static LineEnd ofProcess(Session session, ProgramOutput output) throws IOException {
    if (session.terminal().stdin() && session.terminal().stdout()) {
      Keyboard keyboard = Keyboard.ofProcess(output::flush);
      session.err().println("defrag-sim: all keys go to the program; Ctrl-] ends the run");
      session.err().flush();
      return new LineEnd(keyboard, keyboard);
    }
    return new LineEnd(new TypedInput(output::read), null);
  }

  /** Whether a person types, so that no two runs are the same. */
  public boolean isByHand() {
    return keyboard != null;
  }

  /** Connects it to a run that has not begun. */
  public void connect(Execution execution) {
    if (correspondent != null) {
      execution.correspond(correspondent);
    }
  }

  @Override
  public void close() throws IOException {
    if (keyboard != null) {
      keyboard.close();
    }
  }
}
