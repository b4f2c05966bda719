package io.defragsim.command;

import io.defragsim.scenario.Nearest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code defrag-sim man}. */
@Command(
    name = "man",
    description = "Prints the manual page of a command, in roff.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  defrag-sim man run | man -l -",
      "  defrag-sim man --to ~/.local/share/man/man1     # all of them, for man defrag-sim-run"
    })
final class ManCommand implements Callable<Integer> {

  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..1",
      description = "The command (default: the page of defrag-sim itself).")
  @Nullable String name;

  @Option(
      names = "--to",
      paramLabel = "FOLDER",
      description = "Write the pages of all commands to FOLDER, which is made if need be.")
  @Nullable String folder;

  /** The commands of {@code parent} that have a page. */
  static List<CommandLine> documented(CommandLine parent) {
    return parent.getSubcommands().values().stream()
        .filter(command -> !(command.getCommand() instanceof HelpCommand))
        .filter(command -> !command.getCommandSpec().usageMessage().hidden())
        .toList();
  }

  @Override
  public Integer call() {
    CommandLine program = DefragSim.commandLine();
    String version = ProgramVersion.number();
    if (folder != null) {
      if (name != null) {
        throw new ParameterException(
            spec.commandLine(), "--to writes the pages of all commands: name none");
      }
      writeAll(program, version, folder);
    } else {
      spec.commandLine().getOut().print(ManPage.of(command(program), version));
    }
    return ExitStatus.OK.code();
  }

  private CommandLine command(CommandLine program) {
    if (name == null) {
      return program;
    }
    List<String> names = new ArrayList<>();
    for (CommandLine command : documented(program)) {
      if (command.getCommandName().equals(name)) {
        return command;
      }
      names.add(command.getCommandName());
    }
    throw new ParameterException(
        spec.commandLine(), "there is no command '" + name + "'" + Nearest.hint(name, names));
  }

  private static void writeAll(CommandLine program, String version, String folder) {
    List<CommandLine> all = new ArrayList<>(List.of(program));
    all.addAll(documented(program));
    try {
      Path to = Files.createDirectories(Path.of(folder));
      for (CommandLine each : all) {
        String file = ManPage.name(each.getCommandSpec()) + ".1";
        Files.writeString(to.resolve(file), ManPage.of(each, version));
      }
    } catch (IOException e) {
      throw new CommandFailedException(
          ExitStatus.INTERNAL, "defrag-sim: cannot write manual pages to " + folder + ": " + e);
    }
  }
}
