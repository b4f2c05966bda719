package io.defragsim.console;

import io.defragsim.emulator.board.LiveBoard;
import io.defragsim.emulator.board.SerialLine;
import io.defragsim.emulator.exec.Correspondent;
import io.defragsim.emulator.system.CoreSystem;
import io.defragsim.emulator.system.EventQueue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Terminal;
import org.jline.utils.NonBlockingReader;

/**
 * A person at a terminal, at the other end of a program's serial line. Each key goes to the
 * program, Ctrl-C too; Ctrl-] ends the run. The program runs no faster than its part would.
 */
public final class Keyboard implements Correspondent, AutoCloseable {
  /** What ends the run, as in telnet. */
  private static final int LEAVE = 0x1D;

  private static final int LOOKS_A_SECOND = 200;

  private final Terminal terminal;
  private final NonBlockingReader reader;
  private final Attributes attributes;
  private final Runnable flush;
  private final OnInterrupt restoring;
  private volatile boolean left;

  private Keyboard(Terminal terminal, Runnable flush) {
    this.terminal = terminal;
    this.flush = flush;
    reader = terminal.reader();
    attributes = terminal.enterRawMode();
    Attributes raw = terminal.getAttributes();
    raw.setLocalFlag(LocalFlag.ISIG, false);
    terminal.setAttributes(raw);
    terminal.handle(Terminal.Signal.INT, signal -> left = true); // from outside; keys raise none
    restoring = new OnInterrupt(this::restore);
  }

  /**
   * That of the process.
   *
   * @param flush shows what the program has sent so far
   * @throws IOException if it has none
   */
  public static Keyboard ofProcess(Runnable flush) throws IOException {
    return new Keyboard(ProcessTerminal.open(), flush);
  }

  @Override
  public void connect(LiveBoard board, CoreSystem system, long clockHz) {
    SerialLine line = board.serial();
    long start = System.nanoTime();
    long period = Math.max(1, clockHz / LOOKS_A_SECOND);
    EventQueue.Event[] look = new EventQueue.Event[1];
    look[0] =
        system
            .events()
            .add(
                true,
                () -> {
                  flush.run();
                  keepPace(start, system.now(), clockHz);
                  pass(line, system);
                  look[0].at(system.now() + period);
                });
    look[0].at(system.now() + period);
  }

  @Override
  public boolean hasEnded() {
    return left;
  }

  private static void keepPace(long start, long cycles, long clockHz) {
    double due = cycles * ((double) TimeUnit.SECONDS.toNanos(1) / clockHz);
    long ahead = start + (long) due - System.nanoTime();
    if (ahead > 0) {
      LockSupport.parkNanos(ahead);
    }
  }

  /** Gives the program what has been typed. */
  private void pass(SerialLine line, CoreSystem system) {
    try {
      int key = reader.read(1);
      while (key >= 0 && key != LEAVE) {
        for (byte octet : Character.toString(key).getBytes(StandardCharsets.UTF_8)) {
          line.type(octet);
        }
        key = reader.read(1);
      }
      if (key == LEAVE || key == NonBlockingReader.EOF) {
        left = true;
      }
    } catch (IOException e) { // the terminal is gone
      left = true;
    }
    if (left) {
      system.requestStop();
    }
  }

  private synchronized void restore() {
    terminal.setAttributes(attributes);
  }

  @Override
  public void close() throws IOException {
    restore();
    restoring.over();
    terminal.close();
  }
}
