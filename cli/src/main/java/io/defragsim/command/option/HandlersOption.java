package io.defragsim.command.option;

import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Scenario;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The option {@code --handlers}. */
public final class HandlersOption {

  @Spec(Target.MIXEE)
  CommandSpec spec;

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
    return text == null
        ? scenario
        : scenario.withHandlerBudget(OptionValue.of(spec, "--handlers", () -> count(text)));
  }

  private static long count(String text) {
    long most = Quantity.parse(text, Quantity.Kind.COUNT, OptionalLong.empty());
    if (most <= 0) {
      throw new IllegalArgumentException("0 handlers are none; expected 1 or more");
    }
    return most;
  }
}
