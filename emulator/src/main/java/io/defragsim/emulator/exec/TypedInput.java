package io.defragsim.emulator.exec;

import io.defragsim.emulator.board.LiveBoard;
import io.defragsim.emulator.board.SerialLine;
import io.defragsim.emulator.system.CoreSystem;
import io.defragsim.emulator.system.EventQueue;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Types a whole input on a program's serial line, the same in each run: a byte when the program has
 * sent something since the one before, as it does if it echoes; else, and at the beginning of a
 * line, when it has been quiet for a while. The end of a line is typed as the return key. When the
 * input is over and the program is quiet, the run ends.
 */
public final class TypedInput implements Correspondent {
  /** So long is it quiet before more is typed, in milliseconds of the program's time. */
  public static final int QUIET_MILLIS = 20;

  /** And so long before the run ends. */
  public static final int END_MILLIS = 2000;

  private static final int END = -1;

  private final IntSupplier input;
  private @Nullable Connection connection;
  private long heard;
  private long typed;
  private boolean lineBegins = true;
  private boolean over;
  private boolean ended;

  private record Connection(
      SerialLine line, CoreSystem system, EventQueue.Event look, long millisecond) {}

  /**
   * @param input its bytes, each 0 to 255, and -1 at its end; may wait
   */
  public TypedInput(IntSupplier input) {
    this.input = input;
  }

  @Override
  public void connect(LiveBoard board, CoreSystem system, long clockHz) {
    SerialLine line = board.serial();
    EventQueue.Event look = system.events().add(true, this::look);
    connection = new Connection(line, system, look, Math.max(1, clockHz / 1000));
    line.onOutput(value -> heard = system.now());
    look.at(system.now() + 1);
  }

  @Override
  public boolean hasEnded() {
    return ended;
  }

  private void look() {
    Connection to = connection;
    if (to == null) {
      return;
    }
    long quiet = (to.system.now() - Math.max(heard, typed)) / to.millisecond;
    boolean echoed = !lineBegins && heard > typed;
    if (over) {
      ended = quiet >= END_MILLIS;
    } else if (!to.line.hasInput() && (echoed || quiet >= QUIET_MILLIS)) {
      type(to);
    }
    if (ended) {
      to.system.requestStop();
    } else {
      to.look.at(to.system.now() + to.millisecond);
    }
  }

  private void type(Connection to) {
    int next = input.getAsInt();
    typed = to.system.now();
    if (next == END) {
      over = true;
    } else {
      lineBegins = next == '\n';
      to.line.type(lineBegins ? '\r' : next);
    }
  }
}
