package io.defragsim.console;

import io.defragsim.report.film.Screen;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;
import org.jspecify.annotations.Nullable;

/** A terminal as a {@link Screen}. Whatever happens, it is put back to how it was. */
public final class TerminalScreen implements Screen, AutoCloseable {
  /** So often, in milliseconds, waiting looks whether the size has changed or the user is gone. */
  private static final long GLANCE = 100;

  /** The rest of an arrow key comes at once; an escape by itself means nothing here. */
  private static final long ESCAPE_MILLIS = 50;

  private static final char END_OF_TEXT = 3; // Ctrl-C where it raises no signal
  private static final char END_OF_TRANSMISSION = 4; // Ctrl-D
  private static final char ESCAPE = 27;

  private final Terminal terminal;
  private final NonBlockingReader reader;
  private final Attributes attributes;
  private final OnInterrupt restoring;
  private final AtomicBoolean interrupted = new AtomicBoolean();
  private final AtomicBoolean resized = new AtomicBoolean();
  private final AtomicBoolean suspended = new AtomicBoolean();
  private final PrintWriter lines;
  private boolean restored;
  private Size size;

  /** On {@code terminal}, which is closed with this. */
  public TerminalScreen(Terminal terminal) {
    this.terminal = terminal;
    this.reader = terminal.reader();
    this.lines = PrintableWriter.styled(new PrintableWriter(terminal.writer()));
    this.attributes = terminal.getAttributes();
    terminal.handle(Signal.INT, signal -> interrupted.set(true));
    terminal.handle(Signal.TSTP, signal -> suspended.set(true));
    terminal.handle(Signal.WINCH, signal -> resized.set(true));
    this.size = size(terminal);
    restoring = new OnInterrupt(this::restore);
    take();
  }

  private void take() {
    terminal.enterRawMode();
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.keypad_xmit);
    terminal.puts(Capability.cursor_invisible);
    terminal.flush();
  }

  /**
   * On that of the process.
   *
   * @throws IOException if it has none that can be driven
   */
  public static TerminalScreen ofProcess() throws IOException {
    Terminal terminal = ProcessTerminal.open();
    if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
      terminal.close();
      throw new IOException("it is dumb: it cannot move its cursor");
    }
    return new TerminalScreen(terminal);
  }

  private static Size size(Terminal terminal) {
    Size size = terminal.getSize();
    return size.getColumns() > 0 && size.getRows() > 0 ? size : new Size(80, 24);
  }

  @Override
  public int width() {
    return size.getColumns();
  }

  @Override
  public int height() {
    return size.getRows();
  }

  @Override
  public void show(List<String> frame) {
    PrintWriter out = terminal.writer();
    out.print("\u001b[H");
    for (int i = 0; i < frame.size(); i++) {
      out.print(i == 0 ? "" : "\r\n");
      lines.print(frame.get(i));
      out.print("\u001b[K");
    }
    out.print("\u001b[J");
    terminal.flush();
  }

  @Override
  public @Nullable Key read(long millis) {
    long left = millis;
    while (true) {
      long glance = millis < 0 ? GLANCE : Math.max(1, Math.min(GLANCE, left));
      int arrived = character(glance);
      if (interrupted.get() || arrived == NonBlockingReader.EOF) {
        return Key.QUIT;
      }
      if (suspended.getAndSet(false)) {
        suspend();
        size = size(terminal);
        return Key.RESIZED;
      }
      if (resized.getAndSet(false)) {
        size = size(terminal);
        return Key.RESIZED;
      }
      Key key = arrived == NonBlockingReader.READ_EXPIRED ? null : key(arrived);
      if (key != null) {
        return key;
      }
      left -= glance;
      if (millis >= 0 && left <= 0) {
        return null;
      }
    }
  }

  private int character(long millis) {
    try {
      return reader.read(millis);
    } catch (IOException e) {
      return NonBlockingReader.EOF; // the terminal is gone, and nobody is there to be told
    }
  }

  private @Nullable Key key(int character) {
    return switch (character) {
      case ' ' -> Key.PLAY_OR_PAUSE;
      case 'l', '.' -> Key.FORWARD;
      case 'h', ',' -> Key.BACK;
      case 'n' -> Key.NEXT_STOP;
      case 'N' -> Key.PREVIOUS_STOP;
      case 'f' -> Key.NEXT_FAILURE;
      case 'F' -> Key.PREVIOUS_FAILURE;
      case 'p' -> Key.NEXT_PAUSE;
      case 'P' -> Key.PREVIOUS_PAUSE;
      case '?' -> Key.HELP;
      case 'g' -> Key.START;
      case 'G' -> Key.END;
      case '+', '=' -> Key.FASTER;
      case '-' -> Key.SLOWER;
      case 'q', 'Q', END_OF_TEXT, END_OF_TRANSMISSION -> Key.QUIT;
      case ESCAPE -> arrow();
      default -> null;
    };
  }

  /** What follows an escape: arrows, Home and End, as the terminals write them. */
  private @Nullable Key arrow() {
    int second = character(ESCAPE_MILLIS);
    if (second != '[' && second != 'O') {
      return null;
    }
    return switch (character(ESCAPE_MILLIS)) {
      case 'C' -> Key.FORWARD;
      case 'D' -> Key.BACK;
      case 'H' -> Key.START;
      case 'F' -> Key.END;
      case '1', '7' -> character(ESCAPE_MILLIS) == '~' ? Key.START : null;
      case '4', '8' -> character(ESCAPE_MILLIS) == '~' ? Key.END : null;
      default -> null;
    };
  }

  /** Gives the terminal back to the shell and stops, until that lets this go on. */
  private void suspend() {
    leave();
    long self = ProcessHandle.current().pid();
    try {
      new ProcessBuilder("sh", "-c", "kill -STOP " + self).start().waitFor();
    } catch (IOException e) {
      // without a shell there is nobody to give the terminal to
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    take();
  }

  private synchronized void restore() {
    if (!restored) {
      restored = true;
      leave();
    }
  }

  private void leave() {
    terminal.puts(Capability.cursor_visible);
    terminal.puts(Capability.keypad_local);
    terminal.puts(Capability.exit_ca_mode);
    terminal.flush();
    terminal.setAttributes(attributes);
  }

  @Override
  public void close() throws IOException {
    restore();
    restoring.over();
    terminal.close();
  }
}
