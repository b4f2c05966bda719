package io.defragsim.scenario.format;

import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.Problems;
import io.defragsim.workload.Distribution;
import io.defragsim.workload.Distribution.Choice;
import io.defragsim.workload.Distribution.Constant;
import io.defragsim.workload.Distribution.Geometric;
import io.defragsim.workload.Distribution.Uniform;
import io.defragsim.workload.Distribution.Weighted;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

  /** What a distribution is of. */
  enum Of {
    SIZES(Quantity.Kind.SIZE, false, "bytes"),
    COUNTS(Quantity.Kind.COUNT, false, "a number"),
    LIVES(Quantity.Kind.COUNT, true, "a number of operations, or \"forever\"");

    private final Quantity.Kind kind;
    private final boolean foreverAllowed;
    private final String what;

    Of(Quantity.Kind kind, boolean foreverAllowed, String what) {
      this.kind = kind;
      this.foreverAllowed = foreverAllowed;
      this.what = what;
    }

    private Form.Amount value() {
      return new Form.Amount(kind, 1, Distribution.LARGEST, 1);
    }

    /** How one is written. */
    Form form() {
      return new Form.Reference(name().toLowerCase(Locale.ROOT), this::forms);
    }

    private Form forms() {
      List<Form> forms = new ArrayList<>(List.of(value()));
      if (foreverAllowed) {
        forms.add(new Form.Word(List.of("forever")));
      }
      Form range = new Form.Sequence(value(), 2, 2);
      Form geometric = Form.either(value(), new Form.Struct(geometricShape()));
      Form options = new Form.Sequence(new Form.Struct(optionShape()), 1, Integer.MAX_VALUE);
      forms.add(kind("constant", value(), "Always the same: " + what + "."));
      forms.add(
          kind("uniform", range, "All from the smallest to the largest alike: " + what + "."));
      forms.add(kind("geometric", geometric, "Mostly small with a long tail: " + what + "."));
      forms.add(kind("choice", options, "One of several distributions by their weights."));
      return new Form.Either(forms);
    }

    private Form kind(String kind, Form form, String description) {
      return new Form.Struct(
          Shape.of(called(kind), EXPECTED, description).must(kind, form, EXPECTED, description));
    }

    private Shape geometricShape() {
      return Shape.of(called("geometricRange"), EXPECTED, "A geometric distribution.")
          .must("mean", value(), "the mean value", "the mean before the tail is cut")
          .may("min", value(), 1, "the smallest value")
          .may("max", value(), "where the tail is cut; " + TAIL + " times the mean if left out");
    }

    private Shape optionShape() {
      return Shape.of(
              called("option"),
              "an option like {\"weight\": 9, \"value\": 16}",
              "A distribution and how often it is taken.")
          .must(
              "weight",
              Form.count(1, MOST_WEIGHT),
              "how often, relative to the others",
              "how often, relative to the others")
          .must("value", form(), EXPECTED, "a number or a distribution");
    }

    private String called(String kind) {
      return name().toLowerCase(Locale.ROOT) + "." + kind;
    }
  }

  private static final int MOST_WEIGHT = 1_000_000;

  private final Problems problems;
  private final Of of;

  DistributionBinder(Problems problems, Of of) {
    this.problems = problems;
    this.of = of;
  }

  /** The distribution; null with problems. */
  @Nullable Distribution bind(Json json) {
    if (json instanceof Json.Text text && text.value().equals("forever")) {
      if (of.foreverAllowed) {
        return new Constant(Distribution.FOREVER);
      }
      problems.add(json.at(), "\"forever\" is for lifetimes and holds only");
      return null;
    }
    if (!(json instanceof Json.Obj obj)) {
      if (json instanceof Json.Numeral || json instanceof Json.Text) {
        Long value = number(json);
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
        Long value = number(member.value());
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

  private @Nullable Long number(Json json) {
    return Fields.quantity(json, of.value(), OptionalLong.empty(), problems);
  }

  private @Nullable Distribution uniform(Json json) {
    if (!(json instanceof Json.Array array) || array.elements().size() != 2) {
      problems.add(json.at(), "expected the smallest and the largest value, like [16, 200]");
      return null;
    }
    Long min = number(array.elements().get(0));
    Long max = number(array.elements().get(1));
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
      Fields fields = new Fields(obj, of.geometricShape(), problems);
      int before = problems.count();
      mean = fields.quantity("mean");
      min = fields.has("min") ? fields.quantity("min") : min;
      max = fields.quantity("max");
      fields.done();
      if (problems.count() > before) {
        return null;
      }
    } else {
      mean = number(json);
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
      Fields fields = Fields.of(element, of.optionShape(), problems);
      if (fields == null) {
        continue;
      }
      Integer weight = fields.count("weight");
      Json valueJson = fields.value("value");
      fields.done();
      Distribution value = valueJson == null ? null : bind(valueJson);
      if (weight != null && value != null) {
        options.add(new Weighted(weight, value));
      }
    }
    return problems.count() > before ? null : new Choice(options);
  }
}
