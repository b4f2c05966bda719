package io.defragsim.scenario.format;

import io.defragsim.scenario.FigureUnit;
import io.defragsim.scenario.Limit;
import io.defragsim.scenario.Limit.Bounds;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.schema.Fields;
import io.defragsim.scenario.schema.Key;
import io.defragsim.scenario.schema.KeyRule;
import io.defragsim.scenario.schema.Type;
import io.defragsim.scenario.schema.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** Reads {@code limits}. */
final class LimitBinder {
  static final String MIN = "min";
  static final String MAX = "max";
  static final String WARN = "warn";
  private static final String NOTHING = "nothing is at least %d and at most %d";
  private static final String TOO_LATE =
      "a warning %s %d comes too late: %s %d the limit is violated; expected %s";

  /** What a limit on a figure says, whichever figure it is. */
  private record Pair(Bounds fail, Bounds warn) {}

  private LimitBinder() {}

  /**
   * How limits are written.
   *
   * @param figures every figure that a limit may name, with its unit
   * @param descriptions of the figures by their names, as far as there are some
   */
  static Type<List<Limit>> type(Map<String, FigureUnit> figures, Map<String, String> descriptions) {
    Map<String, Type.Table.Named<Pair>> entries = new LinkedHashMap<>();
    figures.forEach(
        (name, unit) ->
            entries.put(
                name,
                new Type.Table.Named<>(
                    new Type.Reference<>("limit." + unit.key(), () -> limit(unit)),
                    descriptions.getOrDefault(name, name))));
    Type.Table<Pair> table =
        new Type.Table<>("{\"pauses.max\": 800, ...}", entries, name -> unknown(name, figures));
    return new Type.Own<>(
        List.of(table),
        (json, in) -> {
          List<Limit> limits = new ArrayList<>();
          for (Type.Entry<Pair> entry : table.of(json, in)) {
            Json.Member member = entry.member();
            Pair pair = entry.value();
            Limit.Source source =
                new Limit.Source(ScenarioReading.of(in).file, member.keyAt().line());
            limits.add(new Limit(member.key(), pair.fail(), pair.warn(), source));
          }
          return limits;
        });
  }

  /** What to say of a name that no figure has. */
  private static String unknown(String name, Map<String, FigureUnit> figures) {
    return "\""
        + name
        + "\" is no figure of a scenario"
        + Nearest.hint(
            name,
            figures.keySet(),
            "; expected one like \"pauses.max\", \"alloc.failed\", \"fragmentation.max\"");
  }

  private static <T> Type.Amount<T> amount(FigureUnit unit, LongFunction<T> of) {
    return new Type.Amount<>(unit.quantity(), 0, Long.MAX_VALUE - 1, 1, of);
  }

  private static Type<Pair> limit(FigureUnit unit) {
    String name = "limit." + unit.key();
    String like = "{\"min\": 1, \"max\": 2}";
    Key<Long> min = Key.may(MIN, amount(unit, least -> least), "the least value that holds");
    Key<Long> max = Key.may(MAX, amount(unit, most -> most), "the greatest value that holds");
    Key<Bounds> warn =
        Key.may(
            WARN,
            Types.either(
                amount(unit, most -> new Bounds(null, most)),
                new Type.Struct<>(
                    name + ".warn",
                    like,
                    "Beyond these a run warns and still passes.",
                    List.of(min, max),
                    List.of(
                        new KeyRule.Any(
                            List.of(min, max), "no bound: expected \"min\", \"max\" or both")),
                    fields -> new Bounds(fields.get(min), fields.get(max)))),
            "beyond it a run warns and still passes; a bare value is on the side of the one bound"
                + " beside it, and at most if there is none");
    return Types.either(
        amount(unit, most -> new Pair(new Bounds(null, most), Bounds.NONE)),
        new Type.Struct<>(
            name + ".bounds",
            like,
            "What must hold, and what should.",
            List.of(min, max, warn),
            List.of(
                new KeyRule.Any(
                    List.of(min, max, warn),
                    "no bound: expected \"min\", \"max\" or both, or \"warn\""),
                new KeyRule.ObjectBeside(
                    warn,
                    List.of(min, max),
                    "beside \"min\" and \"max\" it has to say which is meant: {\"min\": ...,"
                        + " \"max\": ...}")),
            fields -> {
              Bounds fail = new Bounds(fields.get(min), fields.get(max));
              Bounds warned = fields.get(warn);
              if (warned == null) {
                warned = Bounds.NONE;
              } else if (fields.has(min) && !(fields.json(warn) instanceof Json.Obj)) {
                warned = new Bounds(warned.max(), null);
              }
              if (fields.isSound()) {
                check(fields, fail, warn, warned);
              }
              return new Pair(fail, warned);
            }));
  }

  /** Some value must be within all bounds, and warnings come before failures. */
  private static void check(Fields fields, Bounds fail, Key<Bounds> warn, Bounds warned) {
    Long least = fail.min();
    Long most = fail.max();
    Long warnLeast = warned.min();
    Long warnMost = warned.max();
    if (least != null && most != null && least > most) {
      fields.problem(null, NOTHING, least, most);
    } else if (most != null && warnMost != null && warnMost >= most) {
      fields.problem(warn, TOO_LATE, "above", warnMost, "above", most, "less");
    } else if (least != null && warnLeast != null && warnLeast <= least) {
      fields.problem(warn, TOO_LATE, "below", warnLeast, "below", least, "more");
    } else {
      Long low = warnLeast == null ? least : warnLeast;
      Long high = warnMost == null ? most : warnMost;
      if (low != null && high != null && low > high) {
        fields.problem(warn, NOTHING + ": every value is warned of", low, high);
      }
    }
  }
}
