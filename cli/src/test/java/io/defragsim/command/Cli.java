package io.defragsim.command;

import io.defragsim.console.PrintableWriter;
import io.defragsim.console.Terminal;
import java.io.StringWriter;
import java.util.Map;

/** Runs command lines in this process. */
final class Cli {

  private Cli() {}

  /** What came of a command. */
  record Finished(int status, String out, String err) {}

  static Finished run(String... arguments) {
    return run(Terminal.NONE, arguments);
  }

  static Finished run(Terminal terminal, String... arguments) {
    return run(terminal, Map.of(), arguments);
  }

  static Finished run(Terminal terminal, Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        DefragSim.run(
            terminal, environment, new PrintableWriter(out), new PrintableWriter(err), arguments);
    return new Finished(status, out.toString(), err.toString());
  }
}
