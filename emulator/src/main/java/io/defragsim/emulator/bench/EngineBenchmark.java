package io.defragsim.emulator.bench;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.engine.Engine;
import io.defragsim.emulator.engine.EngineFactory;
import io.defragsim.emulator.engine.InterpreterEngine;
import io.defragsim.emulator.engine.unicorn.BlockCounting;
import io.defragsim.emulator.engine.unicorn.UnicornLibrary;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import org.jspecify.annotations.Nullable;

/**
 * Emulated cycles per second of wall time: what {@code defrag-sim bench} prints of the emulator.
 *
 * <p>Each figure is the best of {@value #ROUNDS} rounds after a warm-up: the machine may do other
 * things too. The time of the processor is shown beside the wall time.
 *
 * <p>The calls of an image are given as texts: {@code function:argument,...}, where an argument is
 * a number (0x for hexadecimal), {@code free} for the first SRAM address behind the image's data,
 * or {@code last} for what the last call returned.
 */
public final class EngineBenchmark {
  private static final int ROUNDS = 5;
  private static final long ROUND_NANOS = 400_000_000;
  private static final long SRAM = 0x2000_0000L;
  private static final long BUDGET = Long.MAX_VALUE / 2;

  private static final MemoryMap MAP = new MemoryMap(1024, SRAM, 1024);

  private static final int LOOP_INSTRUCTIONS = 10;
  private static final int LOOP_CYCLES = 14;

