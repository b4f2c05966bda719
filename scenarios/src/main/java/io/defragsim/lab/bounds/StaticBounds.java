package io.defragsim.lab.bounds;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.bound.BoundAnalysis;
import io.defragsim.emulator.bound.FunctionBound;
import io.defragsim.emulator.bound.MaskedBound;
import io.defragsim.emulator.bound.UnboundedException;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.bounds.Targets.Target;
import io.defragsim.lab.result.Bounds;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.scenario.ImageReference;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The static bounds of an image's functions, beside their targets: what its code alone says. */
public final class StaticBounds {
  private final @Nullable Targets targets;
  private final int budget;
  private final BoundAnalysis analysis;

  /**
   * @param reference what the image's targets go by
   * @param part whose core and multiplier count
   * @param budget the bytes of functions that go by bytes
   */
  StaticBounds(ImageReference reference, FirmwareImage image, McuConfig part, int budget) {
    this.budget = budget;
    targets = Targets.of(reference);
    analysis = new BoundAnalysis(image, part.core().timing(part.multiplierCycles()));
  }

  /**
   * The bounds of some functions of an image, which need not be an allocator. Nothing runs.
   *
   * @param functions their symbols, each of a function that the image has
   * @param budget the bytes of those that go by bytes
   */
  public static Bounds of(
      ImageReference reference,
      FirmwareImage image,
      List<String> functions,
      McuConfig part,
      int budget) {
    StaticBounds bounds = new StaticBounds(reference, image, part, budget);
    return new Bounds(
        image.name(),
        image.sha256(),
        part.cycleModel(),
        budget,
        0,
        0,
        0,
        functions.stream().map(name -> bounds.function(name, null)).toList(),
        List.of(),
        bounds.masked(functions, null),
        List.of(),
        List.of(),
        null);
  }

  Bounds.Function function(String symbol, Bounds.@Nullable Seen seen) {
    FunctionBound bound = null;
    String unbounded = null;
    try {
      bound = bound(symbol, budget);
    } catch (UnboundedException e) {
      unbounded = e.getMessage();
    }
    Target target = timed(symbol).map(this::target).orElse(null);
    return new Bounds.Function(
        symbol,
        target == null ? null : (Long) target.must().at(budget),
        target == null ? null : (Long) target.stretch().at(budget),
        bound,
        unbounded,
        seen);
  }

  Bounds.ByBytes byBytes(ContractFunction function, long bytes, Bounds.@Nullable Seen seen) {
    Long bound = null;
    try {
      bound = bound(function.symbol(), bytes).cycles();
    } catch (UnboundedException e) {
      // why stands with the function
    }
    Target target = target(function);
    return new Bounds.ByBytes(
        function.symbol(),
        bytes,
        target == null ? null : (Long) target.must().at(bytes),
        target == null ? null : (Long) target.stretch().at(bytes),
        bound,
        seen);
  }

  private @Nullable Target target(ContractFunction function) {
    return targets == null ? null : targets.of(function);
  }

  /** The longest stretch with interrupts masked in any of some functions. */
  Bounds.Masked masked(List<String> symbols, Bounds.@Nullable Seen seen) {
    String function = "";
    MaskedBound longest = new MaskedBound(0, List.of());
    String unbounded = null;
    for (String symbol : symbols) {
      try {
        MaskedBound bound =
            goesByBytes(symbol) ? analysis.masked(symbol, budget) : analysis.masked(symbol);
        if (bound.cycles() > longest.cycles()) {
          longest = bound;
          function = symbol;
        }
      } catch (UnboundedException e) {
        if (unbounded == null) {
          unbounded = e.getMessage();
          function = symbol;
        }
      }
    }
    boolean ofContract = symbols.stream().allMatch(symbol -> timed(symbol).isPresent());
    Target target = targets != null && ofContract ? targets.masked() : null;
    return new Bounds.Masked(
        target == null ? null : (Long) target.must().at(0),
        target == null ? null : (Long) target.stretch().at(0),
        function,
        unbounded == null ? longest : null,
        unbounded,
        seen);
  }

  private FunctionBound bound(String symbol, long bytes) throws UnboundedException {
    return goesByBytes(symbol) ? analysis.bound(symbol, bytes) : analysis.bound(symbol);
  }

  /** Whether an argument may be a number of bytes: nobody knows of a function without a target. */
  private static boolean goesByBytes(String symbol) {
    return timed(symbol).map(ContractFunction::isByBytes).orElse(true);
  }

  private static Optional<ContractFunction> timed(String symbol) {
    return ContractFunction.timed().stream()
        .filter(function -> function.symbol().equals(symbol))
        .findFirst();
  }
}
