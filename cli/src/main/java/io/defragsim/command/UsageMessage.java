package io.defragsim.command;

import io.defragsim.scenario.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in this program's words and not in those of its parser. */
final class UsageMessage {
  private UsageMessage() {}

  /** In one line. */
  static String of(ParameterException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      return unmatched(unmatched.getUnmatched().get(0), command);
    }
    if (e instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
      return missing(missing.getMissing(), command);
    }
    if (e instanceof OverwrittenOptionException) {
      return twice(e);
    }
    ArgSpec argument = e.getArgSpec();
    String value = e.getValue();
    if (argument != null && value != null && e.getCause() instanceof NumberFormatException) {
      return subject(argument) + ": \"" + value + "\" is no whole number";
    }
    return String.valueOf(e.getMessage());
  }

  /** What to throw where a command with commands is given none. */
  static ParameterException commandMissing(CommandLine at) {
    return new ParameterException(
        at, "a command is missing; expected one of: " + String.join(", ", commands(at)));
  }

  private static String unmatched(String word, CommandSpec command) {
    if (word.startsWith("-") && word.length() > 1) {
      String name = word.replaceFirst("=.*", "");
      return "'" + command.qualifiedName() + "' has no option " + name + nearest(name, options(command));
    }
    Collection<String> commands = commands(command.commandLine());
    if (!commands.isEmpty()) {
      return "no command is called '" + word + "'" + nearestOrAll(word, commands);
    }
    String takes =
        command.positionalParameters().stream()
            .map(PositionalParamSpec::paramLabel)
            .collect(Collectors.joining(" "));
    return "'"
        + word
        + "' is one argument too many: '"
        + command.qualifiedName()
        + "' takes "
        + (takes.isEmpty() ? "options only" : takes + " and options");
  }

  private static String missing(List<ArgSpec> missing, CommandSpec command) {
    ArgSpec first = missing.get(0);
    return first.isOption()
        ? subject(first) + " needs its value, " + first.paramLabel()
        : first.paramLabel()
            + " is missing: '"
            + command.qualifiedName()
            + "' needs "
            + about(first);
  }

  /** The first sentence of an argument's description. */
  private static String about(ArgSpec argument) {
    String[] description = argument.description();
    String text = description.length == 0 ? argument.paramLabel() : description[0];
    String sentence = text.replaceFirst("[.:(].*", "").strip();
    return sentence.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + sentence.substring(1);
  }

  private static String twice(ParameterException e) {
    ArgSpec argument = e.getArgSpec();
    return (argument == null ? "an option" : subject(argument)) + " is given twice";
  }

  private static String subject(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static List<String> options(CommandSpec command) {
    List<String> names = new ArrayList<>();
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        names.addAll(List.of(option.names()));
      }
    }
    return names;
  }

  private static Collection<String> commands(CommandLine at) {
    return at.getSubcommands().keySet();
  }

  private static String nearest(String name, Collection<String> of) {
    return Nearest.of(name, of).map(near -> "; did you mean " + near + "?").orElse("");
  }

  private static String nearestOrAll(String name, Collection<String> of) {
    return Nearest.of(name, of)
        .map(near -> "; did you mean '" + near + "'?")
        .orElse("; expected one of: " + String.join(", ", of));
  }
}
