package io.defragsim.scenario.format;

import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.schema.Fields;
import io.defragsim.scenario.schema.Key;
import io.defragsim.scenario.schema.KeyRule;
import io.defragsim.scenario.schema.Type;
import io.defragsim.scenario.schema.Types;
import io.defragsim.workload.Generator;
import io.defragsim.workload.Variate;
import io.defragsim.workload.Workload;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code generate}. */
final class GeneratorBinder {
  private static final long LARGEST_FILL = 0xFFFF_FFFFL;
  private static final String LIKE = "a number or a distribution, like {\"uniform\": [16, 200]}";
  private static final String OFTEN = "how often, like \"10 %\"";

  static final Key<Integer> OPERATIONS =
      Key.must(
          "operations",
          Types.count(1, Workload.MOST_OPERATIONS),
          "how many operations to generate",
          "how many; waits and the unlocks at the end of the phase come on top");
  static final Key<Long> SEED =
      Key.may(
          "seed",
          Types.count(0, Long.MAX_VALUE - 1),
          "where this phase's random numbers start; from the scenario's seed and the phase's"
              + " place if left out");
  static final Key<Variate> SIZES =
      Key.may("sizes", DistributionBinder.SIZES.type(), "requested payload of a block");
  static final Key<Variate> LIFETIMES =
      Key.may(
          "lifetimes",
          DistributionBinder.LIVES.type(),
          "forever",
          "operations from a block's allocation to its free; \"forever\" is never");
  static final Key<Long> FILL =
      Key.must(
          "fill",
          Types.size(1, LARGEST_FILL),
          "the most requested payload alive at once, like \"1500 B\"",
          "the most requested payload that generated blocks have together; a block that does not"
              + " fit makes the one go first whose life ends next");
  static final Key<Integer> BLOCKS =
      Key.may(
          "blocks",
          Types.count(1, Integer.MAX_VALUE),
          "the most generated blocks alive; no bound if left out");
  static final Key<Generator.Locks> LOCKS =
      Key.may(
          "locks",
          Type.Struct.of(
              "locks",
              "{\"rate\": \"10 %\", \"hold\": 8}",
              "Locks of blocks.",
              Key.must("rate", Types.rate(), OFTEN, "the chance that an operation is a lock"),
              Key.must(
                  "hold",
                  DistributionBinder.LIVES.type(),
                  LIKE,
                  "how many operations a lock is held; \"forever\": until the phase ends"),
              Generator.Locks::new),
          "locks, and how long they are held");
  static final Key<Integer> WRITES =
      Key.may("writes", Types.rate(), 0, "the chance that an operation is a write");
  static final Key<Generator.Grow> GROW =
      Key.may(
          "grow",
          Type.Struct.of(
              "grow",
              "{\"rate\": \"5 %\", \"by\": 16}",
              "Growths of blocks.",
              Key.must("rate", Types.rate(), OFTEN, "the chance that an operation is a growth"),
              Key.must("by", DistributionBinder.SIZES.type(), LIKE, "by how many bytes"),
              Generator.Grow::new),
          "growths, and by how many bytes");
  static final Key<Generator.Bursts> BURSTS =
      Key.may(
          "bursts",
          Type.Struct.of(
              "bursts",
              "{\"length\": 8, \"every\": 200}",
              "Allocations in a row.",
              Key.must(
                  "length", DistributionBinder.COUNTS.type(), LIKE, "so many allocations in a row"),
              every("from one burst to the next so many operations"),
              Generator.Bursts::new),
          "allocations in a row now and then");
  static final Key<Generator.Waits> WAITS =
      Key.may(
          "waits",
          Type.Struct.of(
              "waits",
              "{\"every\": 100, \"for\": \"1 ms\"}",
              "Pauses of the program.",
              every("a pause after every so many operations"),
              Key.must(
                  "for",
                  Types.duration(1, WorkloadBinder.LONGEST),
                  "a duration, like \"1 ms\"",
                  "how long the program sleeps; idle steps run in it"),
              Generator.Waits::new),
          "pauses of the program now and then");

  static final Key<String> NAME =
      Key.must(
          "name",
          Types.name("a kind needs a name"),
          "what its blocks are called",
          "what its blocks are called; the kinds of that name in other phases are the same one");
  static final Key<Integer> WEIGHT =
      Key.may(
          "weight",
          Types.count(1, Integer.MAX_VALUE),
          1,
          "how often a block is of this kind, relative to the others");
  private static final Key<Variate> SIZES_OF_KIND =
      Key.must(SIZES.name(), SIZES.type(), LIKE, SIZES.description());
  private static final int MOST_KINDS = 1000;
  static final Key<List<Generator.Kind>> KINDS =
      Key.may("kinds", kinds(fields -> null), "blocks of several kinds, side by side");

