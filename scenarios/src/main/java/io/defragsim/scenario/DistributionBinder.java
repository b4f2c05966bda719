package io.defragsim.scenario;

import io.defragsim.workload.Distribution;
import io.defragsim.workload.Distribution.Choice;
import io.defragsim.workload.Distribution.Constant;
import io.defragsim.workload.Distribution.Geometric;
import io.defragsim.workload.Distribution.Uniform;
import io.defragsim.workload.Distribution.Weighted;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads distributions of sizes or of numbers of operations. */
final class DistributionBinder {
  private static final List<String> KINDS = List.of("constant", "uniform", "geometric", "choice");
  private static final String EXPECTED =
      "a number or a distribution: {\"uniform\": [16, 200]}, {\"geometric\": 30},"
          + " {\"choice\": [{\"weight\": 9, \"value\": 16}, ...]}";

  /** Without a "max" of its own a geometric distribution ends at so many times its mean. */
  private static final long TAIL = 10;

  private final Problems problems;
  private final Quantity.Kind kind;
  private final boolean foreverAllowed;

  /**
   * @param kind sizes or counts
   * @param foreverAllowed whether "forever" is a value
   */
  DistributionBinder(Problems problems, Quantity.Kind kind, boolean foreverAllowed) {
    this.problems = problems;
    this.kind = kind;
    this.foreverAllowed = foreverAllowed;
  }

  /** The distribution; null with problems. */
  @Nullable Distribution bind(Json json) {
    if (json instanceof Json.Text text && text.value().equals("forever")) {
      if (foreverAllowed) {
        return new Constant(Distribution.FOREVER);
      }
      problems.add(json.at(), "\"forever\" is for lifetimes and holds only");
      return null;
    }
    if (!(json instanceof Json.Obj obj)) {
      if (json instanceof Json.Numeral || json instanceof Json.Text) {
        Long value = number(json, 1);
        return value == null ? null : new Constant(value);
      }
      problems.add(json.at(), json.kind() + " where " + EXPECTED + " is expected");
      return null;
    }
    if (obj.members().size() != 1) {
      problems.add(
          json.at(),
          "a distribution has one key, one of: "
              + String.join(", ", KINDS)
              + "; this has "
              + (obj.members().isEmpty() ? "none" : obj.members().size()));
      return null;
    }
    Json.Member member = obj.members().get(0);
    return switch (member.key()) {
      case "constant" -> {
        Long value = number(member.value(), 1);
        yield value == null ? null : new Constant(value);
      }
      case "uniform" -> uniform(member.value());
      case "geometric" -> geometric(member.value());
      case "choice" -> choice(member.value());
      default -> {
        problems.add(
            member.keyAt(),
            "\"" + member.key() + "\" is no distribution" + Nearest.hint(member.key(), KINDS));
        yield null;
      }
    };
  }

  private @Nullable Long number(Json json, long min) {
    return Fields.quantity(json, kind, min, Distribution.LARGEST, OptionalLong.empty(), problems);
  }

  private @Nullable Distribution uniform(Json json) {
    if (!(json instanceof Json.Array array) || array.elements().size() != 2) {
      problems.add(json.at(), "expected the smallest and the largest value, like [16, 200]");
      return null;
    }
    Long min = number(array.elements().get(0), 1);
    Long max = number(array.elements().get(1), 1);
    if (min == null || max == null) {
      return null;
    }
    if (min > max) {
      problems.add(json.at(), "the smallest value, " + min + ", is above the largest, " + max);
      return null;
    }
    return new Uniform(min, max);
  }

  private @Nullable Distribution geometric(Json json) {
    Long mean;
    Long min = 1L;
    Long max = null;
    if (json instanceof Json.Obj obj) {
      Fields fields = new Fields(obj, problems);
      int before = problems.count();
      Json meanJson = fields.required("mean", "the mean value");
      Json minJson = fields.optional("min");
      Json maxJson = fields.optional("max");
      fields.done();
      mean = meanJson == null ? null : number(meanJson, 1);
      min = minJson == null ? min : number(minJson, 1);
      max = maxJson == null ? null : number(maxJson, 1);
      if (problems.count() > before) {
        return null;
      }
    } else {
      mean = number(json, 1);
    }
    if (mean == null || min == null) {
      return null;
    }
    if (mean > Geometric.LARGEST_MEAN) {
      problems.add(json.at(), "a mean of " + mean + " is above " + Geometric.LARGEST_MEAN);
      return null;
    }
    if (mean <= min || (max != null && max < mean)) {
      problems.add(
          json.at(),
          "expected the mean, "
              + mean
              + ", above the smallest value, "
              + min
              + (max == null ? "" : ", and not above the largest, " + max));
      return null;
    }
    return new Geometric(mean, min, max == null ? TAIL * mean : max);
  }

  private @Nullable Distribution choice(Json json) {
    String expected = "an array of {\"weight\": 9, \"value\": ...}";
    List<Json> elements = Fields.elements(json, expected, problems);
    if (elements == null) {
      return null;
    }
    int before = problems.count();
    List<Weighted> options = new ArrayList<>();
    for (Json element : elements) {
      Fields fields = Fields.of(element, "an option like {\"weight\": 9, \"value\": 16}", problems);
      if (fields == null) {
        continue;
      }
      Json weightJson = fields.required("weight", "how often, relative to the others");
      Json valueJson = fields.required("value", EXPECTED);
      fields.done();
      Long weight =
          weightJson == null
              ? null
              : Fields.quantity(
                  weightJson, Quantity.Kind.COUNT, 1, 1_000_000, OptionalLong.empty(), problems);
      Distribution value = valueJson == null ? null : bind(valueJson);
      if (weight != null && value != null) {
        options.add(new Weighted(Math.toIntExact(weight), value));
      }
    }
    return problems.count() > before ? null : new Choice(options);
  }
}
