package io.defragsim.command.option;

import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The value of an option that picocli does not read itself. */
public final class OptionValue {
  private OptionValue() {}

  /**
   * What {@code reader} makes of it.
   *
   * @param option the option, for the message
   * @param reader throws an {@link IllegalArgumentException} that says what is wrong
   * @throws ParameterException for the command of {@code spec}, in the reader's words
   */
  public static <T> T of(CommandSpec spec, String option, Supplier<T> reader) {
    try {
      return reader.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage());
    }
  }
}
