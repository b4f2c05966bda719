package io.defragsim.console;

import io.defragsim.report.text.Page;
import java.io.Console;
import java.util.Map;

/**
 * What is known of where the input comes from, and the output goes.
 *
 * @param stdin whether it is a terminal
 * @param stdout whether it is a terminal
 * @param stderr whether it is a terminal
 * @param colourful whether the terminal takes colours and its user has nothing against them
 * @param dumb whether the terminal can do nothing but print one line after the other
 * @param width of the terminal in characters
 */
public record Terminal(
    boolean stdin, boolean stdout, boolean stderr, boolean colourful, boolean dumb, int width) {

  /** Files and pipes: no colour, no progress, the usual width. */
  public static final Terminal NONE =
      new Terminal(false, false, false, false, true, Page.USUAL_WIDTH);

  /**
   * That of this process. The launcher tells what the streams are, for Java cannot: its console is
   * about stdin and stdout together.
   */
  public static Terminal ofProcess(Map<String, String> environment) {
    boolean stdin = told("defragsim.stdin");
    boolean stdout = told("defragsim.stdout");
    boolean stderr = told("defragsim.stderr");
    boolean dumb = environment.getOrDefault("TERM", "").equals("dumb");
    // https://no-color.org: set to anything but nothing.
    boolean colourful = environment.getOrDefault("NO_COLOR", "").isEmpty() && !dumb;
    return new Terminal(stdin, stdout, stderr, colourful, dumb, columns());
  }

  private static boolean told(String property) {
    String told = System.getProperty(property);
    return told == null ? console() : told.equals("terminal");
  }

  @SuppressWarnings("SystemConsoleNull") // a console of JDK 22 is asked whether it is a terminal
  private static boolean console() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // From JDK 22 on there may be a console without a terminal.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  private static int columns() {
    Integer columns = Integer.getInteger("defragsim.columns");
    return columns == null || columns <= 0 ? Page.USUAL_WIDTH : columns;
  }
}
