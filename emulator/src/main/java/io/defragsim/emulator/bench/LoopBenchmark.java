package io.defragsim.emulator.bench;

import io.defragsim.emulator.engine.Engine;
import io.defragsim.emulator.engine.EngineFactory;
import io.defragsim.emulator.engine.InterpreterEngine;
import io.defragsim.emulator.engine.Stop;
import io.defragsim.emulator.engine.unicorn.BlockCounting;
import io.defragsim.emulator.engine.unicorn.UnicornLibrary;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.function.LongSupplier;

/** How fast the engines run a loop whose body is one block. */
public final class LoopBenchmark {
  /** Of one turn of the loop. */
  public static final int INSTRUCTIONS = 10;

  /** Of one turn of the loop. */
  public static final int CYCLES = 14;

  private static final long SRAM = 0x2000_0000L;
  private static final int SRAM_BYTES = 1024;
  private static final long SP = SRAM + SRAM_BYTES;
  private static final long BUDGET = Long.MAX_VALUE / 2;
  private static final MemoryMap MAP = new MemoryMap(1024, SRAM, SRAM_BYTES);

  /** R0 times the loop, at R1 two words; then BX LR. */
  private static final int[] LOOP = {
    0x680A, // ldr r2, [r1]       2
    0x1812, // adds r2, r2, r0    1
    0x604A, // str r2, [r1, #4]   2
    0x00D3, // lsls r3, r2, #3    1
    0x4053, // eors r3, r2        1
    0x085B, // lsrs r3, r3, #1    1
    0x18D2, // adds r2, r2, r3    1
    0x43DB, // mvns r3, r3        1
    0x3801, // subs r0, #1        1
    0xD1F5, // bne loop           3, the last time 1
    0x4770 // bx lr               3
  };

  private static final CycleModel MODEL = CycleModel.cortexM0(1);

  private final UnicornLibrary library = UnicornLibrary.get();
  private final Rounds rounds;
  private final int turns;

  /**
   * @param turns of the loop in a call
   */
  public LoopBenchmark(Rounds rounds, int turns) {
    this.rounds = rounds;
    this.turns = turns;
  }

  /**
   * A way to run the loop.
   *
   * @param rate in cycles
   */
  public record Counted(String way, Rate rate) {}

  /**
   * Bare, and counted in each way that this machine has.
   *
   * @throws IllegalStateException if a way counts other cycles than the loop has
   */
  public List<Counted> loop() {
    List<Counted> all = new ArrayList<>();
    EngineFactory uncounted = library.uncounted(MAP, flash());
    if (uncounted != null) {
      all.add(new Counted("bare, nothing counted", bare(uncounted)));
    }
    for (BlockCounting counting : BlockCounting.here()) {
      all.add(new Counted("counted in " + counting.place(), counted(engines(counting))));
    }
    all.add(new Counted("no engine (--strict)", counted(interpreters())));
    return all;
  }

  private Rate bare(EngineFactory uncounted) {
    try (Engine engine = uncounted.open(new byte[SRAM_BYTES])) {
      return rounds.best(
          () -> {
            call(engine);
            return (long) turns * CYCLES;
          });
    }
  }

  private Rate counted(EngineFactory engines) {
    try (Engine engine = engines.open(new byte[SRAM_BYTES])) {
      return rounds.best(work(engine));
    }
  }

  /** Calls the loop, and gives its cycles. */
  private LongSupplier work(Engine engine) {
    long expected = (long) turns * CYCLES - 2 + 3; // the last BNE, and BX
    return () -> {
      Stop stop = call(engine);
      if (!(stop instanceof Stop.Returned) || stop.cycles() != expected) {
        throw new IllegalStateException(
            "a loop of " + expected + " cycles came to " + stop + " on " + engine);
      }
      return stop.cycles();
    };
  }

  private Stop call(Engine engine) {
    return engine.call(SP, 0, new int[] {turns, (int) SRAM}, BUDGET);
  }

  private static byte[] flash() {
    byte[] bytes = new byte[MAP.flashBytes()];
    for (int i = 0; i < LOOP.length; i++) {
      bytes[2 * i] = (byte) LOOP[i];
      bytes[2 * i + 1] = (byte) (LOOP[i] >>> 8);
    }
    return bytes;
  }

  /** The project's own core, where there is nothing that translates. */
  private EngineFactory engines(BlockCounting counting) {
    EngineFactory engines = library.engines(MAP, flash(), MODEL, counting);
    return engines == null ? interpreters() : engines;
  }

  private static EngineFactory interpreters() {
    return InterpreterEngine.factory(MAP, flash(), MODEL);
  }

  /** The rate of calls of a function that does nothing. */
  public Rate emptyCalls() {
    try (Engine engine = engines(BlockCounting.FASTEST).open(new byte[SRAM_BYTES])) {
      int[] none = {};
      return rounds.best(
          () -> {
            for (int i = 0; i < 1000; i++) {
              engine.call(SP, 2L * (LOOP.length - 1), none, BUDGET);
            }
            return 1000;
          });
    }
  }

  /**
   * Two threads against one, each with an engine of its own.
   *
   * @param one cycles in a second elapsed, of a thread alone
   * @param two the same of two threads together
   * @param times the greatest ratio of two neighbours in time, for other work on the machine
   *     disturbs it
   */
  public record Threads(double one, double two, double times) {}

  /** One thread and two in turns; the best of each. */
  public Threads threads() {
    Threads best = new Threads(0, 0, 0);
    for (int round = 0; round < rounds.count(); round++) {
      double one = together(1);
      double two = together(2);
      best =
          new Threads(
              Math.max(best.one, one), Math.max(best.two, two), Math.max(best.times, two / one));
    }
    return best;
  }

  /** Cycles a second, of all threads in all. */
  private double together(int count) {
    double[] rates = new double[count];
    List<Thread> running = new ArrayList<>();
    CyclicBarrier barrier = new CyclicBarrier(count);
    for (int i = 0; i < count; i++) {
      int index = i;
      Thread thread =
          new Thread(
              () -> {
                Engine engine = engines(BlockCounting.FASTEST).open(new byte[SRAM_BYTES]);
                try (engine) {
                  LongSupplier work = work(engine);
                  rounds.one(work); // warms up
                  barrier.await();
                  rates[index] = rounds.one(work).perWallSecond();
                } catch (InterruptedException | BrokenBarrierException e) {
                  throw new IllegalStateException(e);
                }
              });
      running.add(thread);
      thread.start();
    }
    for (Thread thread : running) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return Arrays.stream(rates).sum();
  }
}
