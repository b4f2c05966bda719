package io.defragsim.lab.bounds;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.bound.LoopBoundChecker;
import io.defragsim.emulator.bound.MaskedWatch;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.lab.Lab;
import io.defragsim.lab.image.DoesNotFitException;
import io.defragsim.lab.recording.Call;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.RunEvent;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.Bounds;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.WorstCase;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Scenario;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the worst cases of an allocator image, from its code and by running it: the shipped
 * scenarios, and what a search makes of them. All runs are strict, with the bounds of loops
 * checked.
 */
public final class BoundsStudy {
  /** Numbers of bytes for which the bounds of functions that grow with them are given besides. */
  private static final List<Long> BYTES = List.of(8L, 64L, 256L, 1024L);

  private static final int PERCENT = 100;
  private static final long LOOK_MILLIS = 100;

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
  private final StaticBounds statics;
  private final List<ContractFunction> functions;
  private final LoopBoundChecker checker;
  private final MaskedWatch masked;
  private final Map<ContractFunction, TreeMap<Long, Bounds.Seen>> seen =
      new EnumMap<>(ContractFunction.class);
  private Bounds.@Nullable Seen seenMasked;
  private int scenarios;
  private Bounds.@Nullable Broken broken;

  private BoundsStudy(ImageReference reference, FirmwareImage image, Options options) {
    this.reference = reference;
    this.image = image;
    this.options = options;
    McuConfig part = options.part();
    statics = new StaticBounds(reference, image, part, options.budget());
    functions =
        ContractFunction.timed().stream()
            .filter(function -> image.function(function.symbol()).isPresent())
            .toList();
    checker = new LoopBoundChecker(image);
    masked =
        new MaskedWatch(
            part.core().timing(part.multiplierCycles()),
            functions.stream()
                .map(function -> image.function(function.symbol()).getAsLong())
                .collect(Collectors.toUnmodifiableSet()));
  }

  /**
   * Studies an image.
   *
   * @param reference how a scenario refers to {@code image}
   * @param library the scenarios to run; those that do not fit the image are left out
   * @param progress told from time to time how many percent are done
   * @throws ImageRejectedException if it is no allocator image
   */
  public static Bounds of(
      ImageReference reference,
      FirmwareImage image,
      List<Scenario> library,
      Options options,
      LongConsumer progress) {
    try {
      Lab.check(
          new FoundScenario(
                  reference,
                  image.name(),
                  options.part(),
                  ContractFunction.ALLOC,
                  options.budget(),
                  options.seed(),
                  options.effort())
              .empty(WorstCaseSearch.POOLS.get(0)),
          image);
    } catch (DoesNotFitException e) {
      // then it has no room for the searches' pools, but perhaps for a scenario's
    }
    BoundsStudy study = new BoundsStudy(reference, image, options);
    return study.run(library, progress);
  }

