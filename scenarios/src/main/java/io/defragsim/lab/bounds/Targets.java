package io.defragsim.lab.bounds;

import static io.defragsim.lab.result.ContractFunction.ALLOC;
import static io.defragsim.lab.result.ContractFunction.ALLOC_PINNED;
import static io.defragsim.lab.result.ContractFunction.FREE;
import static io.defragsim.lab.result.ContractFunction.LOCK;
import static io.defragsim.lab.result.ContractFunction.RESIZE;
import static io.defragsim.lab.result.ContractFunction.STEP;
import static io.defragsim.lab.result.ContractFunction.UNLOCK;

import io.defragsim.lab.result.ContractFunction;
import io.defragsim.scenario.ImageReference;
import java.util.List;
import java.util.Map;

/**
 * What the worst cases of an allocator image are to be: the one place that says so. Each target is
 * for every heap, at zero wait states.
 *
 * <p>A shipped build of the library has targets of its own, so that no change makes it slower
 * unnoticed. Every other image has those of {@link #COMMON}.
 *
 * @param functions in no particular order; one that is left out has its common target
 * @param masked interrupts masked, anywhere in any of the functions
 */
record Targets(List<Function> functions, Target masked) {

  /**
   * A target.
   *
   * @param must the most cycles that are allowed
   * @param stretch the cycles that are aimed at; no more than {@code must}
   */
  record Target(Cycles must, Cycles stretch) {}

  /** The target of a timed function. */
  record Function(ContractFunction function, Target target) {}

  /**
   * Cycles that may grow with a number of bytes.
   *
   * @param least whatever the number of bytes is
   * @param perPart cycles for each part, also for one that has only begun
   * @param partBytes the size of a part
   */
  record Cycles(long least, long fixed, long perPart, long partBytes) {
    Cycles(long fixed, long perPart, long partBytes) {
      this(fixed, fixed, perPart, partBytes);
    }

    /** The cycles for so many bytes. */
    long at(long bytes) {
      return Math.max(least, fixed + perPart * ((bytes + partBytes - 1) / partBytes));
    }
  }

  private static final Targets COMMON =
      new Targets(
          List.of(
              of(ALLOC, 400, 300),
              of(FREE, 400, 300),
              of(LOCK, 45, 30),
              of(UNLOCK, 55, 40),
              of(STEP, new Cycles(500, 1, 1), new Cycles(350, 3, 4)),
              of(ALLOC_PINNED, 400, 300),
              // No more than an alloc, a step that moves the block, and a free.
              of(RESIZE, new Cycles(1300, 1, 1), new Cycles(950, 3, 4))),
          target(40, 20));

  /** By the names of shipped images. */
  private static final Map<String, Targets> SHIPPED =
      Map.of(
          "defrag",
          new Targets(
              List.of(
                  of(ALLOC, 395, 320),
                  of(FREE, 400, 320),
                  of(LOCK, 39, 30),
                  of(UNLOCK, 36, 30),
                  of(STEP, new Cycles(540, 448, 29, 32), new Cycles(402, 3, 4)),
                  of(ALLOC_PINNED, 301, 265),
                  of(RESIZE, new Cycles(1195, 29, 32), new Cycles(950, 3, 4))),
              target(24, 20)),
          "defrag-sliding",
          new Targets(
              List.of(
                  of(ALLOC, 383, 320),
                  of(FREE, 375, 320),
                  of(LOCK, 39, 30),
                  of(UNLOCK, 36, 30),
                  of(STEP, new Cycles(446, 29, 32), new Cycles(402, 3, 4)),
                  of(ALLOC_PINNED, 282, 265),
                  of(RESIZE, new Cycles(1154, 29, 32), new Cycles(950, 3, 4))),
              target(24, 20)),
          "defrag-small",
          new Targets(
              List.of(
                  of(ALLOC, 393, 320),
                  of(FREE, 400, 320),
                  of(LOCK, 44, 30),
                  of(UNLOCK, 42, 30),
                  of(STEP, new Cycles(540, 461, 29, 32), new Cycles(402, 3, 4)),
                  of(ALLOC_PINNED, 297, 265),
                  of(RESIZE, new Cycles(1194, 29, 32), new Cycles(950, 3, 4))),
              target(25, 20)),
          "defrag-os",
          new Targets(
              List.of(
                  of(ALLOC, 609, 320),
                  of(FREE, 485, 320),
                  of(LOCK, 59, 30),
                  of(UNLOCK, 56, 30),
                  of(STEP, new Cycles(649, 18, 16), new Cycles(402, 3, 4))),
              target(19, 19)));

  private static Function of(ContractFunction function, long must, long stretch) {
    return new Function(function, target(must, stretch));
  }

  private static Function of(ContractFunction function, Cycles must, Cycles stretch) {
    return new Function(function, new Target(must, stretch));
  }

  private static Target target(long must, long stretch) {
    return new Target(new Cycles(must, 0, 1), new Cycles(stretch, 0, 1));
  }

  /** The targets of an image. A file is never a shipped image, whatever it is called. */
  static Targets of(ImageReference image) {
    return image instanceof ImageReference.Shipped shipped
        ? SHIPPED.getOrDefault(shipped.name(), COMMON)
        : COMMON;
  }

  /** The target of a timed function. */
  Target of(ContractFunction function) {
    return functions.stream()
        .filter(entry -> entry.function() == function)
        .findFirst()
        .map(Function::target)
        .orElseGet(() -> COMMON.of(function));
  }
}
