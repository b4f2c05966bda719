package io.defragsim.command;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command {@code defrag-sim}. */
@Command(
    name = "defrag-sim",
    mixinStandardHelpOptions = true,
    versionProvider = DefragSim.Version.class,
    description = "Runs a Cortex-M0 image with an allocator in it, in exact cycles.")
public final class DefragSim {

  private DefragSim() {}

  public static void main(String[] arguments) {
    // The reports use box drawing and µ whatever the platform's charset is.
    PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int status = run(out, err, arguments);
    out.flush();
    System.exit(status);
  }

  /** Runs one command line and gives its exit status. */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return new CommandLine(new DefragSim()).setOut(out).setErr(err).execute(arguments);
  }

  /** The version, from the manifest of the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = DefragSim.class.getPackage().getImplementationVersion();
      return new String[] {"defrag-sim " + (version == null ? "(not packaged)" : version)};
    }
  }
}
