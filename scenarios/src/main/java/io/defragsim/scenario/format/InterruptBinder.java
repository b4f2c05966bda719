package io.defragsim.scenario.format;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.emulator.timing.CycleModel;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.schema.Fields;
import io.defragsim.scenario.schema.Key;
import io.defragsim.scenario.schema.Reading;
import io.defragsim.scenario.schema.Type;
import io.defragsim.scenario.schema.Types;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code interrupts}: periodic interrupts from outside. */
final class InterruptBinder {
  /** External interrupts of a Cortex-M0. */
  private static final int MOST = 32;

  private static final int LONGEST_NAME = 20;
  private static final long LONGEST = WorkloadBinder.LONGEST;
  private static final int LEAST_URGENT = 3;

  private static final Key<String> NAME =
      Key.may(
          "name",
          new Type.Text("\\S", LONGEST_NAME, "a name has 1 to " + LONGEST_NAME + " characters"),
          "what reports call it, up to "
              + LONGEST_NAME
              + " characters; IRQ and its number if left out");
  private static final Key<Long> EVERY =
      Key.must(
          "every",
          Types.duration(1, LONGEST),
          "the time from one request to the next, like \"1 ms\"",
          "from one request to the next, a duration");
  private static final Key<Long> CYCLES =
      Key.must(
          "cycles",
          Types.duration(1, LONGEST),
          "what one takes, entry and return included, like 120",
          "how long one takes, entry and return included, a duration: at least 32 cycles, 30 on"
              + " a Cortex-M0+, and with wait states three times their number more");
  private static final Key<Long> FIRST =
      Key.may(
          "at",
          Types.duration(0, LONGEST),
          "from the park to the first request, a duration; one period if left out");
  private static final Key<Integer> PRIORITY =
      Key.may(
          "priority",
          Types.count(0, LEAST_URGENT),
          0,
          "a lower one is more urgent and interrupts the handlers of others");

  /** How interrupts are written. */
  static final Type<List<InterruptSource>> TYPE =
      new Type.Own<>(List.of(sources(fields -> null)), InterruptBinder::read);

  private InterruptBinder() {}

  private static Type.Sequence<InterruptSource> sources(Function<Fields, InterruptSource> bind) {
    return new Type.Sequence<>(
        new Type.Struct<>(
            "interrupt",
            "{\"every\": \"1 ms\", \"cycles\": 120}",
            "A periodic interrupt from outside, while the program runs or sleeps.",
            List.of(NAME, EVERY, CYCLES, FIRST, PRIORITY),
            bind),
        1,
        MOST,
        "interrupts like [{\"every\": \"1 ms\", \"cycles\": 120}]",
        " interrupts: a Cortex-M0 has " + MOST + " lines, one for each");
  }

  private static List<InterruptSource> read(Json json, Reading in) {
    int before = in.problems().count();
    Set<String> names = new HashSet<>();
    List<InterruptSource> sources = sources(fields -> source(fields, names)).of(json, in);
    if (in.problems().count() == before) {
      checkLoad(sources);
    }
    return sources;
  }

  private static @Nullable InterruptSource source(Fields fields, Set<String> names) {
    String name = fields.get(NAME);
    String called = name == null ? "IRQ " + names.size() : name;
    if (!names.add(called)) {
      fields.problem(NAME, "\"%s\" is the name of another interrupt", called);
    }
    Long every = fields.get(EVERY);
    Long cycles = fields.get(CYCLES);
    Long first = fields.get(FIRST);
    int priority = fields.orStandard(PRIORITY);
    McuConfig mcu = ScenarioReading.of(fields.in()).part;
    if (cycles != null && mcu != null) {
      checkLeast(fields, cycles, mcu);
    }
    if (cycles != null && every != null && cycles >= every) {
      fields.problem(
          CYCLES,
          "%d cycles every %d leave the program none: expected at most %d",
          cycles,
          every,
          every - 1);
    }
    return every == null || cycles == null
        ? null
        : new InterruptSource(called, first == null ? every : first, every, cycles, priority);
  }

  private static void checkLeast(Fields fields, long cycles, McuConfig mcu) {
    CycleModel model = mcu.timing();
    int least = model.shortestInterrupt();
    int entry = least - model.exceptionReturn() - model.flash().refetch(0);
    if (cycles < least) {
      fields.problem(
          CYCLES,
          "%d is too short: a %s takes %d cycles to enter an interrupt and %d to return, so"
              + " expected %d or more",
          cycles,
          mcu.core().title(),
          entry,
          least - entry,
          least);
    }
  }

  /** All together must leave the program some time, else what is asked of it never ends. */
  private static void checkLoad(List<InterruptSource> sources) {
    BigInteger taken = BigInteger.ZERO;
    BigInteger time = BigInteger.ONE;
    for (InterruptSource source : sources) {
      BigInteger every = BigInteger.valueOf(source.every());
      taken = taken.multiply(every).add(time.multiply(BigInteger.valueOf(source.cycles())));
      time = time.multiply(every);
    }
    if (taken.compareTo(time) >= 0) {
      BigDecimal percent =
          new BigDecimal(taken.multiply(BigInteger.valueOf(100)))
              .divide(new BigDecimal(time), 1, RoundingMode.DOWN);
      throw new Unreadable(
          "all interrupts together take %s %% of the time and leave the program none", percent);
    }
  }
}
