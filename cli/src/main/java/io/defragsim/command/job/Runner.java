package io.defragsim.command.job;

import io.defragsim.console.Progress;
import io.defragsim.console.Session;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.exec.Profile;
import io.defragsim.lab.Lab;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.recording.RunRecorder;
import io.defragsim.lab.result.ProfiledRun;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.Recorded;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** Runs inputs, telling of progress. */
public final class Runner {
  private static final long LOOK_MILLIS = 100;

  private final Session session;
  private final Strictness strictness;

  Runner(Session session, Strictness strictness) {
    this.session = session;
    this.strictness = strictness;
  }

  public RunResult run(Input input) {
    return tell(input, RunListener.NONE);
  }

  /** Runs {@code input}, told to {@code listener}. */
  public RunResult tell(Input input, RunListener listener) {
    return telling(
        input, progress -> Lab.run(input.scenario(), input.image(), options(progress), listener));
  }

  /** Runs {@code input} without samples and in silence, told to {@code listener}. */
  public RunResult play(Input input, RunListener listener) {
    return Lab.run(
        input.scenario(), input.image(), options(done -> {}).withoutSampling(), listener);
  }

  /** Runs {@code input}. */
  RunResult run(Input input, LongConsumer progress) {
    return Lab.run(input.scenario(), input.image(), options(progress));
  }

  /**
   * Runs {@code input} with all that pictures need.
   *
   * @param profiled whether to run once more for the cycles of each function, which takes longer
   */
  Recorded record(Input input, boolean profiled, LongConsumer progress) {
    RunRecorder recorder = new RunRecorder(input.scenario().workload());
    Lab.Options options = options(progress);
    RunResult result = Lab.run(input.scenario(), input.image(), options, recorder);
    Profile profile =
        profiled
            ? Lab.profile(input.scenario(), input.image(), options.withoutSampling()).profile()
            : Profile.NONE;
    return new Recorded(result, recorder.recording(result), profile);
  }

  /** {@link #record(Input, boolean, LongConsumer)}, telling of progress. */
  public Recorded record(Input input, boolean profiled) {
    return telling(input, progress -> record(input, profiled, progress));
  }

  /** Runs {@code input} with the cycles of its functions, which takes longer. */
  public ProfiledRun profile(Input input, LongConsumer progress) {
    return Lab.profile(input.scenario(), input.image(), options(progress));
  }

  private <T> T telling(Input input, Function<LongConsumer, T> work) {
    boolean seen = session.terminal().stderr();
    long operations = seen ? Math.max(1, input.scenario().workload().countOperations()) : 1;
    try (Progress progress =
        session.progress(input.title(), done -> done * 100 / operations + " %")) {
      return work.apply(progress);
    }
  }

  private Lab.Options options(LongConsumer progress) {
    return new Lab.Options(true, strictness, ProgramVersion.number(), progress);
  }

  /**
   * Carries out {@code work} for each of {@code inputs}, as many at once as there are processors.
   *
   * @param work is told whom to tell of progress
   * @param inOrder gets what {@code work} gave, in the order of the inputs, as soon as it is there
   */
  public <T> void all(
      List<Input> inputs, BiFunction<Input, LongConsumer, T> work, Consumer<T> inOrder) {
    if (inputs.size() == 1) {
      Input only = inputs.get(0);
      inOrder.accept(telling(only, progress -> work.apply(only, progress)));
      return;
    }
    int threads = Math.min(inputs.size(), Runtime.getRuntime().availableProcessors());
    ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, threads), Runner::daemon);
    try (Progress progress =
        session.progress("running", done -> done + " of " + inputs.size() + " done")) {
      List<Future<T>> futures = new ArrayList<>();
      for (Input input : inputs) {
        futures.add(pool.submit(() -> work.apply(input, done -> {})));
      }
      for (Future<T> future : futures) {
        T result = wait(future, futures, progress);
        progress.clear(); // what is printed now must not stand behind it
        inOrder.accept(result);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static <T> T wait(Future<T> future, List<Future<T>> all, Progress progress) {
    while (true) {
      try {
        return future.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        progress.accept(all.stream().filter(Future::isDone).count());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        if (e.getCause() instanceof Error cause) {
          throw cause;
        }
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  /** A run that goes on does not keep a program alive that is over. */
  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "run");
    thread.setDaemon(true);
    return thread;
  }
}
