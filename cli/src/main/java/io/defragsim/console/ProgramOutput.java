package io.defragsim.console;

import io.defragsim.emulator.exec.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Passes on what a program writes, as UTF-8, with each line as soon as it is complete; and gives it
 * the bytes of an input, before the first of which all that was written is passed on. As with any
 * emulator what is written is all of it, with what steers a terminal: the terminal is the program's
 * own while it runs. A log that a job's runner reads is not, and gets text only.
 */
public final class ProgramOutput implements Console {
  private final InputStream in;
  private final boolean line;
  private final Stream out;
  private final Stream err;

  /**
   * @param session whose environment says whether a job's runner reads what it writes
   * @param stdoutTaken whether stdout is no place for it, so that all goes to stderr
   * @param line whether what the program sends on its serial line is passed on as well
   */
  public ProgramOutput(InputStream in, Session session, boolean stdoutTaken, boolean line) {
    this.line = line;
    boolean log = "true".equals(session.environment().get("GITHUB_ACTIONS"));
    PrintWriter out = stdoutTaken ? session.err() : session.out();
    this.in = in;
    this.out = new Stream(log ? out : PrintableWriter.raw(out));
    this.err = new Stream(log ? session.err() : PrintableWriter.raw(session.err()));
  }

  @Override
  public void write(byte[] bytes, boolean error) {
    (error ? err : out).write(bytes);
  }

  @Override
  public void sent(int value) {
    if (line) {
      out.write(new byte[] {(byte) value});
    }
  }

  /** Passes on all that there is. */
  public void flush() {
    out.flush();
  }

  @Override
  public int read() {
    out.flush(); // a question that waits for its answer
    try {
      return in.read();
    } catch (IOException e) { // closed, or gone
      return -1;
    }
  }

  /** Ends lines that the program has not ended. */
  public void finish() {
    out.finish();
    err.finish();
  }

  /** A character may come in several writes. */
  private static final class Stream {
    private final PrintWriter writer;
    private final CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);

    private ByteBuffer rest = ByteBuffer.allocate(0);
    private boolean written;
    private boolean lineOpen;

    Stream(PrintWriter writer) {
      this.writer = writer;
    }

    void write(byte[] bytes) {
      decode(bytes, false);
    }

    void flush() {
      if (lineOpen) {
        writer.flush();
      }
    }

    private void decode(byte[] bytes, boolean last) {
      ByteBuffer in = ByteBuffer.allocate(rest.remaining() + bytes.length).put(rest).put(bytes);
      in.flip();
      CharBuffer text = CharBuffer.allocate(in.remaining() + 1);
      decoder.decode(in, text, last);
      rest = in;
      text.flip();
      if (text.hasRemaining()) {
        written = true;
        lineOpen = text.charAt(text.length() - 1) != '\n';
        boolean flush = text.toString().indexOf('\n') >= 0;
        writer.append(text);
        if (flush) {
          writer.flush();
        }
      }
    }

    void finish() {
      decode(new byte[0], true);
      if (lineOpen) {
        writer.print('\n');
      }
      if (written) {
        writer.print('\n');
        writer.flush();
      }
    }
  }
}
