package io.defragsim.command.job;

import io.defragsim.scenario.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
public final class UsageMessage {
  private static final Pattern INVALID =
      Pattern.compile("Invalid value for (?:option|positional parameter) '?([^' ]+)[^:]*: (.*)");
  private static final Pattern AMBIGUOUS =
      Pattern.compile("Error: '(.*)' is not unique: it matches (.*)");
  private static final Pattern WITH_VALUE =
      Pattern.compile("option '([^' ]+).*should be specified without '.*' parameter");

  private static final Pattern UNKNOWN = Pattern.compile("Unknown subcommand '(.*)'\\.");

  private UsageMessage() {}

  /** In one line. */
  public static String of(ParameterException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    // A word that means nothing is why what it was meant for is missing, so it comes first.
    List<String> unmatched =
        e instanceof UnmatchedArgumentException other
            ? other.getUnmatched()
            : e instanceof MissingParameterException
                ? e.getCommandLine().getUnmatchedArguments()
                : List.of();
    if (!unmatched.isEmpty()) {
      return unmatched(unmatched.get(0), command);
    }
    if (e instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
      return missing(missing.getMissing(), command);
    }
    if (e instanceof OverwrittenOptionException twice) {
      return subject(twice.getOverwritten()) + " is given twice";
    }
    return plainly(String.valueOf(e.getMessage()), e.getCommandLine());
  }

  /** Messages that the parser has no class for. */
  private static String plainly(String message, CommandLine at) {
    Matcher invalid = INVALID.matcher(message);
    if (invalid.matches()) {
      String value = invalid.group(2);
      return invalid.group(1)
          + ": "
          + (value.endsWith("is not a boolean") ? "takes no value" : number(value));
    }
    Matcher ambiguous = AMBIGUOUS.matcher(message);
    if (ambiguous.matches()) {
      return ambiguous.group(1) + " could be any of: " + ambiguous.group(2).replace("'", "");
    }
    Matcher withValue = WITH_VALUE.matcher(message);
    if (withValue.matches()) {
      return withValue.group(1) + ": takes no value";
    }
    Matcher unknown = UNKNOWN.matcher(message);
    return unknown.matches() ? unknownCommand(unknown.group(1), commands(at)) : message;
  }

  /** What the parser says of a number that it does not take. */
  private static String number(String message) {
    return message
        .replaceFirst("^('-[0-9]+') is not an? (int|long)$", "$1 is too small")
        .replaceFirst("^('[0-9]+') is not an? (int|long)$", "$1 is too large")
        .replaceFirst("is not an? (int|long)$", "is no whole number");
  }

  private static String unknownCommand(String word, Collection<String> commands) {
    return "no command is called '" + word + "'" + nearestOrAll(word, commands);
  }

  /** What to throw where a command with commands is given none. */
  public static CommandFailedException commandMissing(CommandLine at) {
    return CommandFailedException.wrongUsage(
        "a command is missing; expected one of: " + String.join(", ", commands(at)));
  }

  private static String unmatched(String word, CommandSpec command) {
    if (word.startsWith("-") && word.length() > 1) {
      String name = word.replaceFirst("=.*", "");
      return "'"
          + command.qualifiedName()
          + "' has no option "
          + name
          + nearestOption(name, options(command));
    }
    Collection<String> commands = commands(command.commandLine());
    if (!commands.isEmpty()) {
      return unknownCommand(word, commands);
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
    String sentence = text.replaceFirst("([.] |[:;(]).*|[.]$", "").strip();
    return sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
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

  private static String nearestOption(String name, Collection<String> of) {
    Collection<String> words = of.stream().filter(word -> word.startsWith("--")).toList();
    return name.startsWith("--")
        ? Nearest.of(name, words).map(near -> "; did you mean " + near + "?").orElse("")
        : "";
  }

  private static String nearestOrAll(String name, Collection<String> of) {
    return Nearest.of(name, of)
        .map(near -> "; did you mean '" + near + "'?")
        .orElse("; expected one of: " + String.join(", ", of));
  }
}
