package io.defragsim.lab.guarantee;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.bound.FunctionBound;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.bounds.StaticBounds;
import io.defragsim.lab.result.Bounds;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.scenario.ImageReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the calls of an image take at most, in cycles, on every heap: their static bounds.
 *
 * @param step of the budget that was asked for
 * @param again of the request that is asked again, whatever it is
 * @param between of the longest other call that a program may make
 * @param longest which one that is
 */
public record CallCycles(long step, long again, long between, ContractFunction longest) {

  /** The calls that a program may make between two steps, beside a resize. */
  private static final List<ContractFunction> BETWEEN =
      List.of(
          ContractFunction.ALLOC,
          ContractFunction.FREE,
          ContractFunction.LOCK,
          ContractFunction.UNLOCK,
          ContractFunction.ALLOC_PINNED);

  /** Those that may wait. */
  private static final Set<ContractFunction> REQUESTS =
      Set.of(ContractFunction.ALLOC, ContractFunction.ALLOC_PINNED, ContractFunction.RESIZE);

  /**
   * Of an image, by its code.
   *
   * @param budget of a step, in bytes
   * @param resized the largest size that a block may get by a resize, in bytes; 0: none is
   * @throws NotCertifiedException if one of them has no bound
   */
  static CallCycles of(
      ImageReference reference, FirmwareImage image, McuConfig part, int budget, int resized)
      throws NotCertifiedException {
    List<ContractFunction> functions = new ArrayList<>(BETWEEN);
    if (resized > 0) {
      functions.add(ContractFunction.RESIZE);
    }
    functions.removeIf(function -> image.function(function.symbol()).isEmpty());
    long step = bounds(List.of(ContractFunction.STEP), reference, image, part, budget).get(0);
    List<Long> bounds = bounds(functions, reference, image, part, resized);
    long between = 0;
    long again = 0;
    ContractFunction longest = ContractFunction.ALLOC;
    for (int i = 0; i < bounds.size(); i++) {
      long cycles = bounds.get(i);
      again = REQUESTS.contains(functions.get(i)) ? Math.max(again, cycles) : again;
      if (cycles > between) {
        between = cycles;
        longest = functions.get(i);
      }
    }
    return new CallCycles(step, again, between, longest);
  }

  /** The static bounds of functions that the image has, in their order. */
  private static List<Long> bounds(
      List<ContractFunction> functions,
      ImageReference reference,
      FirmwareImage image,
      McuConfig part,
      int bytes)
      throws NotCertifiedException {
    List<String> symbols = functions.stream().map(ContractFunction::symbol).toList();
    List<Long> bounds = new ArrayList<>();
    for (Bounds.Function entry :
        StaticBounds.of(reference, image, symbols, part, bytes).functions()) {
      FunctionBound bound = entry.bound();
      if (bound == null) {
        throw new NotCertifiedException(
            image.name() + ": " + entry.name() + " has no static bound: " + entry.unbounded());
      }
      bounds.add(bound.cycles());
    }
    return bounds;
  }
}
