package io.defragsim.lab;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.bound.BoundAnalysis;
import io.defragsim.emulator.bound.FunctionBound;
import io.defragsim.emulator.bound.LoopBoundChecker;
import io.defragsim.emulator.bound.MaskedBound;
import io.defragsim.emulator.bound.UnboundedException;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.lab.result.Bounds;
import io.defragsim.lab.result.Ending;
import io.defragsim.lab.result.OperationKind;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Target;
import io.defragsim.lab.result.WorstCase;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Scenario;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Finds the worst cases of an allocator image, from its code and by running it: the shipped
 * scenarios, and what a search makes of them. All runs are strict, with the bounds of loops
 * checked.
 */
public final class BoundsStudy {
  /** Budgets for which a step's bound is given besides. */
  private static final List<Long> BUDGETS = List.of(8L, 64L, 256L, 1024L);

  /**
   * How to study.
   *
   * @param part whose core and multiplier count
   * @param budget of steps, in bytes
   * @param seed of the search
   * @param effort how many sequences the search tries for each function; 0: no search
   * @param threads for the search; of no effect on the result
   */
  public record Options(McuConfig part, int budget, long seed, int effort, int threads) {}

  private final ImageReference reference;
  private final FirmwareImage image;
  private final Options options;
  private final BoundAnalysis analysis;
  private final LoopBoundChecker checker;
  private final Map<OperationKind, Bounds.Seen> seen = new EnumMap<>(OperationKind.class);
  private int scenarios;
  private Bounds.@Nullable Broken broken;

  private BoundsStudy(ImageReference reference, FirmwareImage image, Options options) {
    this.reference = reference;
    this.image = image;
    this.options = options;
    McuConfig part = options.part();
    analysis = new BoundAnalysis(image, part.core().timing(part.multiplierCycles()));
    checker = new LoopBoundChecker(image);
  }

  /**
   * Studies an image.
   *
   * @param reference how a scenario refers to {@code image}
   * @param library the scenarios to run; those that do not fit the image are left out
   * @throws ImageRejectedException if it is no allocator image
   */
  public static Bounds of(
      ImageReference reference, FirmwareImage image, List<Scenario> library, Options options) {
    try {
      Lab.check(WorstCaseSearch.trial(reference, options.part(), options.budget()), image);
    } catch (DoesNotFitException e) {
      // then it has no room for the searches' pools, but perhaps for a scenario's
    }
    BoundsStudy study = new BoundsStudy(reference, image, options);
    return study.run(library);
  }

  private Bounds run(List<Scenario> library) {
    for (Scenario scenario : library) {
      if (broken == null) {
        measure(adapted(scenario), true);
      }
    }
    List<WorstCase> found = broken == null ? search() : List.of();
    for (WorstCase worst : found) {
      Ending ending = worst.broken();
      if (ending == null) {
        measure(worst.scenario(), false);
      } else if (broken == null) {
        broken = new Bounds.Broken(worst.scenario().name(), ending);
      }
    }
    List<Bounds.Function> functions = new ArrayList<>();
    for (Target target : Target.ALL) {
      if (image.function(target.function()).isPresent()) {
        functions.add(function(target));
      }
    }
    return new Bounds(
        image.name(),
        image.sha256(),
        options.part().cycleModel(),
        options.budget(),
        options.seed(),
        options.effort(),
        scenarios,
        functions,
        stepBudgets(),
        masked(),
        checker.seen(),
        found,
        broken);
  }

  /**
   * The scenario as far as it is about the heap: on this image, core and budget, in exact cycles
   * and without interrupts.
   */
  private Scenario adapted(Scenario scenario) {
    McuConfig mcu = scenario.mcu();
    McuConfig part =
        new McuConfig(
            mcu.name(),
            options.part().core(),
            mcu.clockHz(),
            mcu.zeroWaitHz(),
            0,
            options.part().multiplierCycles(),
            mcu.flashBytes(),
            mcu.sramBase(),
            mcu.sramBytes());
    int budget = options.budget();
    DefragPolicy policy = scenario.defrag();
    DefragPolicy changed;
    if (policy instanceof DefragPolicy.OnFailure) {
      changed = new DefragPolicy.OnFailure(budget);
    } else if (policy instanceof DefragPolicy.Every every) {
      changed = new DefragPolicy.Every(every.operations(), budget, every.readyBytes());
    } else if (policy instanceof DefragPolicy.Idle idle) {
      changed = new DefragPolicy.Idle(budget, idle.readyBytes());
    } else {
      changed = new DefragPolicy.Never(budget);
    }
    return new Scenario(
        scenario.name(),
        scenario.description(),
        part,
        reference,
        scenario.pool(),
        scenario.stackBytes(),
        changed,
        scenario.callBudget(),
        List.of(),
        scenario.workload(),
        scenario.limits());
  }

