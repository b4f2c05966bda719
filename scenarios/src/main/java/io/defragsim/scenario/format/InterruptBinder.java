package io.defragsim.scenario.format;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.emulator.timing.CycleModel;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.Problems;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code interrupts}: periodic interrupts from outside. */
final class InterruptBinder {
  private static final String EXPECTED = "interrupts like [{\"every\": \"1 ms\", \"cycles\": 120}]";

  /** External interrupts of a Cortex-M0. */
  private static final int MOST = 32;

  private static final int LONGEST_NAME = 20;
  private static final long LONGEST = WorkloadBinder.LONGEST;
  private static final int LEAST_URGENT = 3;

  private static final Shape SHAPE =
      Shape.of(
              "interrupt",
              "{\"every\": \"1 ms\", \"cycles\": 120}",
              "A periodic interrupt from outside, while the program runs or sleeps.")
          .may(
              "name",
              new Form.Text("^(?=.*\\S).{1," + LONGEST_NAME + "}$"),
              "what reports call it, up to "
                  + LONGEST_NAME
                  + " characters; IRQ and its number if left out")
          .must(
              "every",
              Form.duration(1, LONGEST),
              "the time from one request to the next, like \"1 ms\"",
              "from one request to the next, a duration")
          .must(
              "cycles",
              Form.duration(1, LONGEST),
              "what one takes, entry and return included, like 120",
              "how long one takes, entry and return included, a duration: at least 32 cycles, 30 on"
                  + " a Cortex-M0+, and with wait states three times their number more")
          .may(
              "at",
              Form.duration(0, LONGEST),
              "from the park to the first request, a duration; one period if left out")
          .may(
              "priority",
              Form.count(0, LEAST_URGENT),
              0,
              "a lower one is more urgent and interrupts the handlers of others");

  static final Form FORM = new Form.Sequence(new Form.Struct(SHAPE), 1, MOST);

  private final Problems problems;
  private final OptionalLong clockHz;

  /** Null if the part has problems of its own. */
  private final @Nullable McuConfig mcu;

  InterruptBinder(Problems problems, @Nullable McuConfig mcu) {
    this.problems = problems;
    this.mcu = mcu;
    clockHz = mcu == null ? OptionalLong.empty() : OptionalLong.of(mcu.clockHz());
  }

  /** The interrupts in their order; empty with problems. */
  List<InterruptSource> bind(Json json) {
    List<Json> elements = Fields.elements(json, EXPECTED, problems);
    if (elements == null) {
      return List.of();
    }
    if (elements.size() > MOST) {
      problems.add(
          json.at(),
          elements.size() + " interrupts: a Cortex-M0 has " + MOST + " lines, one for each");
      return List.of();
    }
    int before = problems.count();
    List<InterruptSource> sources = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Json element : elements) {
      InterruptSource source = source(element, sources.size(), names);
      if (source != null) {
        sources.add(source);
      }
    }
    if (problems.count() > before) {
      return List.of();
    }
    checkLoad(json, sources);
    return sources;
  }

  private @Nullable InterruptSource source(Json json, int irq, Set<String> names) {
    Fields fields = Fields.of(json, SHAPE, problems);
    if (fields == null) {
      return null;
    }
    int before = problems.count();
    String name = fields.text("name");
    if (name != null && (name.isBlank() || name.length() > LONGEST_NAME)) {
      fields.problem("name", "a name has 1 to " + LONGEST_NAME + " characters");
    }
    String called = name == null ? "IRQ " + irq : name;
    if (!names.add(called)) {
      fields.problem("name", "\"" + called + "\" is the name of another interrupt");
    }
    Long every = fields.quantity("every", clockHz);
    Long cycles = fields.quantity("cycles", clockHz);
    Long first = fields.quantity("at", clockHz);
    Integer priority = fields.count("priority");
    fields.done();
    if (cycles != null && mcu != null) {
      checkLeast(fields, cycles, mcu);
    }
    if (cycles != null && every != null && cycles >= every) {
      fields.problem(
          "cycles",
          cycles
              + " cycles every "
              + every
              + " leave the program none: expected at most "
              + (every - 1));
    }
    return every == null || cycles == null || problems.count() > before
        ? null
        : new InterruptSource(
            called, first == null ? every : first, every, cycles, priority == null ? 0 : priority);
  }

  private static void checkLeast(Fields fields, long cycles, McuConfig mcu) {
    CycleModel model = mcu.timing();
    int least = model.shortestInterrupt();
    int entry = least - model.exceptionReturn() - model.flash().refetch(0);
    if (cycles < least) {
      fields.problem(
          "cycles",
          String.format(
              Locale.ROOT,
              "%d is too short: a %s takes %d cycles to enter an interrupt and %d to return, so"
                  + " expected %d or more",
              cycles,
              mcu.core().title(),
              entry,
              least - entry,
              least));
    }
  }

  /** All together must leave the program some time, else what is asked of it never ends. */
  private void checkLoad(Json json, List<InterruptSource> sources) {
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
      problems.add(
          json.at(),
          "all interrupts together take " + percent + " % of the time and leave the program none");
    }
  }
}
