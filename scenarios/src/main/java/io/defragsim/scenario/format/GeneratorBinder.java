package io.defragsim.scenario.format;

import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.Problems;
import io.defragsim.workload.Distribution;
import io.defragsim.workload.Generator;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads {@code generate}. */
final class GeneratorBinder {
  private static final long LARGEST_FILL = 0xFFFF_FFFFL;
  private static final String SIZES = "a number or a distribution, like {\"uniform\": [16, 200]}";

  private static final Shape LOCKS =
      Shape.of("locks", "{\"rate\": \"10 %\", \"hold\": 8}", "Locks of blocks.")
          .must(
              "rate",
              Form.rate(),
              "how often, like \"10 %\"",
              "the chance that an operation is a lock")
          .must(
              "hold",
              DistributionBinder.Of.LIVES.form(),
              SIZES,
              "how many operations a lock is held; \"forever\": until the phase ends");

  private static final Shape GROW =
      Shape.of("grow", "{\"rate\": \"5 %\", \"by\": 16}", "Growths of blocks.")
          .must(
              "rate",
              Form.rate(),
              "how often, like \"10 %\"",
              "the chance that an operation is a growth")
          .must("by", DistributionBinder.Of.SIZES.form(), SIZES, "by how many bytes");

  private static final Shape BURSTS =
      Shape.of("bursts", "{\"length\": 8, \"every\": 200}", "Allocations in a row.")
          .must(
              "length", DistributionBinder.Of.COUNTS.form(), SIZES, "so many allocations in a row")
          .must(
              "every",
              Form.count(1, WorkloadBinder.MOST_OPERATIONS),
              "a number of operations",
              "from one burst to the next so many operations");

  private static final Shape WAITS =
      Shape.of("waits", "{\"every\": 100, \"for\": \"1 ms\"}", "Pauses of the program.")
          .must(
              "every",
              Form.count(1, WorkloadBinder.MOST_OPERATIONS),
              "a number of operations",
              "a pause after every so many operations")
          .must(
              "for",
              Form.duration(1, WorkloadBinder.LONGEST),
              "a duration, like \"1 ms\"",
              "how long the program sleeps; idle steps run in it");

  static final Shape SHAPE =
      Shape.of(
              "generate",
              "an object with \"operations\", \"sizes\" and \"fill\"",
              "Operations drawn at random, the same ones in every run and on every image.")
          .must(
              "operations",
              Form.count(1, WorkloadBinder.MOST_OPERATIONS),
              "how many operations to generate",
              "how many; waits and the unlocks at the end of the phase come on top")
          .may(
              "seed",
              Form.count(0, Long.MAX_VALUE - 1),
              "where this phase's random numbers start; from the scenario's seed and the phase's"
                  + " place if left out")
          .must("sizes", DistributionBinder.Of.SIZES.form(), SIZES, "requested payload of a block")
          .may(
              "lifetimes",
              DistributionBinder.Of.LIVES.form(),
              "forever",
              "operations from a block's allocation to its free; \"forever\" is never")
          .must(
              "fill",
              Form.size(1, LARGEST_FILL),
              "the most requested payload alive at once, like \"1500 B\"",
              "the most requested payload that generated blocks have together; a block that does not"
                  + " fit makes the one go first whose life ends next")
          .may(
              "blocks",
              Form.count(1, Integer.MAX_VALUE),
              "the most generated blocks alive; no bound if left out")
          .may("locks", new Form.Struct(LOCKS), "locks, and how long they are held")
          .may("writes", Form.rate(), 0, "the chance that an operation is a write")
          .may("grow", new Form.Struct(GROW), "growths, and by how many bytes")
          .may("bursts", new Form.Struct(BURSTS), "allocations in a row now and then")
          .may("waits", new Form.Struct(WAITS), "pauses of the program now and then");

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
    Fields fields = Fields.of(json, SHAPE, problems);
    if (fields == null) {
      return null;
    }
    int before = problems.count();
    Integer operations = fields.count("operations");
    Long seed = fields.quantity("seed");
    Distribution sizes = distribution(fields, "sizes", DistributionBinder.Of.SIZES);
    Distribution lifetimes = distribution(fields, "lifetimes", DistributionBinder.Of.LIVES);
    Long fill = fields.quantity("fill");
    Integer blocks = fields.count("blocks");
    Generator.Locks locks = locks(fields);
    Integer writes = fields.count("writes");
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

  private @Nullable Distribution distribution(Fields fields, String key, DistributionBinder.Of of) {
    Json json = fields.value(key);
    return json == null ? null : new DistributionBinder(problems, of).bind(json);
  }

  private Generator.@Nullable Locks locks(Fields parent) {
    Fields fields = parent.object("locks");
    if (fields == null) {
      return null;
    }
    Integer rate = fields.count("rate");
    Distribution hold = distribution(fields, "hold", DistributionBinder.Of.LIVES);
    fields.done();
    return rate == null || hold == null ? null : new Generator.Locks(rate, hold);
  }

  private Generator.@Nullable Grow grow(Fields parent) {
    Fields fields = parent.object("grow");
    if (fields == null) {
      return null;
    }
    Integer rate = fields.count("rate");
    Distribution by = distribution(fields, "by", DistributionBinder.Of.SIZES);
    fields.done();
    return rate == null || by == null ? null : new Generator.Grow(rate, by);
  }

  private Generator.@Nullable Bursts bursts(Fields parent) {
    Fields fields = parent.object("bursts");
    if (fields == null) {
      return null;
    }
    Distribution length = distribution(fields, "length", DistributionBinder.Of.COUNTS);
    Integer every = fields.count("every");
    fields.done();
    return length == null || every == null ? null : new Generator.Bursts(length, every);
  }

  private Generator.@Nullable Waits waits(Fields parent) {
    Fields fields = parent.object("waits");
    if (fields == null) {
      return null;
    }
    Integer every = fields.count("every");
    Long cycles = fields.quantity("for", clockHz);
    fields.done();
    return every == null || cycles == null ? null : new Generator.Waits(every, cycles);
  }
}
