package io.defragsim.command;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.OutputFiles;
import io.defragsim.command.job.ProgramVersion;
import io.defragsim.console.Session;
import io.defragsim.scenario.Nearest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code defrag-sim man}. */
@Command(
    name = "man",
    description = "Prints the manual page of a command, in roff.",
    footer = {
      "  defrag-sim man run | man -l -",
      "  defrag-sim man --to ~/.local/share/man/man1     # all of them, for man defrag-sim-run"
    })
final class ManCommand implements Runnable {

  private final Session session;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "The command (default: the page of defrag-sim itself).")
  List<String> names = List.of();

  @Option(
      names = "--to",
      paramLabel = "FOLDER",
      description = "Write the pages of all commands to FOLDER, which is made if need be.")
  @Nullable String folder;

  ManCommand(Session session) {
    this.session = session;
  }

  /** The commands of {@code parent} that have a page. */
  static List<CommandLine> documented(CommandLine parent) {
    return parent.getSubcommands().values().stream()
        .filter(command -> !(command.getCommand() instanceof HelpCommand))
        .filter(command -> !command.getCommandSpec().usageMessage().hidden())
        .toList();
  }

  @Override
  public void run() {
    CommandLine program = DefragSim.commandLine(session);
    String version = ProgramVersion.number();
    if (folder != null) {
      if (!names.isEmpty()) {
        throw CommandFailedException.wrongUsage("--to writes the pages of all commands: name none");
      }
      writeAll(program, version, folder);
    } else {
      session.out().print(ManPage.of(command(program), version));
    }
  }

  private CommandLine command(CommandLine program) {
    CommandLine command = program;
    for (String name : names) {
      command = command(command, name);
    }
    return command;
  }

  private CommandLine command(CommandLine parent, String name) {
    List<CommandLine> commands = documented(parent);
    List<String> known = commands.stream().map(CommandLine::getCommandName).toList();
    if (known.contains(name)) {
      return commands.get(known.indexOf(name));
    }
    throw CommandFailedException.wrongUsage(
        known.isEmpty()
            ? "'" + parent.getCommandName() + "' has no commands, so no '" + name + "'"
            : "there is no command '" + name + "'" + Nearest.hint(name, known));
  }

  /** A command and all below it that have a page. */
  static List<CommandLine> all(CommandLine command) {
    List<CommandLine> all = new ArrayList<>(List.of(command));
    documented(command).forEach(each -> all.addAll(all(each)));
    return all;
  }

  private void writeAll(CommandLine program, String version, String folder) {
    Path to = OutputFiles.folder("--to", folder);
    OutputFiles outputs = new OutputFiles(session.out());
    for (CommandLine each : all(program)) {
      outputs
          .openAt("--to", to.resolve(ManPage.name(each.getCommandSpec()) + ".1"), false)
          .write(page -> page.write(ManPage.of(each, version)));
    }
  }
}