  private static Type.Sequence<Generator.Kind> kinds(Function<Fields, Generator.Kind> bind) {
    return new Type.Sequence<>(
        new Type.Struct<>(
            "kind",
            "a kind of blocks like {\"name\": \"packet\", \"weight\": 5, \"sizes\": ...}",
            "Blocks of one sort.",
            List.of(NAME, WEIGHT, SIZES_OF_KIND, LIFETIMES, LOCKS, WRITES, GROW),
            bind),
        1,
        MOST_KINDS,
        "an array of kinds: [{\"name\": \"packet\", \"sizes\": ...}, ...]",
        " kinds are too many: expected at most " + MOST_KINDS);
  }

  private static Key<Integer> every(String description) {
    return Key.must(
        "every", Types.count(1, Workload.MOST_OPERATIONS), "a number of operations", description);
  }

  /** How a generator is written. */
  static final Type<Generator> TYPE =
      new Type.Struct<>(
          "generate",
          "an object with \"operations\", \"sizes\" and \"fill\"",
          "Operations drawn at random, the same ones in every run and on every image.",
          List.of(
              OPERATIONS,
              SEED,
              SIZES,
              LIFETIMES,
              KINDS,
              FILL,
              BLOCKS,
              LOCKS,
              WRITES,
              GROW,
              BURSTS,
              WAITS),
          List.of(
              new KeyRule.One(
                  List.of(SIZES, KINDS),
                  "\"sizes\" is missing: expected " + LIKE + ", or \"kinds\" of blocks",
                  " in one phase: each kind has its own sizes"),
              new KeyRule.Never(
                  KINDS,
                  List.of(LIFETIMES, LOCKS, WRITES, GROW),
                  "beside \"kinds\" this has no place: each kind has its own")),
          GeneratorBinder::bind);

  private GeneratorBinder() {}

  private static @Nullable Generator bind(Fields fields) {
    long usualSeed = ScenarioReading.of(fields.in()).nextSeed();
    Integer operations = fields.get(OPERATIONS);
    Long seed = fields.get(SEED);
    Long fill = fields.get(FILL);
    Integer blocks = fields.get(BLOCKS);
    Generator.Bursts bursts = fields.get(BURSTS);
    Generator.Waits waits = fields.get(WAITS);
    List<Generator.Kind> kinds;
    if (fields.has(KINDS)) {
      Set<String> names = new HashSet<>();
      kinds = fields.get(KINDS, kinds(each -> kind(each, fill, names)));
    } else {
      Generator.Kind only = kind(fields, Generator.Kind.UNNAMED, 1, fields.get(SIZES), fill);
      kinds = only == null ? null : List.of(only);
    }
    checkRates(kinds == null ? List.of() : kinds);
    if (!fields.isSound() || operations == null || kinds == null || fill == null) {
      return null;
    }
    return new Generator(
        operations,
        seed == null ? usualSeed : seed,
        kinds,
        fill,
        blocks == null ? Integer.MAX_VALUE : blocks,
        bursts,
        waits);
  }

  private static Generator.@Nullable Kind kind(
      Fields fields, @Nullable Long fill, Set<String> names) {
    String name = fields.get(NAME);
    int weight = fields.orStandard(WEIGHT);
    if (name != null && !names.add(name)) {
      fields.problem(NAME, "\"%s\" is the name of another kind", name);
    }
    return kind(fields, name, weight, fields.get(SIZES_OF_KIND), fill);
  }

  /** What the members say that a phase without kinds has itself. */
  private static Generator.@Nullable Kind kind(
      Fields fields,
      @Nullable String name,
      int weight,
      @Nullable Variate sizes,
      @Nullable Long fill) {
    Variate lifetimes = fields.orStandard(LIFETIMES);
    Generator.Locks locks = fields.get(LOCKS);
    int writes = fields.orStandard(WRITES);
    Generator.Grow grow = fields.get(GROW);
    if (sizes != null && fill != null && sizes.max() > fill) {
      fields.problem(
          SIZES,
          "sizes go up to %d bytes, more than the fill of %d: such a block could never be allocated",
          sizes.max(),
          fill);
    }
    return name == null || sizes == null
        ? null
        : new Generator.Kind(name, weight, sizes, lifetimes, locks, writes, grow);
  }

  private static void checkRates(List<Generator.Kind> kinds) {
    long rates = kinds.stream().mapToLong(Generator.Kind::usePpm).sum();
    if (rates >= 1_000_000) {
      throw new Unreadable(
          "the rates of locks, writes and grow add up to %d %%: below 100 %%, or nothing is ever"
              + " allocated",
          rates / 10_000);
    }
  }
}
