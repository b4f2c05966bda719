package io.defragsim.command.option;

import java.util.Arrays;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Refuses a list with nothing between two commas, or of nothing at all: a variable that is empty
 * must not take a gate away in silence.
 */
public final class NoGaps implements IParameterPreprocessor {

  @Override
  @SuppressWarnings("JdkObsolete") // picocli's
  public boolean preprocess(
      Stack<String> arguments, CommandSpec command, ArgSpec argument, Map<String, Object> info) {
    if (arguments.isEmpty()) {
      return false; // that its value is missing is said elsewhere
    }
    String list = arguments.peek();
    if (Arrays.stream(list.split(",", -1)).anyMatch(String::isBlank)) {
      throw new ParameterException(
          command.commandLine(),
          ((OptionSpec) argument).longestName()
              + ": \""
              + list
              + "\" has nothing where "
              + argument.paramLabel()
              + " is expected; is a variable empty?");
    }
    return false;
  }
}
