package io.defragsim.scenario.schema;

import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.json.Json;
import java.util.List;

/**
 * What the keys of an object demand of each other, and what a message says where they do not get
 * it. The reader checks it, and the JSON Schema says the same.
 */
public sealed interface KeyRule {

  /** Notes what breaks the rule. */
  void check(Fields fields);

  /** Whether a key has no place beside what is there. */
  default boolean closes(Key<?> key, Fields fields) {
    return false;
  }

  /**
   * Exactly one of some keys is there.
   *
   * @param none what a message says if none is
   * @param several what it says of those that are, which it names
   */
  record One(List<Key<?>> keys, String none, String several) implements KeyRule {
    @Override
    public void check(Fields fields) {
      List<String> there =
          keys.stream().filter(fields::has).map(key -> "\"" + key.name() + "\"").toList();
      if (there.size() != 1) {
        fields.problem(null, there.isEmpty() ? none : String.join(" and ", there) + several);
      }
    }

    @Override
    public boolean closes(Key<?> key, Fields fields) {
      return keys.contains(key) && keys.stream().anyMatch(fields::has);
    }
  }

  /** At least one of the keys is there; a message says so unless one may be there misspelt. */
  record Any(List<Key<?>> keys, String none) implements KeyRule {
    @Override
    public void check(Fields fields) {
      if (fields.isSound() && keys.stream().noneMatch(fields::has)) {
        fields.problem(null, none);
      }
    }
  }

  /** A key that has to be there, and what a message says is missing. */
  record Needed(Key<?> key, String expected) {
    private void check(Fields fields) {
      if (!fields.has(key)) {
        fields.missing(key, expected);
      }
    }
  }

  /** Without {@code key} the others are there. */
  record Without(Key<?> key, List<Needed> needed) implements KeyRule {
    @Override
    public void check(Fields fields) {
      if (!fields.has(key)) {
        needed.forEach(each -> each.check(fields));
      }
    }
  }

  /** With {@code key} being {@code word} another is there. */
  record With(Key<?> key, String word, Needed needed) implements KeyRule {
    @Override
    public void check(Fields fields) {
      if (fields.json(key) instanceof Json.Text text && text.value().equals(word)) {
        needed.check(fields);
      }
    }
  }

  /** With {@code key} there, none of the others is. */
  record Never(Key<?> key, List<Key<?>> others, String otherwise) implements KeyRule {
    @Override
    public void check(Fields fields) {
      if (fields.has(key)) {
        others.stream().filter(fields::has).forEach(each -> fields.refuse(each, otherwise));
      }
    }

    @Override
    public boolean closes(Key<?> other, Fields fields) {
      return others.contains(other) && fields.has(key);
    }
  }

  /**
   * The key {@code only} is there only with {@code key} being one of {@code words}. A word that is
   * misspelt counts as the one that it was probably meant to be.
   */
  record Only(Key<?> only, Key<?> key, List<String> words, String otherwise) implements KeyRule {
    @Override
    public void check(Fields fields) {
      if (fields.has(only)
          && fields.json(key) instanceof Json.Text text
          && Nearest.of(text.value(), ((Type.Word<?>) key.type()).words().keySet())
              .filter(meant -> !words.contains(meant))
              .isPresent()) {
        fields.refuse(only, otherwise);
      }
    }
  }

  /** With all of {@code keys} there, {@code key} is an object if it is there. */
  record ObjectBeside(Key<?> key, List<Key<?>> keys, String otherwise) implements KeyRule {
    @Override
    public void check(Fields fields) {
      Json value = fields.json(key);
      if (value != null && !(value instanceof Json.Obj) && keys.stream().allMatch(fields::has)) {
        fields.refuse(key, otherwise);
      }
    }
  }
}
