package io.defragsim.scenario.format;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object of a scenario file: which keys it may have and how their values are written. The reader
 * takes keys by it ({@link Fields} refuses one that is not in the shape), and the JSON Schema is
 * made of it, so the two know the same keys, units, ranges and words.
 *
 * @param name what the schema calls it
 * @param expected an example, for messages
 * @param description for people who hover over it in an editor
 * @param rules what the keys demand of each other
 */
record Shape(String name, String expected, String description, List<Key> keys, List<Rule> rules) {

  /**
   * A key.
   *
   * @param expected what a message says is missing; null if the key may be left out
   * @param standard what holds if the key is left out, null for nothing that a value could say
   */
  record Key(
      String name,
      Form form,
      @Nullable String expected,
      @Nullable Object standard,
      String description) {}

  /** What the keys of an object demand of each other. The binder tells of it in its own words. */
  sealed interface Rule {

    /** Exactly one of the keys is there. */
    record One(List<String> keys) implements Rule {}

    /** At least one of the lists of keys is there in full. */
    record Any(List<List<String>> keys) implements Rule {}

    /** With {@code key} being {@code value} the key {@code needed} is there. */
    record Needs(String key, String value, String needed) implements Rule {}

    /** The key {@code only} is there only with {@code key} being one of {@code values}. */
    record Only(String only, String key, List<String> values) implements Rule {}

    /** With all of {@code keys} there, {@code key} is an object if it is there. */
    record ObjectBeside(String key, List<String> keys) implements Rule {}
  }

  Shape {
    keys = List.copyOf(keys);
    rules = List.copyOf(rules);
  }

  /** An object without keys yet. */
  static Shape of(String name, String expected, String description) {
    return new Shape(name, expected, description, List.of(), List.of());
  }

  /** With a key that may be left out. */
  Shape may(String key, Form form, String description) {
    return with(new Key(key, form, null, null, description));
  }

  /** With a key that may be left out; then {@code standard} holds. */
  Shape may(String key, Form form, Object standard, String description) {
    return with(new Key(key, form, null, standard, description));
  }

  /**
   * With a key that must be there.
   *
   * @param what stands in the message when it is missing
   */
  Shape must(String key, Form form, String what, String description) {
    return with(new Key(key, form, what, null, description));
  }

  Shape rule(Rule rule) {
    List<Rule> more = new ArrayList<>(rules);
    more.add(rule);
    return new Shape(name, expected, description, keys, more);
  }

  private Shape with(Key key) {
    List<Key> more = new ArrayList<>(keys);
    more.add(key);
    return new Shape(name, expected, description, more, rules);
  }

  /**
   * The key of that name.
   *
   * @throws IllegalArgumentException if there is none: whoever asks knows the shape
   */
  Key key(String key) {
    return keys.stream()
        .filter(k -> k.name().equals(key))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name + " has no key " + key));
  }

  boolean has(String key) {
    return keys.stream().anyMatch(k -> k.name().equals(key));
  }
}
