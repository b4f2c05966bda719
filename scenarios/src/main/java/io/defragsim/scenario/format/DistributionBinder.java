package io.defragsim.scenario.format;

import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.schema.Key;
import io.defragsim.scenario.schema.Reading;
import io.defragsim.scenario.schema.Type;
import io.defragsim.scenario.schema.Types;
import io.defragsim.workload.Variate;
import io.defragsim.workload.Variate.Choice;
import io.defragsim.workload.Variate.Constant;
import io.defragsim.workload.Variate.Counts;
import io.defragsim.workload.Variate.Geometric;
import io.defragsim.workload.Variate.Uniform;
import io.defragsim.workload.Variate.Weighted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads distributions, of sizes or of numbers. */
@SuppressWarnings("ImmutableEnumChecker") // types and keys have no state
enum DistributionBinder {
  SIZES(Quantity.Kind.SIZE, "bytes", "( ?(B|KiB|MiB))?"),
  COUNTS(Quantity.Kind.COUNT, "a number", ""),
  LIVES(Quantity.Kind.COUNT, "a number of operations, or \"forever\"", "|forever");

  private static final String EXPECTED =
      "a number or a distribution: {\"uniform\": [16, 200]}, {\"geometric\": 30},"
          + " {\"choice\": [{\"weight\": 9, \"value\": 16}, ...]}, {\"counts\": {\"16\": 9, ...}}";
  private static final String FOREVER = "forever";
  private static final String OFTEN = "how often, relative to the others";

  /** Without a "max" of its own a geometric distribution ends at so many times its mean. */
  private static final long TAIL = 10;

  private static final int MOST_WEIGHT = 1_000_000;

  /** How many numbers a table of counts has at most. */
  static final int MOST_COUNTS = 10_000;

  private static final Pattern PLAIN = Pattern.compile("[0-9]+");

  private final Type.Amount<Variate> constant;
  private final Type.Amount<Long> number;

  /** A distribution that is no number has one of these keys. */
  private final List<Key<Variate>> kinds;

  /**
   * @param what what the numbers are
   * @param rest as a pattern, what may stand behind or instead of a number in a table of counts
   */
  DistributionBinder(Quantity.Kind kind, String what, String rest) {
    constant = new Type.Amount<>(kind, 1, Variate.LARGEST, 1, Constant::new);
    number = new Type.Amount<>(kind, 1, Variate.LARGEST, 1, value -> value);
    kinds =
        List.of(
            kind("constant", constant, "Always the same: " + what + "."),
            kind("uniform", uniform(), "All from the smallest to the largest alike: " + what + "."),
            kind("geometric", geometric(), "Mostly small with a long tail: " + what + "."),
            kind("choice", choice(), "One of several distributions by their weights."),
            kind("counts", counts(rest), "Each number as often as it was counted: " + what + "."));
  }

  private static Key<Variate> kind(String name, Type<Variate> type, String description) {
    return Key.must(name, type, EXPECTED, description);
  }

  private String called(String kind) {
    return name().toLowerCase(Locale.ROOT) + "." + kind;
  }

  /** How one is written. */
  Type<Variate> type() {
    return new Type.Reference<>(name().toLowerCase(Locale.ROOT), this::types);
  }

  private Type<Variate> types() {
    List<Type<?>> types = new ArrayList<>(List.of(constant));
    if (this == LIVES) {
      types.add(new Type.Word<>("", Map.of(FOREVER, Variate.FOREVER), ""));
    }
    for (Key<Variate> kind : kinds) {
      types.add(
          new Type.Struct<>(
              called(kind.name()), EXPECTED, kind.description(), List.of(kind), fields -> null));
    }
    return new Type.Own<>(types, this::read);
  }

  private @Nullable Variate read(Json json, Reading in) {
    if (json instanceof Json.Text text && text.value().equals(FOREVER)) {
      if (this == LIVES) {
        return new Constant(Variate.FOREVER);
      }
      throw new Unreadable("\"forever\" is for lifetimes and holds only");
    }
    if (json instanceof Json.Numeral || json instanceof Json.Text) {
      return constant.of(json, in);
    }
    if (!(json instanceof Json.Obj obj)) {
      throw new Unreadable("%s where %s is expected", json.kind(), EXPECTED);
    }
    List<String> names = kinds.stream().map(Key::name).toList();
    int members = obj.members().size();
    if (members != 1) {
      throw new Unreadable(
          "a distribution has one key, one of: %s; this has %s",
          String.join(", ", names), members == 0 ? "none" : members);
    }
    Json.Member member = obj.members().get(0);
    int kind = names.indexOf(member.key());
    if (kind < 0) {
      in.problems()
          .add(
              member.keyAt(),
              "\"" + member.key() + "\" is no distribution" + Nearest.hint(member.key(), names));
      return null;
    }
    return kinds.get(kind).type().read(member.value(), in);
  }

