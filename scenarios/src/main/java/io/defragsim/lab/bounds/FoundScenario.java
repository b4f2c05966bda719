package io.defragsim.lab.bounds;

import io.defragsim.emulator.McuConfig;
import io.defragsim.lab.image.RunStopped;
import io.defragsim.lab.play.PlayedScenario;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.WorstCase;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Limit;
import io.defragsim.scenario.Scenario;
import io.defragsim.workload.Operation;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes scenarios of what a search plays and finds.
 *
 * @param reference how a scenario refers to the image
 * @param image its name
 * @param part whose core and multiplier count; its SRAM is made to fit
 * @param budget of steps, in bytes
 */
record FoundScenario(
    ImageReference reference,
    String image,
    McuConfig part,
    ContractFunction function,
    int budget,
    long seed,
    int effort) {
  /** Operations in the last of which the image breaks. */
  WorstCase broken(RunStopped stopped, List<Operation> operations, Scenario.Pool pool) {
    String description =
        String.format(Locale.ROOT, "The image breaks here: found by a search (seed %d).", seed);
    RunEnding ending = stopped.ending("", operations.size() - 1L);
    return worst(-1, description, pool, operations, List.of(), ending);
  }

  /** The worst case, the last call of {@code script}. */
  WorstCase found(Scenario.Pool pool, long cycles, List<Operation> script) {
    String description =
        String.format(
            Locale.ROOT,
            "The longest %s that a search found on %s (seed %d, %d sequences): %d cycles, in the"
                + " last operation.",
            function,
            image,
            seed,
            effort,
            cycles);
    return worst(cycles, description, pool, script, List.of(limit(cycles)), null);
  }

  private WorstCase worst(
      long cycles,
      String description,
      Scenario.Pool pool,
      List<Operation> operations,
      List<Limit> limits,
      @Nullable RunEnding ending) {
    Scenario scenario =
        played().of(WorstCase.scenarioName(function), description, pool, operations, limits);
    return new WorstCase(function, cycles, scenario, ending);
  }

  /** That says when a change of the image makes that call shorter or longer. */
  private Limit limit(long cycles) {
    return switch (function) {
      case STEP -> new Limit("pauses.max", cycles, cycles);
      // The figure is that of all allocs, of which others may take longer.
      case ALLOC_PINNED -> new Limit("alloc.max", cycles, null);
      default -> new Limit(function.kind().key() + ".max", cycles, cycles);
    };
  }

  /** One without operations. */
  Scenario empty(Scenario.Pool pool) {
    return played().empty(pool);
  }

  private PlayedScenario played() {
    return new PlayedScenario(reference, part, budget);
  }
}
