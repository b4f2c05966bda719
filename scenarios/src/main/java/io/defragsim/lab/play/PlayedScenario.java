package io.defragsim.lab.play;

import static io.defragsim.scenario.Quantity.KIB;

import io.defragsim.emulator.McuConfig;
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
import java.util.Map;

/**
 * Makes scenarios of what was played on an image.
 *
 * @param reference how a scenario refers to the image
 * @param part whose core and multiplier count; its SRAM is made to fit
 * @param budget of steps, in bytes
 */
public record PlayedScenario(ImageReference reference, McuConfig part, int budget) {
  private static final int STACK = 1024;
  private static final int ROOM_FOR_DATA = 3072;
  private static final long CALL_BUDGET = 1_000_000;

  /** One without operations. */
  public Scenario empty(Scenario.Pool pool) {
    return scenario("played", "", pool, List.of(), List.of(), List.of());
  }

  /**
   * One with what was played; its blocks get names, and numbers in the order of their allocation.
   */
  public Scenario of(
      String name,
      String description,
      Scenario.Pool pool,
      List<Operation> operations,
      List<Limit> limits) {
    List<String> names = new ArrayList<>();
    List<Operation> renamed = renamed(operations, names);
    return scenario(name, description, pool, renamed, names, limits);
  }

  /** Numbers the blocks, and names them. */
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
