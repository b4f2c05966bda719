package io.defragsim.emulator.bound;

import io.defragsim.emulator.bound.Expansion.Edge;
import io.defragsim.emulator.bound.Expansion.Node;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.LoopBound;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.timing.BlockCost;
import io.defragsim.emulator.timing.CycleModel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Computes the worst cases of an image's functions from the machine code, without running it.
 *
 * <p>What is not certain is refused: indirect calls and branches, recursion, loops without a bound
 * or with two entries, instructions that wait or trap, code that is copied before it runs. Taken
 * for granted are the image's {@link LoopBound}s, which {@link LoopBoundChecker} checks against
 * runs; that the program does not overwrite a return address; and that no interrupt comes, whose
 * cycles would be on top.
 */
public final class BoundAnalysis {
  private static final long NO_BUDGET = -1;

  private final FirmwareImage image;
  private final CycleModel model;

  public BoundAnalysis(FirmwareImage image, CycleModel model) {
    this.image = image;
    this.model = model;
  }

  /**
   * The worst case of a function.
   *
   * @param function the name of its symbol
   * @throws IllegalArgumentException if there is no such function
   * @throws UnboundedException if there is no certain bound
   */
  public FunctionBound bound(String function) throws UnboundedException {
    return bound(function, NO_BUDGET);
  }

  /**
   * The worst case of a function when its argument is a budget.
   *
   * @param budgetBytes for the loops whose bound depends on it
   */
  public FunctionBound bound(String function, long budgetBytes) throws UnboundedException {
    Expansion graph = expand(function);
    Set<Node> all = new LinkedHashSet<>(graph.nodes());
    all.add(graph.end());
    LongestWalk search = new LongestWalk(graph, budgetBytes, Set.of());
    Walk walk = longest(search, graph, Map.of(graph.start(), Walk.EMPTY), all).get(graph.end());
    if (walk == null) {
      throw new UnboundedException(graph.startOf(graph.start()), "the function never returns");
    }
    return new FunctionBound(walk.cycles(), graph.deepest(), steps(graph, walk, null));
  }

  /** The longest stretch with interrupts masked in a function. */
  public MaskedBound masked(String function) throws UnboundedException {
    return masked(function, NO_BUDGET);
  }

  /** The longest stretch with interrupts masked in a function when its argument is a budget. */
  public MaskedBound masked(String function, long budgetBytes) throws UnboundedException {
    Expansion graph = expand(function);
    Masking masking = Masking.of(graph);
    Set<Node> all = new LinkedHashSet<>(graph.nodes());
    all.add(graph.end());
    LongestWalk search = new LongestWalk(graph, budgetBytes, masking.opens());
    MaskedBound worst = new MaskedBound(0, List.of());
    for (Node mask : masking.masks()) {
      Map<Node, Walk> walks = longest(search, graph, Map.of(mask, Walk.EMPTY), all);
      if (walks.containsKey(graph.end())) {
        throw new UnboundedException(
            graph.location(mask), "interrupts may still be masked when the function returns");
      }
      for (Node open : masking.opens()) {
        Walk walk = walks.get(open);
        if (walk != null) {
          long cycles = walk.cycles() + open.piece().cost().cycles();
          if (cycles > worst.cycles()) {
            worst = new MaskedBound(cycles, steps(graph, walk, open));
          }
        }
      }
    }
    return worst;
  }

  private Expansion expand(String function) throws UnboundedException {
    OptionalLong entry = image.function(function);
    if (entry.isEmpty()) {
      throw new IllegalArgumentException("no function " + function + " in " + image.name());
    }
    return new Expansion(image, model, entry.getAsLong());
  }

  private static Map<Node, Walk> longest(
      LongestWalk search, Expansion graph, Map<Node, Walk> starts, Set<Node> within)
      throws UnboundedException {
    try {
      return search.from(starts, within);
    } catch (ArithmeticException e) {
      throw new UnboundedException(graph.startOf(graph.start()), "more cycles than can be counted");
    }
  }

  private static List<FunctionBound.Step> steps(Expansion graph, Walk walk, @Nullable Node last) {
    List<FunctionBound.Step> steps = new ArrayList<>();
    for (Map.Entry<Edge, Long> edge : walk.edges().entrySet()) {
      steps.add(step(graph, edge.getKey().from(), edge.getKey().cycles(), edge.getValue()));
    }
    if (last != null) {
      steps.add(step(graph, last, last.piece().cost().cycles(), 1));
    }
    return steps;
  }

  private static FunctionBound.Step step(Expansion graph, Node node, int cycles, long count) {
    BlockCost cost = node.piece().cost();
    Location at = graph.startOf(node);
    int end = cost.count() - 1;
    String last = cost.instruction(end).toString(cost.address(end));
    return new FunctionBound.Step(at, cost.count(), last, cycles, count);
  }
}