  private void measure(Scenario scenario, boolean shipped) {
    RunResult result;
    try {
      result = Lab.run(scenario, image, Lab.Options.standard().withoutSampling(), checker);
    } catch (ImageRejectedException | DoesNotFitException e) {
      return;
    }
    Ending ending = result.ending();
    if (ending instanceof Ending.ContractViolated violated
        && violated.operation() == Ending.BEFORE_FIRST) {
      return; // image_init refused that pool, or so many handles
    }
    if (!(ending instanceof Ending.Completed) && broken == null) {
      broken = new Bounds.Broken(scenario.name(), ending);
    }
    scenarios += shipped ? 1 : 0;
    for (OperationStats stats : result.operations()) {
      Long max = stats.cycles().max();
      if (max != null) {
        Bounds.Seen now = new Bounds.Seen(max, scenario.name());
        seen.merge(stats.kind(), now, (old, more) -> more.cycles() > old.cycles() ? more : old);
      }
    }
  }

  private List<WorstCase> search() {
    if (options.effort() == 0) {
      return List.of();
    }
    ExecutorService threads = Executors.newFixedThreadPool(options.threads());
    try {
      List<Future<@Nullable WorstCase>> searches = new ArrayList<>();
      for (Target target : Target.ALL) {
        OperationKind kind = target.kind();
        if (kind != null && image.function(target.function()).isPresent()) {
          WorstCaseSearch search =
              new WorstCaseSearch(
                  reference,
                  image,
                  options.part(),
                  kind,
                  options.budget(),
                  options.seed(),
                  options.effort());
          searches.add(threads.submit(search::find));
        }
      }
      List<WorstCase> found = new ArrayList<>();
      for (Future<@Nullable WorstCase> search : searches) {
        WorstCase worst = search.get();
        if (worst != null) {
          found.add(worst);
        }
      }
      return found;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      threads.shutdownNow();
    }
  }

  private Bounds.Function function(Target target) {
    FunctionBound bound = null;
    String unbounded = null;
    try {
      bound = bound(target, options.budget());
    } catch (UnboundedException e) {
      unbounded = e.getMessage();
    }
    return new Bounds.Function(
        target.function(),
        at(target.must(), options.budget()),
        at(target.stretch(), options.budget()),
        bound,
        unbounded,
        target.kind() == null ? null : seen.get(target.kind()));
  }

  private FunctionBound bound(Target target, long budget) throws UnboundedException {
    return target.isStep()
        ? analysis.bound(target.function(), budget)
        : analysis.bound(target.function());
  }

  private static @Nullable Long at(Target.@Nullable Cycles cycles, long budget) {
    return cycles == null ? null : cycles.at(budget);
  }

  private List<Bounds.StepBudget> stepBudgets() {
    List<Bounds.StepBudget> steps = new ArrayList<>();
    for (Target target : Target.ALL) {
      if (target.isStep() && image.function(target.function()).isPresent()) {
        for (long budget : BUDGETS) {
          Long bound = null;
          try {
            bound = bound(target, budget).cycles();
          } catch (UnboundedException e) {
            // why stands with the function
          }
          steps.add(
              new Bounds.StepBudget(
                  budget,
                  Objects.requireNonNull(at(target.must(), budget)),
                  Objects.requireNonNull(at(target.stretch(), budget)),
                  bound));
        }
      }
    }
    return steps;
  }

  private Bounds.Masked masked() {
    String function = "";
    MaskedBound longest = new MaskedBound(0, List.of());
    String unbounded = null;
    for (Target target : Target.ALL) {
      if (image.function(target.function()).isEmpty()) {
        continue;
      }
      try {
        MaskedBound bound =
            target.isStep()
                ? analysis.masked(target.function(), options.budget())
                : analysis.masked(target.function());
        if (bound.cycles() > longest.cycles()) {
          longest = bound;
          function = target.function();
        }
      } catch (UnboundedException e) {
        if (unbounded == null) {
          unbounded = e.getMessage();
          function = target.function();
        }
      }
    }
    return new Bounds.Masked(
        Target.MASKED_MUST.at(0),
        Target.MASKED_STRETCH.at(0),
        function,
        unbounded == null ? longest : null,
        unbounded);
  }
}
