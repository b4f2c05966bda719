package io.defragsim.command;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.console.Session;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.image.ShippedImages;
import java.util.Iterator;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;

/** {@code defrag-sim completion}. */
@Command(
    name = "completion",
    description = {
      "Prints a script that makes a shell complete commands, options, images and scenarios.",
      "The one for zsh is that for bash, which it loads by its bashcompinit."
    },
    footer = {
      "  source <(defrag-sim completion bash)     # for this shell",
      "  defrag-sim completion bash > ~/.local/share/bash-completion/completions/defrag-sim"
    })
final class CompletionCommand implements Runnable {
  private static final List<String> SHELLS = List.of("bash", "zsh");

  /** The generated functions turn the shell's own completion of files off. */
  private static final String FILES =
      """

      # What begins none of the program's own words begins the name of a file.
      function _defrag-sim_or_files() {
        _complete_defrag-sim "$@"
        local word="${COMP_WORDS[COMP_CWORD]}"
        if (( ${#COMPREPLY[@]} == 0 )) && [[ "$word" != -* ]]; then
          type compopt &>/dev/null && compopt -o filenames 2>/dev/null
          local IFS=$'\n'
          COMPREPLY=( $(compgen -f -- "$word") )
        fi
      }
      complete -F _defrag-sim_or_files -o default defrag-sim
      """;

  private final Session session;

  @Parameters(
      paramLabel = "SHELL",
      completionCandidates = Shells.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  String shell = "";

  CompletionCommand(Session session) {
    this.session = session;
  }

  @Override
  public void run() {
    if (!SHELLS.contains(shell)) {
      throw CommandFailedException.wrongUsage(
          "there is no completion for '" + shell + "'" + Nearest.hint(shell, SHELLS));
    }
    CommandLine program = DefragSim.commandLine(session);
    program.getSubcommands().values().forEach(CompletionCommand::name);
    session.out().print(AutoComplete.bash("defrag-sim", program) + FILES);
  }

  /** Lets a command know the names that can stand for its files. */
  private static void name(CommandLine command) {
    CommandSpec of = command.getCommandSpec();
    for (OptionSpec option : List.copyOf(of.options())) {
      if (option.paramLabel().equals("IMAGE") && option.completionCandidates() == null) {
        of.remove(option);
        of.addOption(
            OptionSpec.builder(option).completionCandidates(ShippedImages.names()).build());
      }
    }
    for (PositionalParamSpec parameter : List.copyOf(of.positionalParameters())) {
      if (parameter.paramLabel().equals("FILE") && parameter.completionCandidates() == null) {
        of.remove(parameter);
        of.addPositional(
            PositionalParamSpec.builder(parameter)
                .completionCandidates(ScenarioLibrary.names())
                .build());
      }
    }
  }

  /** For help and completion. */
  static final class Shells implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return SHELLS.iterator();
    }
  }
}
