package io.defragsim.emulator.bench;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.engine.unicorn.BlockCounting;
import io.defragsim.emulator.image.FirmwareImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How fast the calls of an image are, on a part that it fits.
 *
 * <p>Calls are given as texts: {@code function:argument,...}, where an argument is a number (0x for
 * hexadecimal), {@code free} for the first SRAM address behind the image's data, or {@code last}
 * for what the last call returned.
 *
 * @param once calls before the measurement
 * @param loop calls that are measured, one after the other, again and again
 */
public record ImageBenchmark(Rounds rounds, List<String> once, List<String> loop) {
  private static final long SRAM = 0x2000_0000L;
  private static final int TURNS = 200;
  private static final int COUNTED = 1000;
  private static final McuConfig PART =
      new McuConfig("benchmark", 48_000_000, 48_000_000, 1, 32 * 1024, SRAM, 8192);

  /**
   * The calls, counted in one way.
   *
   * @param way in which they are counted
   * @param calls their rate
   * @param cycles of the first {@value #COUNTED} turns of the loop
   * @param cyclesPerCall on average
   */
  public record Calls(String way, Rate calls, long cycles, double cyclesPerCall) {}

  /**
   * The calls of {@code image}, counted in each way that this machine has.
   *
   * @throws IllegalStateException if these count other cycles, or a call fails
   */
  public List<Calls> of(FirmwareImage image) {
    List<Calls> all = new ArrayList<>();
    for (BlockCounting counting : BlockCounting.here()) {
      all.add(of(Mcu.create(PART, image, counting), counting.place()));
    }
    all.add(of(Mcu.create(PART, image, Strictness.STRICT, List.of()), "no engine"));
    long cycles = all.get(0).cycles();
    if (all.stream().anyMatch(calls -> calls.cycles() != cycles)) {
      throw new IllegalStateException(image.name() + ": ways of counting disagree: " + all);
    }
    return all;
  }

  private Calls of(Mcu fresh, String way) {
    try (Mcu mcu = fresh) {
      Outcome reset = mcu.reset(10_000_000);
      if (!(reset instanceof Outcome.Parked)) {
        throw new IllegalStateException("the image does not park: " + reset);
      }
      mcu.reserveStack(512);
      Script script = new Script(mcu);
      once.forEach(script::call);
      long before = script.cycles;
      for (int turn = 0; turn < COUNTED; turn++) {
        loop.forEach(script::call);
      }
      long cycles = script.cycles - before;
      Rate rate =
          rounds.best(
              () -> {
                for (int turn = 0; turn < TURNS; turn++) {
                  loop.forEach(script::call);
                }
                return (long) TURNS * loop.size();
              });
      return new Calls(way, rate, cycles, (double) cycles / COUNTED / loop.size());
    }
  }

  private static final class Script {
    private final Mcu mcu;
    private final Map<String, Parsed> parsed = new HashMap<>();
    private int last;
    private long cycles;

    private record Parsed(long function, List<String> arguments) {}

    Script(Mcu mcu) {
      this.mcu = mcu;
    }

    void call(String text) {
      Parsed call = parsed.computeIfAbsent(text, this::parse);
      int[] arguments = call.arguments.stream().mapToInt(this::value).toArray();
      Outcome outcome = mcu.call(call.function, Long.MAX_VALUE / 2, arguments);
      if (!(outcome instanceof Outcome.Returned returned) || returned.value() < 0) {
        throw new IllegalStateException(text + ": " + outcome);
      }
      last = returned.value();
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
}
