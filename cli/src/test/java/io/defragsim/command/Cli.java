package io.defragsim.command;

import io.defragsim.console.PrintableWriter;
import io.defragsim.console.Session;
import io.defragsim.console.Terminal;
import java.io.StringWriter;
import java.io.Writer;
import java.util.Map;
import picocli.CommandLine;

/** Runs command lines in this process. */
final class Cli {

  private Cli() {}

  /** What came of a command. */
  record Finished(int status, String out, String err) {}

  /** A use of the program that prints to two writers. */
  static Session session(Writer out, Writer err) {
    return new Session(new PrintableWriter(out), new PrintableWriter(err), Terminal.NONE, Map.of());
  }

  /** The commands and options of the program, to be looked at. */
  static CommandLine commandLine() {
    return DefragSim.commandLine(session(Writer.nullWriter(), Writer.nullWriter()));
  }

  static Finished run(String... arguments) {
    return run(Terminal.NONE, arguments);
  }

  static Finished run(Terminal terminal, String... arguments) {
    return run(terminal, Map.of(), arguments);
  }

  static Finished run(Terminal terminal, Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Session session =
        new Session(new PrintableWriter(out), new PrintableWriter(err), terminal, environment);
    int status = DefragSim.run(session, arguments);
    return new Finished(status, out.toString(), err.toString());
  }
}