  private Type<Variate> uniform() {
    Type.Sequence<Long> ends = new Type.Sequence<>(number, 2, 2, "", "");
    return new Type.Own<>(
        List.of(ends),
        (json, in) -> {
          if (!(json instanceof Json.Array array) || array.elements().size() != 2) {
            throw new Unreadable("expected the smallest and the largest value, like [16, 200]");
          }
          List<Long> read = ends.of(json, in);
          if (read.size() < 2) {
            return null;
          }
          if (read.get(0) > read.get(1)) {
            throw new Unreadable(
                "the smallest value, %d, is above the largest, %d", read.get(0), read.get(1));
          }
          return new Uniform(read.get(0), read.get(1));
        });
  }

  private Type<Variate> geometric() {
    Key<Long> mean = Key.must("mean", number, "the mean value", "the mean before the tail is cut");
    Key<Long> min = Key.may("min", number, 1, "the smallest value");
    Key<Long> max =
        Key.may("max", number, "where the tail is cut; " + TAIL + " times the mean if left out");
    return Types.either(
        new Type.Amount<>(number.kind(), 1, Variate.LARGEST, 1, of -> geometric(of, 1, null)),
        new Type.Struct<>(
            called("geometricRange"),
            EXPECTED,
            "A geometric distribution.",
            List.of(mean, min, max),
            fields -> {
              Long middle = fields.get(mean);
              long least = fields.orStandard(min);
              Long most = fields.get(max);
              return middle != null && fields.isSound() ? geometric(middle, least, most) : null;
            }));
  }

  private static Variate geometric(long mean, long min, @Nullable Long max) {
    if (mean > Geometric.LARGEST_MEAN) {
      throw new Unreadable("a mean of %d is above %d", mean, Geometric.LARGEST_MEAN);
    }
    if (mean <= min || (max != null && max < mean)) {
      throw new Unreadable(
          "expected the mean, %d, above the smallest value, %d%s",
          mean, min, max == null ? "" : ", and not above the largest, " + max);
    }
    return new Geometric(mean, min, max == null ? TAIL * mean : max);
  }

  private Type<Variate> choice() {
    Type.Sequence<Weighted> options =
        new Type.Sequence<>(
            Type.Struct.of(
                called("option"),
                "an option like {\"weight\": 9, \"value\": 16}",
                "A distribution and how often it is taken.",
                Key.must("weight", Types.count(1, MOST_WEIGHT), OFTEN, OFTEN),
                Key.must("value", type(), EXPECTED, "a number or a distribution"),
                Weighted::new),
            "an array of {\"weight\": 9, \"value\": ...}");
    return new Type.Own<>(
        List.of(options),
        (json, in) -> {
          List<Weighted> read = options.of(json, in);
          return read.isEmpty() ? null : new Choice(read);
        });
  }

  /** Numbers by how often they were counted; an object's keys are strings, so numbers are too. */
  private Type<Variate> counts(String rest) {
    String like = "numbers and how often each was counted, like {\"16\": 9, \"200\": 1}";
    Type.Dictionary<Long> table =
        new Type.Dictionary<>(
            Types.text(
                "^([1-9][0-9]{0,9}" + rest + ")$", "expected a number from 1, as in {\"16\": 9}"),
            Types.count(1L, Variate.LARGEST),
            1,
            MOST_COUNTS,
            like);
    return new Type.Own<>(
        List.of(table),
        (json, in) -> {
          Map<Long, Long> counts = new LinkedHashMap<>();
          for (Type.Entry<Long> entry : table.of(json, in)) {
            Long value = counted(entry.member(), in);
            if (value != null && counts.putIfAbsent(value, entry.value()) != null) {
              in.problems()
                  .add(
                      entry.member().keyAt(),
                      "\"" + entry.member().key() + "\" is a number that has its count already");
            }
          }
          return counts.isEmpty() ? null : Counts.of(counts);
        });
  }

  private @Nullable Long counted(Json.Member member, Reading in) {
    String written = member.key();
    return written.equals(FOREVER)
        ? Long.valueOf(Variate.FOREVER)
        : number.read(
            PLAIN.matcher(written).matches()
                ? new Json.Numeral(member.keyAt(), written)
                : new Json.Text(member.keyAt(), written),
            in);
  }
}
