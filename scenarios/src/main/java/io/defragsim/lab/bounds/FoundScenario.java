package io.defragsim.lab.bounds;

import static io.defragsim.scenario.Quantity.KIB;

import io.defragsim.emulator.McuConfig;
import io.defragsim.lab.image.RunStopped;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.WorstCase;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Limit;
import io.defragsim.scenario.Scenario;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import io.defragsim.workload.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
  private static final int STACK = 1024;
  private static final int ROOM_FOR_DATA = 3072;
  private static final long CALL_BUDGET = 1_000_000;

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
    List<String> names = new ArrayList<>();
    List<Operation> renamed = renamed(operations, names);
    Scenario scenario =
        scenario(WorstCase.scenarioName(function), description, pool, renamed, names, limits);
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

  /** Numbers the blocks in the order of their allocation, and names them. */
  private static List<Operation> renamed(List<Operation> operations, List<String> names) {
    Map<Integer, Integer> numbers = new HashMap<>();
    List<Operation> renamed = new ArrayList<>();
    for (Operation operation : operations) {
      if (operation.kind() == OperationKind.ALLOC) {
        numbers.put(operation.block(), numbers.size());
        names.add("b" + names.size());
      }
      int block = numbers.getOrDefault(operation.block(), -1);
      renamed.add(
          switch (operation.kind()) {
            case ALLOC -> new Operation.Alloc(block, operation.amount(), operation.pinned());
            case RESIZE -> new Operation.Resize(block, operation.amount());
            case FREE -> new Operation.Free(block);
            case LOCK -> new Operation.Lock(block);
            case UNLOCK -> new Operation.Unlock(block);
            case STEP, WRITE, GROW, WAIT -> operation;
          });
    }
    return renamed;
  }

  /** One without operations. */
  Scenario empty(Scenario.Pool pool) {
    return scenario("search", "", pool, List.of(), List.of(), List.of());
  }

  private Scenario scenario(
      String name,
      String description,
      Scenario.Pool pool,
      List<Operation> operations,
      List<String> names,
      List<Limit> limits) {
    int sram = (pool.bytes() + STACK + ROOM_FOR_DATA + KIB - 1) / KIB * KIB;
    List<Workload.Statement> statements = new ArrayList<>();
    operations.forEach(operation -> statements.add(new Workload.Single(operation)));
    Workload.Phase phase = new Workload.Phase("found", new Workload.Explicit(statements), false);
    return new Scenario(
        name,
        description,
        part.withMemory(part.flashBytes(), sram),
        reference,
        pool,
        STACK,
        new DefragPolicy.Never(budget),
        CALL_BUDGET,
        List.of(),
        new Workload(List.of(phase), names),
        limits);
  }
}
