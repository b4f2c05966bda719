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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the worst cases of an allocator image are to be: the one place that says so. Each target is
 * for every heap, at zero wait states.
 *
 * <p>A shipped build of the library has targets of its own, so that no change makes it slower
 * unnoticed. A file has those of {@link #COMMON}: it may be a build of the library, too, and to any
 * other allocator they are a yardstick. An image that is shipped to compare with has none: what it
 * takes is as it was published, and nothing that this project promises.
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

  /** By the names of the library's builds. */
  private static final Map<String, Targets> SHIPPED =
      Map.of(
          "defrag",
          whole(395, 400, 39, 36, new Cycles(540, 448, 29, 32), 301, new Cycles(1195, 29, 32), 24),
          "defrag-sliding",
          whole(383, 375, 39, 36, new Cycles(446, 29, 32), 282, new Cycles(1154, 29, 32), 24),
          "defrag-small",
          whole(393, 400, 44, 42, new Cycles(540, 461, 29, 32), 297, new Cycles(1194, 29, 32), 25),
          "defrag-os",
          new Targets(core(609, 485, 59, 56, new Cycles(649, 18, 16)), target(19, 19)));

  /** Of a build of the library with all that it has: what it must keep to. All aim at the same. */
  private static Targets whole(
      long alloc,
      long free,
      long lock,
      long unlock,
      Cycles step,
      long allocPinned,
      Cycles resize,
      long masked) {
    List<Function> functions = new ArrayList<>(core(alloc, free, lock, unlock, step));
    functions.add(of(ALLOC_PINNED, allocPinned, 265));
    functions.add(of(RESIZE, resize, new Cycles(950, 3, 4)));
    return new Targets(List.copyOf(functions), target(masked, 20));
  }

  /** Of what each build has. */
  private static List<Function> core(long alloc, long free, long lock, long unlock, Cycles step) {
    return List.of(
        of(ALLOC, alloc, 320),
        of(FREE, free, 320),
        of(LOCK, lock, 30),
        of(UNLOCK, unlock, 30),
        of(STEP, step, new Cycles(402, 3, 4)));
  }

  private static Function of(ContractFunction function, long must, long stretch) {
    return new Function(function, target(must, stretch));
  }

  private static Function of(ContractFunction function, Cycles must, Cycles stretch) {
    return new Function(function, new Target(must, stretch));
  }

  private static Target target(long must, long stretch) {
    return new Target(new Cycles(must, 0, 1), new Cycles(stretch, 0, 1));
  }

  /**
   * The targets of an image, null if it has none. A file is never a shipped image, whatever it is
   * called.
   */
  static @Nullable Targets of(ImageReference image) {
    return image instanceof ImageReference.Shipped shipped ? SHIPPED.get(shipped.name()) : COMMON;
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
