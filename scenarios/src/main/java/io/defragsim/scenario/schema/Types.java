package io.defragsim.scenario.schema;

import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Types that files of several kinds have. */
public final class Types {
  /** For editors: not read. */
  public static final Key<String> SCHEMA =
      Key.may(
          "$schema", text(), "where this schema is, for editors: its path relative to the file");

  private static final int LONGEST_LINE = 2000;
  private static final int MOST_LINES = 100;

  private Types() {}

  /** A size in bytes. */
  public static Type.Amount<Integer> size(int min, int max) {
    return new Type.Amount<>(Quantity.Kind.SIZE, min, max, 1, Math::toIntExact);
  }

  /** A size in bytes. */
  public static Type.Amount<Long> size(long min, long max) {
    return new Type.Amount<>(Quantity.Kind.SIZE, min, max, 1, bytes -> bytes);
  }

  /** A duration in cycles. */
  public static Type.Amount<Long> duration(long min, long max) {
    return new Type.Amount<>(Quantity.Kind.DURATION, min, max, 1, cycles -> cycles);
  }

  /** A whole number. */
  public static Type.Amount<Integer> count(int min, int max) {
    return new Type.Amount<>(Quantity.Kind.COUNT, min, max, 1, Math::toIntExact);
  }

  /** A whole number. */
  public static Type.Amount<Long> count(long min, long max) {
    return new Type.Amount<>(Quantity.Kind.COUNT, min, max, 1, count -> count);
  }

  /**
   * A whole number, or one in hex in a string.
   *
   * @param otherwise what a message says of what is neither
   */
  public static Type.Own<Long> hex(long max, String otherwise) {
    Type.Amount<Long> number = count(0, max);
    Type.Text text = text("^0[xX][0-9a-fA-F]{1,8}$", otherwise);
    return new Type.Own<>(
        List.of(text, number),
        (json, in) -> {
          if (!(json instanceof Json.Text given)) {
            return number.of(json, in);
          }
          if (!given.value().startsWith("0x") && !given.value().startsWith("0X")) {
            if (given.value().isBlank() || !Character.isDigit(given.value().strip().charAt(0))) {
              throw new Unreadable(otherwise);
            }
            return number.of(json, in);
          }
          String written = text.of(json, in);
          long value = Long.decode(written);
          if (value > max) {
            throw new Unreadable("\"%s\" is out of range: expected 0 to 0x%x", written, max);
          }
          return value;
        });
  }

  /** A chance in parts per million. */
  public static Type.Amount<Integer> rate() {
    return new Type.Amount<>(Quantity.Kind.RATE, 0, 1_000_000, 1, Math::toIntExact);
  }

  /** Any string. */
  public static Type.Text text() {
    return text("", "");
  }

  /** A string in which a pattern stands. */
  public static Type.Text text(String pattern, String otherwise) {
    return new Type.Text(pattern, Integer.MAX_VALUE, otherwise);
  }

  /**
   * What reports call something, in every line that speaks of it: any string that is not blank.
   *
   * @param blank what a message says of one that is
   */
  public static Type.Text name(String blank) {
    return new Type.Text("\\S", Type.LONGEST_NAME, blank);
  }

  /** One of some things by their names. */
  public static <T> Type.Word<T> word(String what, List<T> things, Function<T, String> name) {
    Map<String, T> words = new LinkedHashMap<>();
    things.forEach(thing -> words.put(name.apply(thing), thing));
    return new Type.Word<>(what, words, "");
  }

  /** A string, or several that are its lines. */
  public static Type<String> description() {
    Type<String> line = new Type.Text("", LONGEST_LINE, "");
    Type.Sequence<String> lines =
        new Type.Sequence<>(
            line, 0, MOST_LINES, "a string", " lines are too many: expected at most " + MOST_LINES);
    return new Type.Own<>(
        List.of(line, lines),
        (json, in) ->
            json instanceof Json.Array
                ? String.join(" ", lines.of(json, in).stream().map(String::strip).toList())
                : line.of(json, in));
  }

  /** A value, or an object that says more. */
  public static <T> Type.Own<T> either(Type<T> plain, Type<T> object) {
    return new Type.Own<>(
        List.of(plain, object),
        (json, in) -> (json instanceof Json.Obj ? object : plain).of(json, in));
  }

  /**
   * One, or an array of some.
   *
   * @param several what a message expects in the array
   */
  public static <T> Type.Own<List<T>> oneOrMore(Type<T> one, String several) {
    Type.Sequence<T> array = new Type.Sequence<>(one, several);
    return new Type.Own<>(
        List.of(one, array),
        (json, in) ->
            array.of(
                json instanceof Json.Array ? json : new Json.Array(json.at(), List.of(json)), in));
  }
}