  /** Ten instructions, 14 cycles, one block; R0 times. Then BX LR at the end. */
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
    0xD1F5, // bne loop           3
    0x4770 // bx lr
  };

  private final PrintWriter out;
  private final UnicornLibrary library = UnicornLibrary.get();
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

  /** Prints to {@code out}. */
  public EngineBenchmark(PrintWriter out) {
    this.out = out;
  }

  /**
   * One figure.
   *
   * @param units what was done, cycles or calls
   * @param wallNanos elapsed
   * @param cpuNanos of this thread
   */
  public record Rate(long units, long wallNanos, long cpuNanos) {
    /** Units per second of wall time. */
    public double perSecond() {
      return units * 1e9 / wallNanos;
    }

    /** Units per second of processor time. */
    public double perCpuSecond() {
      return units * 1e9 / cpuNanos;
    }
  }

  /** Does some work and says how many units it was. */
  private interface Work {
    long run();
  }

  private Rate best(Work work) {
    Rate best = null;
    for (int round = -1; round < ROUNDS; round++) {
      Rate rate = round(work);
      if (round >= 0 && (best == null || rate.perSecond() > best.perSecond())) {
        best = rate;
      }
    }
    if (best == null) {
      throw new IllegalStateException("no rounds");
    }
    return best;
  }

  private Rate round(Work work) {
    long units = 0;
    long cpu = threads.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    do {
      units += work.run();
    } while (System.nanoTime() - start < ROUND_NANOS);
    return new Rate(units, System.nanoTime() - start, threads.getCurrentThreadCpuTime() - cpu);
  }

  /**
   * The loop of ten instructions a block: bare, and counted in each way, where there is an engine
   * that translates; on one thread and on two; and the rate of empty calls.
   */
  public void loop() {
    int times = 1_000_000;
    long cycles = (long) times * LOOP_CYCLES;
    out.println("a loop of 10 instructions (14 cycles) a block");
    EngineFactory interpreters = InterpreterEngine.factory(MAP, flash(), CycleModel.cortexM0(1));
    EngineFactory fastest = engines(BlockCounting.FASTEST);
    EngineFactory uncounted = library.uncounted(MAP, flash());
    if (fastest == null || uncounted == null) {
      out.println("  the Unicorn engine " + library.problem());
    } else {
      translated(uncounted, times, cycles);
    }
    print("  interpreter (strict)", runLoop(interpreters, times / 20, cycles / 20));
    threads(fastest == null ? interpreters : fastest, times, cycles);
    emptyCalls(fastest == null ? interpreters : fastest);
  }

  private void translated(EngineFactory uncounted, int times, long cycles) {
    EngineFactory java = Objects.requireNonNull(engines(BlockCounting.JAVA));
    Rate bare = runLoop(uncounted, times, cycles);
    print("  bare engine, no events", bare);
    Rate inJava = runLoop(java, times, cycles);
    print("  counted by blocks, Java", inJava);
    if (BlockCounting.nativeWorks()) {
      Rate inNative = runLoop(Objects.requireNonNull(engines(BlockCounting.NATIVE)), times, cycles);
      print("  counted by blocks, native", inNative);
      out.printf(
          Locale.ROOT,
          "  native counting is %.1f times as fast as Java's (%.1f by processor time),"
              + " the bare engine %.1f times as fast as native%n",
          inNative.perSecond() / inJava.perSecond(),
          inNative.perCpuSecond() / inJava.perCpuSecond(),
          bare.perSecond() / inNative.perSecond());
    }
  }

  private static byte[] flash() {
    return Arrays.copyOf(halfwords(LOOP), MAP.flashBytes());
  }

  private @Nullable EngineFactory engines(BlockCounting counting) {
    return library.engines(MAP, flash(), CycleModel.cortexM0(1), counting);
  }

  private void emptyCalls(EngineFactory engines) {
    Engine engine = engines.open(new byte[1024]);
    try (engine) {
      int[] none = {};
      Rate calls =
          best(
              () -> {
                for (int i = 0; i < 1000; i++) {
                  engine.call(SRAM + 1024, 2L * (LOOP.length - 1), none, BUDGET);
                }
                return 1000;
              });
      out.printf(
          Locale.ROOT,
          "an empty function: %.2f M calls/s, %.0f ns a call (%.0f ns of processor time)%n",
          calls.perSecond() / 1e6,
          1e9 / calls.perSecond(),
          1e9 / calls.perCpuSecond());
    }
  }

  /**
   * Two threads against one, in turns, each thread with an engine of its own. Other work on the
   * machine disturbs the ratio, so the best of neighbours in time is shown beside it; and that by
   * processor time, which tells whether threads slow each other down, but not whether one waits.
   */
  private void threads(EngineFactory engines, int times, long cycles) {
    double best = 0;
    double bestOfProcessor = 0;
    double one = 0;
    double two = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Sum single = together(engines, 1, times, cycles);
      Sum pair = together(engines, 2, times, cycles);
      best = Math.max(best, pair.wallRate / single.wallRate);
      bestOfProcessor = Math.max(bestOfProcessor, pair.processorRate / single.processorRate);
      one = Math.max(one, single.wallRate);
      two = Math.max(two, pair.wallRate);
    }
    out.printf(
        Locale.ROOT,
        "  one thread %.1f M cycles/s, two %.1f M cycles/s in all: %.2f times"
            + " (best pair of neighbours %.2f, by processor time %.2f)%n",
        one / 1e6,
        two / 1e6,
        two / one,
        best,
        bestOfProcessor);
  }

  /** Cycles per second, of all threads in all. */
  private record Sum(double wallRate, double processorRate) {}

  private Sum together(EngineFactory engines, int count, int times, long cycles) {
    List<Thread> running = new ArrayList<>();
    Rate[] rates = new Rate[count];
    CyclicBarrier barrier = new CyclicBarrier(count);
    for (int i = 0; i < count; i++) {
      int index = i;
      Thread thread =
          new Thread(
              () -> {
                int[] arguments = {times, (int) SRAM};
                Engine engine = engines.open(new byte[1024]);
                try (engine) {
                  engine.call(SRAM + 1024, 0, arguments, BUDGET);
                  barrier.await();
                  rates[index] =
                      round(
                          () -> {
                            engine.call(SRAM + 1024, 0, arguments, BUDGET);
                            return cycles;
                          });
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
    return new Sum(
        Arrays.stream(rates).mapToDouble(Rate::perSecond).sum(),
        Arrays.stream(rates).mapToDouble(Rate::perCpuSecond).sum());
  }

  private Rate runLoop(EngineFactory engines, int times, long cycles) {
    Engine engine = engines.open(new byte[1024]);
    try (engine) {
      int[] arguments = {times, (int) SRAM};
      return best(
          () -> {
            engine.call(SRAM + 1024, 0, arguments, BUDGET);
            return cycles;
          });
    }
  }

  private void print(String what, Rate rate) {
    out.printf(
        Locale.ROOT,
        "%-28s %7.1f M cycles/s, %7.1f M instructions/s, %6.1f ns a block"
            + " (%.1f M cycles a second of processor time)%n",
        what,
        rate.perSecond() / 1e6,
        rate.perSecond() / 1e6 * LOOP_INSTRUCTIONS / LOOP_CYCLES,
        LOOP_CYCLES * 1e9 / rate.perSecond(),
        rate.perCpuSecond() / 1e6);
  }

  /**
   * The calls of an image, on a part that it fits.
   *
   * @param once calls before the measurement
   * @param loop calls that are measured, one after the other, again and again
   */
  public void image(FirmwareImage image, List<String> once, List<String> loop) {
    McuConfig part = new McuConfig("benchmark", 48_000_000, 48_000_000, 1, 32 * 1024, SRAM, 8192);
    out.printf(Locale.ROOT, "%s: %s%n", image.name(), String.join(" ", loop));
    if (library.state() != UnicornLibrary.State.LOADED) {
      image("interpreter", part, image, BlockCounting.FASTEST, once, loop);
      return;
    }
    image("counted by blocks, java", part, image, BlockCounting.JAVA, once, loop);
    if (BlockCounting.nativeWorks()) {
      image("counted by blocks, native", part, image, BlockCounting.NATIVE, once, loop);
    }
  }

  private void image(
      String how,
      McuConfig part,
      FirmwareImage image,
      BlockCounting counting,
      List<String> once,
      List<String> loop) {
    try (Mcu mcu = Mcu.create(part, image, counting)) {
      Outcome reset = mcu.reset(10_000_000);
      if (!(reset instanceof Outcome.Parked)) {
        throw new IllegalStateException("the image does not park: " + reset);
      }
      mcu.reserveStack(512);
      Script script = new Script(mcu);
      for (String call : once) {
        script.call(call);
      }
      Rate calls =
          best(
              () -> {
                for (int i = 0; i < 200; i++) {
                  for (String call : loop) {
                    script.call(call);
                  }
                }
                return 200L * loop.size();
              });
      double cyclesPerCall = (double) script.cycles / script.calls;
      out.printf(
          Locale.ROOT,
          "  %-25s %.1f M cycles/s, %.2f M calls/s, %.0f ns and %.1f cycles a call"
              + " (%.1f M cycles a second of processor time)%n",
          how,
          calls.perSecond() * cyclesPerCall / 1e6,
          calls.perSecond() / 1e6,
          1e9 / calls.perSecond(),
          cyclesPerCall,
          calls.perCpuSecond() * cyclesPerCall / 1e6);
    }
  }

  private static final class Script {
    private final Mcu mcu;
    private final Map<String, Parsed> parsed = new java.util.HashMap<>();
    private int last;
    private long calls;
    private long cycles;

    private record Parsed(long function, List<String> arguments) {}

    Script(Mcu mcu) {
      this.mcu = mcu;
    }

    void call(String text) {
      Parsed call = parsed.computeIfAbsent(text, this::parse);
      int[] arguments = new int[call.arguments.size()];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = value(call.arguments.get(i));
      }
      Outcome outcome = mcu.call(call.function, BUDGET, arguments);
      if (!(outcome instanceof Outcome.Returned returned) || returned.value() < 0) {
        throw new IllegalStateException(text + ": " + outcome);
      }
      last = returned.value();
      calls++;
      cycles += returned.cycles();
    }

    private Parsed parse(String text) {
      int colon = text.indexOf(':');
      String function = colon < 0 ? text : text.substring(0, colon);
      List<String> arguments =
          colon < 0 ? List.of() : List.of(text.substring(colon + 1).split(",", 5));
      return new Parsed(
          mcu.image()
              .function(function)
              .orElseThrow(() -> new IllegalArgumentException("no function " + function)),
          arguments);
    }

    private int value(String argument) {
      return switch (argument) {
        case "last" -> last;
        case "free" -> (int) ((mcu.image().sramUsedEnd(SRAM) + 7) & ~7L);
        default -> Long.decode(argument).intValue();
      };
    }
  }

  private static byte[] halfwords(int[] halfwords) {
    byte[] bytes = new byte[2 * halfwords.length];
    for (int i = 0; i < halfwords.length; i++) {
      bytes[2 * i] = (byte) halfwords[i];
      bytes[2 * i + 1] = (byte) (halfwords[i] >>> 8);
    }
    return bytes;
  }
}
