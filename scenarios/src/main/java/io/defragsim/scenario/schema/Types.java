package io.defragsim.scenario.schema;

import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Types that files of several kinds have. */
public final class Types {
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
