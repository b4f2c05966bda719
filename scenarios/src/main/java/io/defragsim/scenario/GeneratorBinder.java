package io.defragsim.scenario;

import io.defragsim.workload.Distribution;
import io.defragsim.workload.Generator;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads {@code generate}. */
final class GeneratorBinder {
  private static final long LARGEST_FILL = 0xFFFF_FFFFL;

  private final Problems problems;
  private final OptionalLong clockHz;
  private final long scenarioSeed;
  private int phases;

  GeneratorBinder(Problems problems, OptionalLong clockHz, long scenarioSeed) {
    this.problems = problems;
    this.clockHz = clockHz;
    this.scenarioSeed = scenarioSeed;
  }

  /** The generator; null with problems. */
  @Nullable Generator bind(Json json) {
    phases++;
    Fields fields =
        Fields.of(json, "an object with \"operations\", \"sizes\" and \"fill\"", problems);
    if (fields == null) {
      return null;
    }
    int before = problems.count();
    if (!fields.has("operations")) {
      fields.required("operations", "how many operations to generate");
    }
    Integer operations = fields.count("operations", 1, WorkloadBinder.MOST_OPERATIONS);
    Long seed =
        fields.quantity("seed", Quantity.Kind.COUNT, 0, Long.MAX_VALUE - 1, OptionalLong.empty());
    Distribution sizes = distribution(fields, "sizes", Quantity.Kind.SIZE, false, true);
    Distribution lifetimes = distribution(fields, "lifetimes", Quantity.Kind.COUNT, true, false);
    if (!fields.has("fill")) {
      fields.required("fill", "the most requested payload alive at once, like \"1500 B\"");
    }
    Long fill = fields.size("fill", 1, LARGEST_FILL);
    Integer blocks = fields.count("blocks", 1, Integer.MAX_VALUE);
    Generator.Locks locks = locks(fields);
    Integer writes = fields.rate("writes");
    Generator.Grow grow = grow(fields);
    Generator.Bursts bursts = bursts(fields);
    Generator.Waits waits = waits(fields);
    fields.done();
    if (sizes != null && fill != null && sizes.max() > fill) {
      fields.problem(
          "sizes",
          "sizes go up to "
              + sizes.max()
              + " bytes, more than the fill of "
              + fill
              + ": such a block could never be allocated");
    }
    long rates =
        (locks == null ? 0L : locks.ratePpm())
            + (writes == null ? 0 : writes)
            + (grow == null ? 0 : grow.ratePpm());
    if (rates >= 1_000_000) {
      problems.add(
          fields.at(),
          "the rates of locks, writes and grow add up to "
              + rates / 10_000
              + " %: below 100 %, or nothing is ever allocated");
    }
    if (problems.count() > before || operations == null || sizes == null || fill == null) {
      return null;
    }
    return new Generator(
        operations,
        seed == null ? Generator.seedOfPhase(scenarioSeed, phases) : seed,
        sizes,
        lifetimes == null ? new Distribution.Constant(Distribution.FOREVER) : lifetimes,
        fill,
        blocks == null ? Integer.MAX_VALUE : blocks,
        locks,
        writes == null ? 0 : writes,
        grow,
        bursts,
        waits);
  }

  private @Nullable Distribution distribution(
      Fields fields, String key, Quantity.Kind kind, boolean forever, boolean required) {
    Json json =
        required
            ? fields.required(key, "a number or a distribution, like {\"uniform\": [16, 200]}")
            : fields.optional(key);
    return json == null ? null : new DistributionBinder(problems, kind, forever).bind(json);
  }

  private Generator.@Nullable Locks locks(Fields parent) {
    Fields fields = parent.object("locks", "{\"rate\": \"10 %\", \"hold\": 8}");
    if (fields == null) {
      return null;
    }
    Integer rate = rate(fields);
    Distribution hold = distribution(fields, "hold", Quantity.Kind.COUNT, true, true);
    fields.done();
    return rate == null || hold == null ? null : new Generator.Locks(rate, hold);
  }

  private Generator.@Nullable Grow grow(Fields parent) {
    Fields fields = parent.object("grow", "{\"rate\": \"5 %\", \"by\": 16}");
    if (fields == null) {
      return null;
    }
    Integer rate = rate(fields);
    Distribution by = distribution(fields, "by", Quantity.Kind.SIZE, false, true);
    fields.done();
    return rate == null || by == null ? null : new Generator.Grow(rate, by);
  }

  private @Nullable Integer rate(Fields fields) {
    if (!fields.has("rate")) {
      fields.required("rate", "how often, like \"10 %\"");
    }
    return fields.rate("rate");
  }

  private Generator.@Nullable Bursts bursts(Fields parent) {
    Fields fields = parent.object("bursts", "{\"length\": 8, \"every\": 200}");
    if (fields == null) {
      return null;
    }
    Distribution length = distribution(fields, "length", Quantity.Kind.COUNT, false, true);
    Integer every = every(fields);
    fields.done();
    return length == null || every == null ? null : new Generator.Bursts(length, every);
  }

  private Generator.@Nullable Waits waits(Fields parent) {
    Fields fields = parent.object("waits", "{\"every\": 100, \"for\": \"1 ms\"}");
    if (fields == null) {
      return null;
    }
    Integer every = every(fields);
    if (!fields.has("for")) {
      fields.required("for", "a duration, like \"1 ms\"");
    }
    Long cycles = fields.quantity("for", Quantity.Kind.DURATION, 1, 1L << 48, clockHz);
    fields.done();
    return every == null || cycles == null ? null : new Generator.Waits(every, cycles);
  }

  private @Nullable Integer every(Fields fields) {
    if (!fields.has("every")) {
      fields.required("every", "a number of operations");
    }
    return fields.count("every", 1, WorkloadBinder.MOST_OPERATIONS);
  }
}