  private Bounds run(List<Scenario> library, LongConsumer progress) {
    int share = options.effort() == 0 ? PERCENT : PERCENT / 2;
    int measured = 0;
    for (Scenario scenario : library) {
      if (broken == null) {
        measure(adapted(scenario), true);
      }
      progress.accept((long) ++measured * share / library.size());
    }
    LongConsumer searching =
        percent -> progress.accept(share + percent * (PERCENT - share) / PERCENT);
    List<WorstCase> found = broken == null ? search(searching) : List.of();
    for (WorstCase worst : found) {
      RunEnding ending = worst.broken();
      if (ending == null) {
        measure(worst.scenario(), false);
      } else if (broken == null) {
        broken = new Bounds.Broken(worst.scenario().name(), ending);
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
        functions.stream()
            .map(function -> statics.function(function.symbol(), seen(function, options.budget())))
            .toList(),
        byBytes(),
        statics.masked(functions.stream().map(ContractFunction::symbol).toList(), seenMasked),
        checker.seen(),
        found,
        broken);
  }

  /**
   * The scenario as far as it is about the heap: on this image, core and budget, in exact cycles
   * and without interrupts.
   */
  private Scenario adapted(Scenario scenario) {
    McuConfig part = scenario.mcu().withCyclesOf(options.part());
    return new Scenario(
        scenario.name(),
        scenario.description(),
        part,
        reference,
        scenario.pool(),
        scenario.stackBytes(),
        scenario.defrag().withBudget(options.budget()),
        scenario.callBudget(),
        List.of(),
        scenario.workload(),
        scenario.limits());
  }

  private void measure(Scenario scenario, boolean shipped) {
    RunResult result;
    try {
      result =
          Lab.run(
              scenario,
              image,
              Lab.Options.standard().withoutSampling(),
              checker.and(masked),
              new Longest(scenario.name()));
    } catch (ImageRejectedException | DoesNotFitException e) {
      return;
    }
    RunEnding ending = result.ending();
    if (ending instanceof RunEnding.ContractViolated violated
        && violated.operation() == RunEnding.BEFORE_FIRST) {
      return; // image_init refused that pool, or so many handles
    }
    if (!(ending instanceof RunEnding.Completed) && broken == null) {
      broken = new Bounds.Broken(scenario.name(), ending);
    }
    scenarios += shipped ? 1 : 0;
    long cycles = masked.longest();
    if (cycles > (seenMasked == null ? 0 : seenMasked.cycles())) {
      seenMasked = new Bounds.Seen(cycles, scenario.name());
    }
  }

  /** Notes the longest calls of a run. */
  private final class Longest implements RunListener {
    private final String scenario;

    Longest(String scenario) {
      this.scenario = scenario;
    }

    @Override
    public void called(RunEvent.Called event, HeapView heap) {
      Call call = event.call();
      Bounds.Seen now = new Bounds.Seen(call.cycles(), scenario);
      seen.computeIfAbsent(call.function(), function -> new TreeMap<>())
          .merge(call.bytes(), now, BoundsStudy::longer);
    }
  }

  private static Bounds.Seen longer(Bounds.Seen old, Bounds.Seen other) {
    return other.cycles() > old.cycles() ? other : old;
  }

  /** The longest call of a function, of those with so many bytes or fewer where that matters. */
  private Bounds.@Nullable Seen seen(ContractFunction function, long bytes) {
    NavigableMap<Long, Bounds.Seen> calls =
        seen.getOrDefault(function, new TreeMap<>())
            .headMap(function.isByBytes() ? bytes : Long.MAX_VALUE, true);
    return calls.values().stream().reduce(BoundsStudy::longer).orElse(null);
  }

  private List<WorstCase> search(LongConsumer progress) {
    if (options.effort() == 0) {
      return List.of();
    }
    ExecutorService threads = Executors.newFixedThreadPool(options.threads());
    AtomicLong tried = new AtomicLong();
    try {
      List<Future<@Nullable WorstCase>> searches = new ArrayList<>();
      for (ContractFunction function : WorstCaseSearch.FUNCTIONS) {
        if (image.function(function.symbol()).isPresent()) {
          WorstCaseSearch search =
              new WorstCaseSearch(
                  reference,
                  image,
                  options.part(),
                  function,
                  options.budget(),
                  options.seed(),
                  options.effort(),
                  tried::incrementAndGet);
          searches.add(threads.submit(search::find));
        }
      }
      List<WorstCase> found = new ArrayList<>();
      for (Future<@Nullable WorstCase> search : searches) {
        WorstCase worst =
            await(
                search,
                () -> progress.accept(tried.get() * PERCENT / options.effort() / searches.size()));
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

  private static <T extends @Nullable Object> T await(Future<T> search, Runnable meanwhile)
      throws ExecutionException, InterruptedException {
    while (true) {
      try {
        return search.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        meanwhile.run();
      }
    }
  }

  private List<Bounds.ByBytes> byBytes() {
    List<Bounds.ByBytes> entries = new ArrayList<>();
    for (ContractFunction function : functions) {
      if (function.isByBytes()) {
        for (long bytes : BYTES) {
          entries.add(statics.byBytes(function, bytes, seen(function, bytes)));
        }
      }
    }
    return entries;
  }
}
