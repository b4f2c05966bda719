package io.defragsim.console;

import io.defragsim.words.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * A stream of text on its way out of the process. What stands for characters that are not to go out
 * is said by {@link Printable}; and no line begins a command of a job's runner.
 *
 * <p>Who has to write more than text does so through another writer onto the same stream, and is
 * trusted with what it writes.
 */
public final class PrintableWriter extends PrintWriter {
  private final PrintWriter styled;
  private final PrintWriter commands;
  private final PrintWriter raw;

  /** What may pass besides text. */
  private enum Passes {
    TEXT,
    STYLES,
    COMMANDS,
    COMMANDS_AND_TABS,
    ALL
  }

  /** Onto {@code stream}; lines that are printed go out at once. */
  public PrintableWriter(Writer stream) {
    this(new Filter(stream, new Printable.Line(), Passes.TEXT));
  }

  private PrintableWriter(Filter text) {
    super(text, true);
    styled = text.passing(Passes.STYLES);
    commands = text.passing(Passes.COMMANDS);
    raw = text.passing(Passes.ALL);
  }

  /** For text with colours: sequences that set styles pass as well, and end with the line. */
  public static PrintWriter styled(PrintWriter out) {
    return out instanceof PrintableWriter output ? output.styled : out;
  }

  /** For commands to a job's runner, in which everything that comes from users is escaped. */
  public static PrintWriter commands(PrintWriter out) {
    return out instanceof PrintableWriter output ? output.commands : out;
  }

  /** For what steers a terminal, and for a program that has a terminal for itself. */
  static PrintWriter raw(PrintWriter out) {
    return out instanceof PrintableWriter output ? output.raw : out;
  }

  /** For a file: {@code file} gets what {@link Printable#lines} makes of all that is written. */
  public static Writer file(Writer file) {
    return new Filter(file, new Printable.Line(), Passes.COMMANDS);
  }

  /** The same for one in which tabs part what stands in a line. */
  public static Writer tabbedFile(Writer file) {
    return new Filter(file, new Printable.Line(), Passes.COMMANDS_AND_TABS);
  }

  /** Passes on one character after the other; only halves of a surrogate pair wait. */
  private static final class Filter extends Writer {
    private static final char ESCAPE = '\u001b';
    private static final String RESET = ESCAPE + "[0m";
    private static final int LONGEST_STYLE = 16;

    private final Writer out;
    private final Printable.Line line;
    private final Passes passes;
    private final StringBuilder passed = new StringBuilder();
    private final StringBuilder style = new StringBuilder();
    private boolean inStyle;
    private char high;

    Filter(Writer out, Printable.Line line, Passes passes) {
      this.out = out;
      this.line = line;
      this.passes = passes;
    }

    PrintWriter passing(Passes other) {
      return new PrintWriter(new Filter(out, line, other));
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
      if (passes == Passes.ALL) {
        out.write(text, offset, length);
        return;
      }
      for (int i = offset; i < offset + length; i++) {
        next(text[i]);
      }
      out.append(passed);
      passed.setLength(0);
    }

    private void next(char c) {
      if (high != 0) {
        char first = high;
        high = 0;
        if (Character.isLowSurrogate(c)) {
          codePoint(Character.toCodePoint(first, c));
          return;
        }
        codePoint(first);
      }
      if (Character.isHighSurrogate(c)) {
        high = c;
      } else if (passes == Passes.STYLES && (c == ESCAPE || !style.isEmpty())) {
        style(c);
      } else {
        codePoint(c);
      }
    }

    /** Takes the next character of a sequence that sets styles, or finds that it is none. */
    private void style(char c) {
      int length = style.length();
      boolean fits =
          length == 0
              ? c == ESCAPE
              : length == 1 ? c == '[' : Character.isDigit(c) || c == ';' || c == 'm';
      if (!fits || length == LONGEST_STYLE) {
        String none = style.toString();
        style.setLength(0);
        none.chars().forEach(this::codePoint);
        next(c);
        return;
      }
      style.append(c);
      if (c == 'm') {
        inStyle = !style.toString().equals(RESET);
        passed.append(style);
        style.setLength(0);
      }
    }

    private void codePoint(int c) {
      if (c == '\n' && inStyle) {
        inStyle = false;
        passed.append(RESET);
      }
      boolean tab = c == '\t' && passes == Passes.COMMANDS_AND_TABS;
      boolean commands = passes == Passes.COMMANDS || passes == Passes.COMMANDS_AND_TABS;
      int shown = commands ? line.next(c) : line.nextOfLog(c);
      passed.appendCodePoint(tab ? c : shown);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
