package io.defragsim.scenario.schema;

import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of one JSON object, taken one by one by the keys of its {@link Type.Struct}. What is
 * wrong is noted and the caller gets null: it goes on, so that all problems of a file are found in
 * one go.
 */
public final class Fields {
  private final Json.Obj object;
  private final Type.Struct<?> struct;
  private final Reading in;
  private final int before;
  private final Set<Key<?>> refused = new HashSet<>();

  /** Notes members without a key, keys without a member, and rules that are broken. */
  Fields(Json.Obj object, Type.Struct<?> struct, Reading in) {
    this.object = object;
    this.struct = struct;
    this.in = in;
    before = in.problems().count();
    for (Json.Member member : object.members()) {
      if (struct.keys().stream().noneMatch(key -> key.name().equals(member.key()))) {
        in.problems().add(member.keyAt(), () -> unknown(member.key()));
      }
    }
    for (Key<?> key : struct.keys()) {
      if (key.expected() != null && !has(key)) {
        missing(key, key.expected());
      }
    }
    struct.rules().forEach(rule -> rule.check(this));
  }

  private String unknown(String name) {
    List<String> open =
        struct.keys().stream()
            .filter(key -> !has(key) && !key.name().startsWith("$"))
            .filter(key -> struct.rules().stream().noneMatch(rule -> rule.closes(key, this)))
            .map(Key::name)
            .toList();
    return "\"" + name + "\" is no key here" + (open.isEmpty() ? "" : Nearest.hint(name, open));
  }

  /** Whether no problem was found since the object was opened. */
  public boolean isSound() {
    return in.problems().count() == before;
  }

  public Reading in() {
    return in;
  }

  public Json.Obj object() {
    return object;
  }

  /** What is written; null for nothing. */
  public @Nullable Json json(Key<?> key) {
    for (Json.Member member : object.members()) {
      if (member.key().equals(key.name())) {
        return member.value();
      }
    }
    return null;
  }

  public boolean has(Key<?> key) {
    return json(key) != null;
  }

  /** The value; null if there is none or it is wrong. */
  public <T> @Nullable T get(Key<T> key) {
    return get(key, key.type());
  }

  /** The same, where a part of the key's type is all that goes here. */
  public <T> @Nullable T get(Key<T> key, Type<T> type) {
    Json value = json(key);
    return value == null || refused.contains(key) ? null : type.read(value, in);
  }

  /** The value, or what holds instead if there is none or it is wrong. */
  public <T> T orStandard(Key<T> key) {
    T value = get(key);
    return value != null
        ? value
        : Objects.requireNonNull(key.type().read(key.otherwise(), in), key.name());
  }

  /** Notes what is wrong with a value, as {@link Unreadable} says it; with all, for null. */
  public void problem(@Nullable Key<?> key, String problem, Object... arguments) {
    Json value = key == null ? null : json(key);
    in.problems()
        .add((value == null ? object : value).at(), new Unreadable(problem, arguments).problem());
  }

  /** Notes that a value has no place here; it is not read. */
  public void refuse(Key<?> key, String why) {
    refused.add(key);
    problem(key, why);
  }

  /** Notes that a key is missing. */
  public void missing(Key<?> key, String expected) {
    problem(null, "\"%s\" is missing: expected %s", key.name(), expected);
  }
}
