package io.defragsim.scenario.format;

import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.Problems;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The members of one JSON object, taken one by one under the keys of its {@link Shape}, which says
 * whether they must be there, how they are written and in what range. What is wrong is noted and
 * the caller gets null: it goes on, so that all problems of a file are found in one go. {@link
 * #done} names the members that the shape does not have.
 */
final class Fields {
  private final Json.Obj object;
  private final Shape shape;
  private final Problems problems;
  private final Map<String, Json.Member> members = new LinkedHashMap<>();

  Fields(Json.Obj object, Shape shape, Problems problems) {
    this.object = object;
    this.shape = shape;
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

  /** The value; null if there is none, which is a problem where it must be there. */
  @Nullable Json value(String key) {
    Shape.Key known = shape.key(key);
    Json.Member member = members.get(key);
    if (member == null && known.expected() != null) {
      missing(key, known.expected());
    }
    return member == null ? null : member.value();
  }

  /** Notes that a key is missing. */
  void missing(String key, String expected) {
    problems.add(object.at(), "\"" + key + "\" is missing: expected " + expected);
  }

  /** A quantity in its range; null if there is none or it is wrong. */
  @Nullable Long quantity(String key, OptionalLong clockHz) {
    Json value = value(key);
    return value == null ? null : quantity(value, amount(key), clockHz, problems);
  }

  private Form.Amount amount(String key) {
    return (Form.Amount) shape.key(key).form();
  }

  /** A quantity in its range; null with a problem if it is wrong. */
  static @Nullable Long quantity(
      Json value, Form.Amount form, OptionalLong clockHz, Problems problems) {
    try {
      long parsed = parse(value, form.kind(), clockHz);
      if (parsed >= form.min() && parsed <= form.max()) {
        return parsed;
      }
      problems.add(value.at(), written(value) + " is out of range: expected " + range(form));
    } catch (Unreadable e) {
      problems.add(value.at(), e.problem());
    }
    return null;
  }

  /** The value of a JSON number or string, in bytes, Hz, cycles, ppm, or ones. */
  private static long parse(Json json, Quantity.Kind kind, OptionalLong clockHz) throws Unreadable {
    if (json instanceof Json.Numeral numeral) {
      return Quantity.plain(numeral.written(), kind);
    }
    if (json instanceof Json.Text text) {
      return Quantity.withUnit(text.value(), kind, clockHz);
    }
    throw new Unreadable(json.kind() + " is not " + kind.what() + ": expected " + kind.examples());
  }

  /** A quantity without a duration, so without a clock. */
  @Nullable Long quantity(String key) {
    return quantity(key, OptionalLong.empty());
  }

  /** A whole number of at most 32 bits; null if there is none or it is wrong. */
  @Nullable Integer count(String key) {
    Long value = quantity(key);
    return value == null ? null : Math.toIntExact(value);
  }

  /** A whole number, one of a few. Null if there is none or it is wrong. */
  @Nullable Integer choice(String key, String otherwise) {
    List<Long> numbers = ((Form.Choice) shape.key(key).form()).numbers();
    Json json = value(key);
    if (json == null) {
      return null;
    }
    Form.Amount range = Form.count(numbers.get(0), numbers.get(numbers.size() - 1));
    Long value = quantity(json, range, OptionalLong.empty(), problems);
    if (value != null && !numbers.contains(value)) {
      problem(key, value + otherwise);
      return null;
    }
    return value == null ? null : Math.toIntExact(value);
  }

  /** A string; null if there is none or it is something else, which is a problem. */
  @Nullable String text(String key) {
    Json value = value(key);
    if (value == null) {
      return null;
    }
    if (value instanceof Json.Text text) {
      int characters = text.value().codePointCount(0, text.value().length());
      if (shape.key(key).form() instanceof Form.Text form && characters > form.most()) {
        problems.add(
            value.at(), characters + " characters are too many: expected at most " + form.most());
        return null;
      }
      return text.value();
    }
    problems.add(value.at(), value.kind() + " where a string is expected");
    return null;
  }

  boolean flag(String key) {
    Json value = value(key);
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
  @Nullable Fields object(String key) {
    Json value = value(key);
    return value == null
        ? null
        : of(value, ((Form.Struct) shape.key(key).form()).shape(), problems);
  }

  /** The members of {@code value}; null with a problem if it is no object. */
  static @Nullable Fields of(Json value, Shape shape, Problems problems) {
    if (value instanceof Json.Obj obj) {
      return new Fields(obj, shape, problems);
    }
    problems.add(value.at(), value.kind() + " where " + shape.expected() + " is expected");
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

  /** Names every member that the shape does not have. */
  void done() {
    for (Json.Member member : members.values()) {
      if (!shape.has(member.key())) {
        problems.add(member.keyAt(), () -> unknown(member.key()));
      }
    }
  }

  private String unknown(String key) {
    List<String> open =
        shape.keys().stream()
            .map(Shape.Key::name)
            .filter(known -> !members.containsKey(known) && !known.startsWith("$"))
            .toList();
    String said = "\"" + key + "\" is no key here";
    return open.isEmpty() ? said : said + Nearest.hint(key, open);
  }

  private static String written(Json value) {
    if (value instanceof Json.Text text) {
      return "\"" + text.value() + "\"";
    }
    return value instanceof Json.Numeral numeral ? numeral.written() : value.kind();
  }

  private static String range(Form.Amount form) {
    if (form.kind() == Quantity.Kind.RATE) {
      return "\"0 %\" to \"100 %\"";
    }
    String unit =
        switch (form.kind()) {
          case SIZE -> " bytes";
          case CLOCK -> " Hz";
          case DURATION -> " cycles";
          case RATE, COUNT -> "";
        };
    return form.max() >= Long.MAX_VALUE - 1
        ? form.min() + unit + " or more"
        : form.min() + " to " + form.max() + unit;
  }
}
