package io.defragsim.command;

import io.defragsim.command.file.CommandFailedException;
import io.defragsim.command.job.ProgramVersion;
import io.defragsim.console.PrintableWriter;
import io.defragsim.console.StandardOutput;
import io.defragsim.console.Terminal;
import io.defragsim.emulator.engine.EngineUnavailableException;
import io.defragsim.emulator.file.FileNameException;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.words.Printable;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code defrag-sim}. */
@Command(
    name = "defrag-sim",
    versionProvider = ProgramVersion.class,
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Runs a Cortex-M0 image with an allocator in it, in exact cycles, and reports"
          + " fragmentation, cycles and defrag pauses."
    },
    subcommands = {
      RunCommand.class,
      CompareCommand.class,
      FitCommand.class,
      StallsCommand.class,
      WatchCommand.class,
      ExplainCommand.class,
      ExecCommand.class,
      BoundsCommand.class,
      BaselineCommand.class,
      ValidateCommand.class,
      ListCommand.class,
      BenchCommand.class,
      NewCommand.class,
      SchemaCommand.class,
      CompletionCommand.class,
      ManCommand.class,
      HelpCommand.class
    },
    sortOptions = true,
    usageHelpWidth = 90,
    footerHeading = "%nExamples:%n",
    footer = {
      "  defrag-sim run sensor-node                  # a shipped scenario",
      "  defrag-sim run my.json --json result.json   # one's own, with the result for programs",
      "  defrag-sim compare swiss-cheese             # the same work for two allocators",
      "  defrag-sim help run"
    })
public final class DefragSim implements Callable<Integer> {

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Spec CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an internal error.")
  boolean debug;

  private DefragSim(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  public static void main(String[] arguments) {
    StandardOutput stdout = StandardOutput.ofProcess();
    PrintableWriter out = stdout.text();
    PrintableWriter err = StandardOutput.errors();
    Map<String, String> environment = System.getenv();
    int status = run(Terminal.ofProcess(environment), environment, out, err, arguments);
    out.flush();
    String failure = stdout.failure();
    if (failure != null) {
      err.println("defrag-sim: cannot write to stdout: " + failure);
      status = ExitStatus.INTERNAL.code();
    }
    System.exit(status);
  }

  /** Runs one command line, for files rather than for a terminal, and gives its exit status. */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return run(
        Terminal.NONE, Map.of(), new PrintableWriter(out), new PrintableWriter(err), arguments);
  }

  static int run(
      Terminal terminal,
      Map<String, String> environment,
      PrintableWriter out,
      PrintableWriter err,
      String... arguments) {
    DefragSim program = new DefragSim(terminal, environment);
    CommandLine commandLine =
        new CommandLine(program)
            .setOut(out)
            .setErr(err)
            .setExpandAtFiles(false) // a file may be called @a.json
            .setAbbreviatedOptionsAllowed(!hasDash(arguments))
            .setParameterExceptionHandler((e, a) -> usage(e))
            .setExecutionExceptionHandler((e, at, parsed) -> failure(e, at, program))
            .setExecutionStrategy(parsed -> execute(parsed, out))
            .setColorScheme(
                CommandLine.Help.defaultColorScheme(
                    terminal.stdout() && terminal.colourful() ? Ansi.ON : Ansi.OFF));
    explainStatus(commandLine);
    int status;
    try {
      status = commandLine.execute(arguments);
    } catch (LinkageError | VirtualMachineError e) {
      // No native library for this machine, or a workload beyond its memory.
      status = failure(e, commandLine, program);
    }
    out.flush();
    err.flush();
    return status;
  }

  /** Carries out what was asked for; only help, which has no word of others, is in colours. */
  private static int execute(ParseResult parsed, PrintableWriter out) {
    for (ParseResult each = parsed; each != null; each = each.subcommand()) {
      if (each.isUsageHelpRequested() || each.commandSpec().helpCommand()) {
        parsed.commandSpec().commandLine().setOut(PrintableWriter.styled(out));
      }
    }
    return new RunLast().execute(parsed);
  }

  /**
   * Whether a dash stands for a file, and is no option's value, or an argument is empty: picocli
   * fails where it takes that for an abbreviation.
   */
  private static boolean hasDash(String... arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].isEmpty()
          || (arguments[i].equals("-") && (i == 0 || !arguments[i - 1].startsWith("--")))) {
        return true;
      }
    }
    return false;
  }

  /** The commands and options of this program, to be looked at. */
  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new DefragSim(Terminal.NONE, Map.of()));
    explainStatus(commandLine);
    return commandLine;
  }

  @Override
  public Integer call() {
    throw UsageMessage.commandMissing(spec.commandLine());
  }

  Terminal terminal() {
    return terminal;
  }

  /** The variables of the environment that this was started in. */
  Map<String, String> environment() {
    return environment;
  }

  private static void explainStatus(CommandLine commandLine) {
    commandLine
        .getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit status:%n")
        .exitCodeList(ExitStatus.list());
    commandLine.getSubcommands().values().forEach(DefragSim::explainStatus);
  }

  private static int usage(ParameterException e) {
    CommandLine at = e.getCommandLine();
    PrintWriter err = at.getErr();
    err.println("defrag-sim: " + Printable.of(UsageMessage.of(e)));
    err.println("Try '" + at.getCommandSpec().qualifiedName() + " --help'.");
    return ExitStatus.USAGE.code();
  }

  private static int failure(Throwable e, CommandLine at, DefragSim program) {
    PrintWriter err = at.getErr();
    if (e instanceof CommandFailedException failed) {
      failed.lines().forEach(line -> err.println(Printable.of(line)));
      return failed.status().code();
    }
    if (e instanceof FileNameException none) {
      err.println("defrag-sim: " + Printable.of(String.valueOf(none.getMessage())));
      return ExitStatus.USAGE.code();
    }
    if (e instanceof EngineUnavailableException unavailable && !program.debug) {
      err.println("defrag-sim: " + Printable.of(String.valueOf(unavailable.getMessage())));
      return ExitStatus.INTERNAL.code();
    }
    err.println("defrag-sim: internal error: " + Printable.of(e.toString()));
    if (program.debug) {
      e.printStackTrace(err);
    } else {
      err.println("Run it again with --debug for a stack trace, and report both.");
    }
    return ExitStatus.INTERNAL.code();
  }
}
