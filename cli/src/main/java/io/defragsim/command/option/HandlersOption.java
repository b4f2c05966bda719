package io.defragsim.command.option;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Scenario;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --handlers}. */
public final class HandlersOption {

  @Option(
      names = "--handlers",
      paramLabel = "N",
      description =
          "The most interrupt handlers that a run may take, status 5 beyond (default: what the"
              + " scenario says, else 10 million).")
  @Nullable String handlers;

  /** The scenario with what was asked for. */
  public Scenario on(Scenario scenario) {
    String text = handlers;
    return text == null ? scenario : scenario.withHandlerBudget(count(text));
  }

  private static long count(String text) {
    long most = OptionValue.quantity("--handlers", text, Quantity.Kind.COUNT);
    if (most <= 0) {
      throw CommandFailedException.wrongUsage(
          "--handlers: 0 handlers are none; expected 1 or more");
    }
    return most;
  }
}
