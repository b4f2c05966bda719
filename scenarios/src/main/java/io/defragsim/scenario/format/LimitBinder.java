package io.defragsim.scenario.format;

import io.defragsim.scenario.FigureUnit;
import io.defragsim.scenario.Limit;
import io.defragsim.scenario.Limit.Bounds;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.Problems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads {@code limits}. */
final class LimitBinder {
  private final Problems problems;
  private final Map<String, FigureUnit> figures;
  private final OptionalLong clockHz;
  private final @Nullable Path file;

  /**
   * @param figures every figure that a limit may name, with its unit
   * @param clockHz what durations become cycles by
   * @param file what limits say they stand in, null for none
   */
  LimitBinder(
      Problems problems,
      Map<String, FigureUnit> figures,
      OptionalLong clockHz,
      @Nullable Path file) {
    this.problems = problems;
    this.figures = figures;
    this.clockHz = clockHz;
    this.file = file;
  }

  /**
   * How limits are written.
   *
   * @param descriptions of the figures by their names, as far as there are some
   */
  static Form form(Map<String, FigureUnit> figures, Map<String, String> descriptions) {
    Map<String, Form.Named> entries = new LinkedHashMap<>();
    figures.forEach(
        (name, unit) ->
            entries.put(
                name,
                new Form.Named(
                    new Form.Reference(
                        "limit." + unit.key(),
                        () -> Form.either(amount(unit), new Form.Struct(shape(unit)))),
                    descriptions.getOrDefault(name, name))));
    return new Form.Table(entries);
  }

  private static Shape shape(FigureUnit unit) {
    return ends(unit, "limit." + unit.key() + ".bounds", "What must hold, and what should.")
        .may(
            "warn",
            Form.either(amount(unit), new Form.Struct(warnShape(unit))),
            "beyond it a run warns and still passes; a bare value is on the side of the one bound"
                + " beside it, and at most if there is none")
        .rule(new Shape.Rule.Any(List.of(List.of("min"), List.of("max"), List.of("warn"))))
        .rule(new Shape.Rule.ObjectBeside("warn", List.of("min", "max")));
  }

  private static Shape warnShape(FigureUnit unit) {
    return ends(unit, "limit." + unit.key() + ".warn", "Beyond these a run warns and still passes.")
        .rule(new Shape.Rule.Any(List.of(List.of("min"), List.of("max"))));
  }

  private static Shape ends(FigureUnit unit, String name, String description) {
    return Shape.of(name, "{\"min\": 1, \"max\": 2}", description)
        .may("min", amount(unit), "the least value that holds")
        .may("max", amount(unit), "the greatest value that holds");
  }

  private static Form.Amount amount(FigureUnit unit) {
    return new Form.Amount(unit.quantity(), 0, Long.MAX_VALUE - 1, 1);
  }

  List<Limit> bind(@Nullable Json json) {
    List<Limit> limits = new ArrayList<>();
    if (json == null) {
      return limits;
    }
    if (!(json instanceof Json.Obj obj)) {
      problems.add(json.at(), json.kind() + " where {\"pauses.max\": 800, ...} is expected");
      return limits;
    }
    for (Json.Member member : obj.members()) {
      FigureUnit unit = figures.get(member.key());
      if (unit == null) {
        problems.add(member.keyAt(), unknown(member.key(), figures));
        continue;
      }
      Limit limit = limit(member, unit);
      if (limit != null) {
        limits.add(limit);
      }
    }
    return limits;
  }

  /** What to say of a name that no figure has. */
  static String unknown(String name, Map<String, FigureUnit> figures) {
    return "\""
        + name
        + "\" is no figure"
        + Nearest.of(name, figures.keySet())
            .map(near -> "; did you mean \"" + near + "\"?")
            .orElse("; expected one like \"pauses.max\", \"alloc.failed\", \"fragmentation.max\"");
  }

  private @Nullable Limit limit(Json.Member member, FigureUnit unit) {
    Json value = member.value();
    Limit.Source source = new Limit.Source(file, member.keyAt().line());
    int before = problems.count();
    if (!(value instanceof Json.Obj obj)) {
      Bounds fail = new Bounds(null, bound(value, unit));
      return problems.count() > before ? null : new Limit(member.key(), fail, Bounds.NONE, source);
    }
    Fields fields = new Fields(obj, shape(unit), problems);
    Json min = fields.value("min");
    Json max = fields.value("max");
    Json warn = fields.value("warn");
    fields.done();
    if (problems.count() > before) {
      return null;
    }
    if (min == null && max == null && warn == null) {
      problems.add(value.at(), "no bound: expected \"min\", \"max\" or both, or \"warn\"");
      return null;
    }
    Bounds fail = bounds(min, max, unit);
    Bounds warned = warn == null ? Bounds.NONE : warned(warn, min != null, max != null, unit);
    if (problems.count() == before) {
      check(value, fail, warn == null ? value : warn, warned);
    }
    return problems.count() > before ? null : new Limit(member.key(), fail, warned, source);
  }

  /** A bare value is on the side of the one bound beside it, and at most if there is none. */
  private Bounds warned(Json warn, boolean least, boolean most, FigureUnit unit) {
    if (!(warn instanceof Json.Obj obj)) {
      if (least && most) {
        problems.add(
            warn.at(),
            "beside \"min\" and \"max\" it has to say which is meant: {\"min\": ..., \"max\": ...}");
        return Bounds.NONE;
      }
      return least ? bounds(warn, null, unit) : bounds(null, warn, unit);
    }
    Fields fields = new Fields(obj, warnShape(unit), problems);
    Json min = fields.value("min");
    Json max = fields.value("max");
    fields.done();
    if (min == null && max == null) {
      problems.add(warn.at(), "no bound: expected \"min\", \"max\" or both");
    }
    return bounds(min, max, unit);
  }

  private Bounds bounds(@Nullable Json min, @Nullable Json max, FigureUnit unit) {
    return new Bounds(min == null ? null : bound(min, unit), max == null ? null : bound(max, unit));
  }

  /** Some value must be within all bounds, and warnings come before failures. */
  private void check(Json value, Bounds fail, Json warnAt, Bounds warn) {
    Long least = fail.min();
    Long most = fail.max();
    Long warnLeast = warn.min();
    Long warnMost = warn.max();
    if (least != null && most != null && least > most) {
      problems.add(value.at(), nothing(least, most));
    } else if (most != null && warnMost != null && warnMost >= most) {
      problems.add(
          warnAt.at(),
          "a warning above "
              + warnMost
              + " comes too late: above "
              + most
              + " the limit is violated; expected less");
    } else if (least != null && warnLeast != null && warnLeast <= least) {
      problems.add(
          warnAt.at(),
          "a warning below "
              + warnLeast
              + " comes too late: below "
              + least
              + " the limit is violated; expected more");
    } else {
      Long low = warnLeast == null ? least : warnLeast;
      Long high = warnMost == null ? most : warnMost;
      if (low != null && high != null && low > high) {
        problems.add(warnAt.at(), nothing(low, high) + ": every value is warned of");
      }
    }
  }

  private static String nothing(long least, long most) {
    return "nothing is at least " + least + " and at most " + most;
  }

  private @Nullable Long bound(Json value, FigureUnit unit) {
    return Fields.quantity(value, amount(unit), clockHz, problems);
  }
}
