package io.defragsim.scenario.schema;

import io.defragsim.scenario.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * A key of an object of a file, said once: the reader takes its value by it, and the JSON Schema is
 * made of it.
 *
 * @param expected what a message says is missing; null if the key may be left out
 * @param standard what holds if the key is left out, as a file would say it; null for nothing that
 *     a value could say
 * @param description for people who hover over it in an editor
 */
public record Key<T>(
    String name,
    Type<T> type,
    @Nullable String expected,
    @Nullable Object standard,
    String description) {

  /** A key that must be there. */
  public static <T> Key<T> must(String name, Type<T> type, String expected, String description) {
    return new Key<>(name, type, expected, null, description);
  }

  /** A key that may be left out. */
  public static <T> Key<T> may(String name, Type<T> type, String description) {
    return new Key<>(name, type, null, null, description);
  }

  /** A key that may be left out; then {@code standard} holds. */
  public static <T> Key<T> may(String name, Type<T> type, Object standard, String description) {
    return new Key<>(name, type, null, standard, description);
  }

  /** What holds if the key is left out. */
  public Json otherwise() {
    if (standard instanceof Boolean flag) {
      return new Json.Flag(Json.Location.START, flag);
    }
    String written = String.valueOf(standard);
    return standard instanceof Number
        ? new Json.Numeral(Json.Location.START, written)
        : new Json.Text(Json.Location.START, written);
  }
}
