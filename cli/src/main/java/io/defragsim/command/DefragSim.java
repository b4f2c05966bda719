package io.defragsim.command;

import io.defragsim.command.baseline.BaselineCommand;
import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.ProgramVersion;
import io.defragsim.command.job.UsageMessage;
import io.defragsim.command.option.ColorOption;
import io.defragsim.console.PrintableWriter;
import io.defragsim.console.Session;
import io.defragsim.console.StandardOutput;
import io.defragsim.console.Terminal;
import io.defragsim.emulator.engine.unicorn.EngineUnavailableException;
import io.defragsim.emulator.file.FileNameException;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.words.Printable;
import io.defragsim.workload.trace.TraceChangedException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
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
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Runs a Cortex-M0 image with an allocator in it, in exact cycles, and reports"
          + " fragmentation, cycles and defrag pauses."
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
public final class DefragSim implements Runnable {

  /** In the order in which help lists them. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          RunCommand.class,
          CompareCommand.class,
          FitCommand.class,
          GuaranteeCommand.class,
          StallsCommand.class,
          WatchCommand.class,
          ExplainCommand.class,
          SummarizeCommand.class,
          ExecCommand.class,
          RecordCommand.class,
          BoundsCommand.class,
          BaselineCommand.class,
          ValidateCommand.class,
          ListCommand.class,
          BenchCommand.class,
          NewCommand.class,
          SchemaCommand.class,
          CompletionCommand.class,
          ManCommand.class,
          HelpCommand.class);

  @Spec CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an internal error.")
  boolean debug;

  private DefragSim() {}

  public static void main(String[] arguments) {
    StandardOutput stdout = StandardOutput.ofProcess();
    Map<String, String> environment = System.getenv();
    Session session =
        new Session(
            stdout.text(), StandardOutput.errors(), Terminal.ofProcess(environment), environment);
    int status = run(session, arguments);
    session.out().flush();
    String failure = stdout.failure();
    if (failure != null) {
      session.err().println("defrag-sim: cannot write to stdout: " + failure);
      status = ExitStatus.INTERNAL.code();
    }
    System.exit(status);
  }

  /** Runs one command line and gives its exit status. */
  public static int run(Session session, String... arguments) {
    CommandLine commandLine = commandLine(session, reachable(arguments));
    DefragSim program = commandLine.getCommand();
    commandLine
        .setExpandAtFiles(false) // a file may be called @a.json
        .setAbbreviatedOptionsAllowed(!hasDash(arguments))
        .setParameterExceptionHandler((e, a) -> program.usage(e))
        .setExecutionExceptionHandler((e, at, parsed) -> program.failure(e, at))
        .setExecutionStrategy(parsed -> execute(parsed, session.out()))
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(
                ColorOption.Mode.AUTO.isColourful(session.terminal()) ? Ansi.ON : Ansi.OFF));
    int status;
    try {
      status = commandLine.execute(arguments);
    } catch (LinkageError | VirtualMachineError e) {
      // No native library for this machine, or a workload beyond its memory.
      status = program.failure(e, commandLine);
    }
    session.out().flush();
    session.err().flush();
    return status;
  }

  /** The commands and options of this program. */
  static CommandLine commandLine(Session session) {
    return commandLine(session, COMMANDS);
  }

  private static CommandLine commandLine(Session session, List<Class<?>> commands) {
    CommandLine commandLine = new CommandLine(new DefragSim(), new SessionFactory(session));
    commands.forEach(commandLine::addSubcommand);
    // Last, because picocli asks it for each command that is added, and it looks for the engine.
    commandLine.getCommandSpec().versionProvider(new ProgramVersion());
    commandLine.setOut(session.out()).setErr(session.err()); // of the subcommands that it has
    explainStatus(commandLine);
    return commandLine;
  }

  /**
   * The commands that a command line can come to: the one that its first word names, or all. To
   * build all of them, which none but help asks for, takes longer than to load a scenario.
   */
  private static List<Class<?>> reachable(String... arguments) {
    for (Class<?> each : arguments.length == 0 ? List.<Class<?>>of() : COMMANDS) {
      if (each != HelpCommand.class
          && each.getAnnotation(Command.class).name().equals(arguments[0])) {
        return List.of(each);
      }
    }
    return COMMANDS;
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

  @Override
  public void run() {
    throw UsageMessage.commandMissing(spec.commandLine());
  }

  private static void explainStatus(CommandLine commandLine) {
    commandLine
        .getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit status:%n")
        .exitCodeList(ExitStatus.list());
    commandLine.getSubcommands().values().forEach(DefragSim::explainStatus);
  }

  private int usage(ParameterException e) {
    return failure(CommandFailedException.wrongUsage(UsageMessage.of(e)), e.getCommandLine());
  }

  private int failure(Throwable e, CommandLine at) {
    PrintWriter err = at.getErr();
    if (e instanceof CommandFailedException failed) {
      failed.lines().forEach(line -> err.println(Printable.of(line)));
      if (failed.isWrongUsage()) {
        err.println("Try '" + at.getCommandSpec().qualifiedName() + " --help'.");
      }
      return failed.status().code();
    }
    if (e instanceof FileNameException
        || e instanceof ImageRejectedException
        || e instanceof TraceChangedException) {
      return failure(CommandFailedException.refused(e.getMessage()), at);
    }
    if (e instanceof EngineUnavailableException && !debug) {
      err.println("defrag-sim: " + Printable.of(String.valueOf(e.getMessage())));
      return ExitStatus.INTERNAL.code();
    }
    if (e instanceof OutOfMemoryError && !debug) {
      long mebibytes = Runtime.getRuntime().maxMemory() >> 20;
      err.println(
          "defrag-sim: out of memory: give Java more than "
              + mebibytes
              + " MiB, as by DEFRAG_SIM_OPTS=-Xmx"
              + 2 * mebibytes
              + "m");
      return ExitStatus.INTERNAL.code();
    }
    err.println("defrag-sim: internal error: " + Printable.of(e.toString()));
    if (debug) {
      e.printStackTrace(err);
    } else {
      err.println("Run it again with --debug for a stack trace, and report both.");
    }
    return ExitStatus.INTERNAL.code();
  }
}
