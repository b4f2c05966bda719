package io.defragsim.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The members of one JSON object, taken one by one under the names that it may have. What is wrong
 * is noted and the caller gets null: it goes on, so that all problems of a file are found in one
 * go. {@link #done} names the members that nobody asked for.
 */
final class Fields {
  private final Json.Obj object;
  private final Problems problems;
  private final Map<String, Json.Member> members = new LinkedHashMap<>();
  private final List<String> known = new ArrayList<>();

  Fields(Json.Obj object, Problems problems) {
    this.object = object;
    this.problems = problems;
    for (Json.Member member : object.members()) {
      members.put(member.key(), member);
    }
  }

  Json.Location at() {
    return object.at();
  }

  boolean has(String key) {
    return members.containsKey(key);
  }

  /** Where the value of {@code key} is; the object's own place if there is none. */
  Json.Location at(String key) {
    Json.Member member = members.get(key);
    return member == null ? object.at() : member.value().at();
  }

  void problem(String key, String message) {
    problems.add(at(key), message);
  }

  /** The value; null if there is none. */
  @Nullable Json optional(String key) {
    known.add(key);
    Json.Member member = members.get(key);
    return member == null ? null : member.value();
  }

  /** The value; null if there is none, which is a problem. */
  @Nullable Json required(String key, String expected) {
    Json value = optional(key);
    if (value == null) {
      problems.add(object.at(), "\"" + key + "\" is missing: expected " + expected);
    }
    return value;
  }

  /** A quantity from {@code min} to {@code max}; null if there is none or it is wrong. */
  @Nullable Long quantity(
      String key, Quantity.Kind kind, long min, long max, OptionalLong clockHz) {
    Json value = optional(key);
    return value == null ? null : quantity(value, kind, min, max, clockHz, problems);
  }

  /** A quantity from {@code min} to {@code max}; null with a problem if it is wrong. */
  static @Nullable Long quantity(
      Json value, Quantity.Kind kind, long min, long max, OptionalLong clockHz, Problems problems) {
    try {
      long parsed = Quantity.parse(value, kind, clockHz);
      if (parsed >= min && parsed <= max) {
        return parsed;
      }
      problems.add(
          value.at(), written(value) + " is out of range: expected " + range(kind, min, max));
    } catch (Unreadable e) {
      problems.add(value.at(), e.problem());
    }
    return null;
  }

  /** A whole number from {@code min} to {@code max}; null if there is none or it is wrong. */
  @Nullable Integer count(String key, int min, int max) {
    Long value = quantity(key, Quantity.Kind.COUNT, min, max, OptionalLong.empty());
    return value == null ? null : Math.toIntExact(value);
  }

  /** A size in bytes; null if there is none or it is wrong. */
  @Nullable Long size(String key, long min, long max) {
    return quantity(key, Quantity.Kind.SIZE, min, max, OptionalLong.empty());
  }

  /** A chance in parts per million; null if there is none or it is wrong. */
  @Nullable Integer rate(String key) {
    Long value = quantity(key, Quantity.Kind.RATE, 0, 1_000_000, OptionalLong.empty());
    return value == null ? null : Math.toIntExact(value);
  }

  /** A string; null if there is none or it is something else, which is a problem. */
  @Nullable String text(String key) {
    Json value = optional(key);
    if (value == null) {
      return null;
    }
    if (value instanceof Json.Text text) {
      return text.value();
    }
    problems.add(value.at(), value.kind() + " where a string is expected");
    return null;
  }

  boolean flag(String key) {
    Json value = optional(key);
    if (value == null) {
      return false;
    }
    if (value instanceof Json.Flag flag) {
      return flag.value();
    }
    problems.add(value.at(), value.kind() + " where true or false is expected");
    return false;
  }

  /** The object under {@code key}; null if there is none or it is something else. */
  @Nullable Fields object(String key, String expected) {
    Json value = optional(key);
    return value == null ? null : of(value, expected, problems);
  }

  /** The members of {@code value}; null with a problem if it is no object. */
  static @Nullable Fields of(Json value, String expected, Problems problems) {
    if (value instanceof Json.Obj obj) {
      return new Fields(obj, problems);
    }
    problems.add(value.at(), value.kind() + " where " + expected + " is expected");
    return null;
  }

  /** The elements of an array; null with a problem if it is none, or empty. */
  static @Nullable List<Json> elements(Json value, String expected, Problems problems) {
    if (!(value instanceof Json.Array array)) {
      problems.add(value.at(), value.kind() + " where " + expected + " is expected");
      return null;
    }
    if (array.elements().isEmpty()) {
      problems.add(value.at(), "empty: expected " + expected);
      return null;
    }
    return array.elements();
  }

  /** Names every member that was never asked for. */
  void done() {
    for (Json.Member member : members.values()) {
      if (!known.contains(member.key())) {
        List<String> open =
            known.stream().filter(k -> !members.containsKey(k) && !k.startsWith("$")).toList();
        problems.add(
            member.keyAt(),
            open.isEmpty()
                ? "\"" + member.key() + "\" is no key here"
                : "\"" + member.key() + "\" is no key here" + Nearest.hint(member.key(), open));
      }
    }
  }

  private static String written(Json value) {
    if (value instanceof Json.Text text) {
      return "\"" + text.value() + "\"";
    }
    return value instanceof Json.Numeral numeral ? numeral.written() : value.kind();
  }

  private static String range(Quantity.Kind kind, long min, long max) {
    String unit =
        switch (kind) {
          case SIZE -> " bytes";
          case CLOCK -> " Hz";
          case DURATION -> " cycles";
          case RATE -> " ppm";
          case COUNT -> "";
        };
    return max >= Long.MAX_VALUE - 1 ? min + unit + " or more" : min + " to " + max + unit;
  }
}
