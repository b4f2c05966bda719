package io.defragsim.command.option;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.scenario.Quantity;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** The value of an option that picocli does not read itself. */
public final class OptionValue {
  private OptionValue() {}

  /**
   * What {@code reader} makes of it.
   *
   * @param option the option, for the message
   * @param reader throws an {@link IllegalArgumentException} that says what is wrong
   * @throws CommandFailedException for wrong usage, in the reader's words
   */
  public static <T> T of(String option, Supplier<T> reader) {
    try {
      return reader.get();
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.wrongUsage(option + ": " + e.getMessage());
    }
  }

  /** A quantity that is no duration, as in a scenario. */
  public static long quantity(String option, String text, Quantity.Kind kind) {
    return of(option, () -> Quantity.parse(text, kind, OptionalLong.empty()));
  }
}
