package io.defragsim.lab;

import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.engine.unicorn.BlockCounting;
import io.defragsim.emulator.exec.Profiler;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.interpreter.InstructionListener;
import io.defragsim.lab.image.AllocatorImage;
import io.defragsim.lab.image.DoesNotFitException;
import io.defragsim.lab.image.ImageContract;
import io.defragsim.lab.image.RunStopped;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.Attempt;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.ProfiledRun;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.Scenario;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs scenarios.
 *
 * <p>Budgets: a call of the image may take {@link Scenario#callBudget} cycles, and so may reset and
 * all of one stall, which has at most 4 steps for each byte of the pool; all calls of a run
 * together 20 000 000 000 cycles. What interrupts take counts, in calls and of the run also in
 * waits. More is a runaway and ends the run.
 *
 * <p>Interrupts come from the park on. What they take, up to what had been spent on instructions
 * that were given up for them, is in no operation's cycles, and it is in pauses and stalls. Where
 * the host looks at the heap or probes fragmentation, none comes.
 */
public final class Lab {
  private Lab() {}

  /**
   * How to run.
   *
   * @param sampling whether fragmentation is sampled; without it the run is faster and all else is
   *     the same
   * @param strictness what of each instruction is checked, with interrupts always all; without
   *     faults, and within budgets, all else is the same
   * @param version of this program, for the result
   * @param progress told every 1000 operations how many are done
   */
  public record Options(
      boolean sampling, Strictness strictness, String version, LongConsumer progress) {

    /** With sampling and without anyone to tell of progress. */
    public static Options standard() {
      return new Options(true, Strictness.NORMAL, Version.current(), done -> {});
    }

    public Options withoutSampling() {
      return new Options(false, strictness, version, progress);
    }

    public Options withStrictness(Strictness other) {
      return new Options(sampling, other, version, progress);
    }
  }

  /**
   * Checks what {@link #run} would refuse, up to the image's answer to the pool that it gets.
   *
   * @throws ImageRejectedException as {@code run}
   * @throws DoesNotFitException as {@code run}
   */
  public static void check(Scenario scenario, FirmwareImage image) {
    start(
        scenario,
        image,
        allocator -> {
          refuse(allocator.calls().init(), image, "a pool of this size with so many handles");
          refuse(allocator.calls().keepReady(), image, "a hole of this size to be kept ready");
        });
  }

  private static void start(Scenario scenario, FirmwareImage image, Consumer<AllocatorImage> then) {
    try (AllocatorImage allocator = AllocatorImage.load(scenario, image, Strictness.NORMAL)) {
      allocator.reset();
      then.accept(allocator);
    } catch (RunStopped stopped) {
      // what goes wrong while the image runs is the run's to report
    }
  }

  /** An image says of what is beyond it that it is a bad argument or an invalid size. */
  private static void refuse(@Nullable ContractError error, FirmwareImage image, String what) {
    if (error == ContractError.BAD_ARGUMENT || error == ContractError.INVALID_SIZE) {
      throw new DoesNotFitException(
          "does not fit: " + image.name() + " refuses " + what + ": " + error);
    }
  }

  /**
   * Checks the same but for the pool: whether the image follows the contract, fits the part and
   * starts with its stack.
   *
   * @throws ImageRejectedException as {@code run}
   * @throws DoesNotFitException as {@code run}
   */
  public static void checkStart(Scenario scenario, FirmwareImage image) {
    start(scenario, image, allocator -> {});
  }

  /**
   * Bytes a handle of a table before the pool that only the glue between contract and allocator
   * needs, because the allocator hands out pointers; 0 if it has handles of its own.
   *
   * @throws ImageRejectedException if the image is none of this contract
   */
  public static int pointerBytes(FirmwareImage image) {
    return ImageContract.of(image).pointers();
  }

  /** {@link #run(Scenario, FirmwareImage, Options)} with the standard options. */
  public static RunResult run(Scenario scenario, FirmwareImage image) {
    return run(scenario, image, Options.standard());
  }

  /**
   * Plays the workload until the first request for memory (an alloc, a grow, a resize) is refused
   * in the end. All that is checked in a run is checked; nothing is sampled. Quick where a request
   * is refused early.
   *
   * @throws ImageRejectedException as {@code run}
   * @throws DoesNotFitException as {@code run}
   */
  public static Attempt attempt(Scenario scenario, FirmwareImage image, Strictness strictness) {
    Options options = Options.standard().withoutSampling().withStrictness(strictness);
    try (AllocatorImage allocator =
        AllocatorImage.load(scenario, image, strictness, BlockCounting.NOBODY)) {
      return new Run(scenario, image, allocator, options, RunListener.NONE).attempt();
    }
  }

  /**
   * Runs {@code scenario} on {@code image}, whichever image the scenario names. Whatever the
   * firmware does, faults included, comes back as a result. The same arguments give an equal
   * result.
   *
   * @throws ImageRejectedException if the image does not follow the image contract, or its segments
   *     do not fit the part
   * @throws DoesNotFitException if the image's data, the pool and the stack reserve do not fit the
   *     SRAM, or the image refuses the pool
   */
  public static RunResult run(Scenario scenario, FirmwareImage image, Options options) {
    return run(scenario, image, options, RunListener.NONE);
  }

  /**
   * {@link #run(Scenario, FirmwareImage, Options)}, told to {@code listener}. The result is equal.
   */
  public static RunResult run(
      Scenario scenario, FirmwareImage image, Options options, RunListener listener) {
    return with(scenario, image, options, listener, (allocator, run) -> run.result());
  }

  /**
   * {@link #run(Scenario, FirmwareImage, Options)}, strictly whatever the options say, with every
   * instruction told to {@code instructions}, and the run to {@code listener}.
   */
  public static RunResult run(
      Scenario scenario,
      FirmwareImage image,
      Options options,
      InstructionListener instructions,
      RunListener listener) {
    Options strict = options.withStrictness(Strictness.STRICT);
    return with(
        scenario,
        image,
        strict,
        listener,
        (allocator, run) -> {
          allocator.listen(instructions);
          return run.result();
        });
  }

  /**
   * {@link #run(Scenario, FirmwareImage, Options)}, strictly whatever the options say, with the
   * cycles of each function. The profile has all that {@link RunResult#cycles} has and nothing
   * else: start-up, the timed calls of the image, interrupts, waits; only where the firmware
   * faults, the instruction that did is in it besides. What the host calls to look at the heap and
   * to probe it is not in it.
   */
  public static ProfiledRun profile(Scenario scenario, FirmwareImage image, Options options) {
    Options strict = options.withStrictness(Strictness.STRICT);
    return with(
        scenario,
        image,
        strict,
        RunListener.NONE,
        (allocator, run) -> {
          Profiler profiler = new Profiler(Program.load(scenario.mcu(), image));
          allocator.profile(profiler);
          return new ProfiledRun(run.result(), profiler.profile());
        });
  }

  /** Loads the image, and has something done with a run of it. */
  private static <T> T with(
      Scenario scenario,
      FirmwareImage image,
      Options options,
      RunListener listener,
      BiFunction<AllocatorImage, Run, T> what) {
    try (AllocatorImage allocator = AllocatorImage.load(scenario, image, options.strictness())) {
      return what.apply(allocator, new Run(scenario, image, allocator, options, listener));
    }
  }
}
