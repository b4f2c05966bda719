package io.defragsim.scenario.schema;

import static io.defragsim.scenario.Quantity.KIB;

import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a value of a file is: how it is written, and what is read of it. The reader reads by it, and
 * the JSON Schema is made of it.
 */
public sealed interface Type<T> {

  /** The most characters of a name: it stands in lines, tables and headings. */
  int LONGEST_NAME = 200;

  /**
   * The value; null if it is wrong further inside, where that is noted.
   *
   * @throws Unreadable if it is none of the type
   */
  @Nullable T of(Json json, Reading in);

  /** The value; null with a problem. */
  default @Nullable T read(Json json, Reading in) {
    try {
      return of(json, in);
    } catch (Unreadable e) {
      in.problems().add(json.at(), e.problem());
      return null;
    }
  }

  /**
   * A number or a quantity with its unit.
   *
   * @param min the least value, in bytes, Hz, cycles, ppm, or ones
   * @param max the greatest
   * @param multiple what the value is a multiple of
   * @param to what the value is as a {@code T}
   */
  record Amount<T>(Quantity.Kind kind, long min, long max, long multiple, LongFunction<T> to)
      implements Type<T> {

    public Amount<T> multipleOf(long other) {
      return new Amount<>(kind, min, max, other, to);
    }

    @Override
    public T of(Json json, Reading in) {
      String written;
      long value;
      if (json instanceof Json.Numeral numeral) {
        written = numeral.written();
        value = Quantity.ofNumber(written, kind);
      } else if (json instanceof Json.Text text) {
        written = "\"" + text.value() + "\"";
        value = Quantity.ofText(text.value(), kind, in.clockHz());
      } else {
        throw new Unreadable(
            "%s is not %s: expected %s", json.kind(), kind.what(), kind.examples());
      }
      if (value < min || value > max) {
        throw new Unreadable("%s is out of range: expected %s", written, range(value));
      }
      if (value % multiple != 0) {
        long below = value / multiple * multiple;
        throw new Unreadable(
            "%d bytes are not a multiple of %s; nearest: %s and %s",
            value, bytes(multiple), asWritten(below), asWritten(below + multiple));
      }
      return to.apply(value);
    }

    private String range(long value) {
      if (kind == Quantity.Kind.RATE) {
        return "\"" + min / 10_000 + " %\" to \"" + max / 10_000 + " %\"";
      }
      boolean isOpen = value < min && max >= Long.MAX_VALUE - 1;
      return min + (isOpen ? kind.unit() + " or more" : " to " + max + kind.unit());
    }

    private String bytes(long value) {
      return multiple == KIB ? value / KIB + " KiB" : String.valueOf(value);
    }

    private String asWritten(long value) {
      return multiple == KIB ? "\"" + bytes(value) + "\"" : bytes(value);
    }
  }

  /**
   * A string.
   *
   * @param pattern what stands in it, as a regular expression that both Java and JSON Schema take
   * @param most how many characters it has at most
   * @param otherwise what a message says of a string in which the pattern is not
   */
  record Text(String pattern, int most, String otherwise) implements Type<String> {
    @Override
    public String of(Json json, Reading in) {
      if (!(json instanceof Json.Text text)) {
        throw new Unreadable("%s where a string is expected", json.kind());
      }
      String value = text.value();
      int characters = value.codePointCount(0, value.length());
      if (characters > most) {
        throw new Unreadable("%d characters are too many: expected at most %d", characters, most);
      }
      if (pattern.isEmpty()) {
        return value;
      }
      // In JSON Schema $ is the end, no line break before it, and \s knows the spaces of Unicode.
      Matcher matcher = Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS).matcher(value);
      if (!(pattern.endsWith("$") ? matcher.matches() : matcher.find())) {
        throw new Unreadable(otherwise);
      }
      return value;
    }
  }

  /**
   * One of some words.
   *
   * @param what they are called
   * @param words what each stands for
   * @param more what a message says of another word besides
   */
  record Word<T>(String what, Map<String, T> words, String more) implements Type<T> {
    @Override
    public @Nullable T of(Json json, Reading in) {
      String word = Types.text().of(json, in);
      if (!words.containsKey(word)) {
        throw new Unreadable(
            "\"%s\" is no %s%s%s", word, what, Nearest.hint(word, words.keySet()), more);
      }
      return words.get(word);
    }
  }

  /** One of some whole numbers in rising order, and what a message says after another one. */
  record Choice(List<Integer> numbers, String otherwise) implements Type<Integer> {
    @Override
    public Integer of(Json json, Reading in) {
      Integer value = Types.count(numbers.get(0), numbers.get(numbers.size() - 1)).of(json, in);
      if (!numbers.contains(value)) {
        throw new Unreadable(value + otherwise);
      }
      return value;
    }
  }

  /** True or false. */
  record Flag() implements Type<Boolean> {
    @Override
    public Boolean of(Json json, Reading in) {
      if (!(json instanceof Json.Flag flag)) {
        throw new Unreadable("%s where true or false is expected", json.kind());
      }
      return flag.value();
    }
  }

  /**
   * An array. What is read of it are the elements that are right.
   *
   * @param least how many elements it has at least
   * @param most how many it has at most
   * @param expected what a message expects
   * @param tooMany what a message says after the number of elements where those are too many
   */
  record Sequence<T>(Type<T> element, int least, int most, String expected, String tooMany)
      implements Type<List<T>> {

    /** One that is not empty. */
    public Sequence(Type<T> element, String expected) {
      this(element, 1, Integer.MAX_VALUE, expected, "");
    }

    @Override
    public List<T> of(Json json, Reading in) {
      if (!(json instanceof Json.Array array)) {
        throw new Unreadable("%s where %s is expected", json.kind(), expected);
      }
      int size = array.elements().size();
      if (size < least || size > most) {
        throw new Unreadable(size > most ? size + tooMany : "empty: expected " + expected);
      }
      List<T> values = new ArrayList<>(size);
      for (Json each : array.elements()) {
        T value = element.read(each, in);
        if (value != null) {
          values.add(value);
        }
      }
      return values;
    }
  }

  /**
   * An object.
   *
   * @param name what the schema calls it
   * @param expected an example, for messages
   * @param description for people who hover over it in an editor
   * @param bind from the members to a value; null for none
   */
  record Struct<T>(
      String name,
      String expected,
      String description,
      List<Key<?>> keys,
      List<KeyRule> rules,
      Function<Fields, T> bind)
      implements Type<T> {

    /** An object whose keys demand nothing of each other. */
    public Struct(
        String name,
        String expected,
        String description,
        List<Key<?>> keys,
        Function<Fields, T> bind) {
      this(name, expected, description, keys, List.of(), bind);
    }

    /** An object of two keys, both of which must be there. */
    public static <A, B, T> Struct<T> of(
        String name,
        String expected,
        String description,
        Key<A> one,
        Key<B> other,
        BiFunction<A, B, T> make) {
      return new Struct<>(
          name,
          expected,
          description,
          List.of(one, other),
          fields -> {
            A first = fields.get(one);
            B second = fields.get(other);
            return first == null || second == null ? null : make.apply(first, second);
          });
    }

    @Override
    public @Nullable T of(Json json, Reading in) {
      int before = in.problems().count();
      T value = part(json, in);
      return in.problems().count() > before ? null : value;
    }

    /** The same, but what is wrong inside leaves the rest of the value as it is. */
    public @Nullable T part(Json json, Reading in) {
      if (!(json instanceof Json.Obj object)) {
        throw new Unreadable("%s where %s is expected", json.kind(), expected);
      }
      return bind.apply(new Fields(object, this, in));
    }
  }

  /** A member of an object and what was read of it. */
  record Entry<T>(Json.Member member, T value) {}

  /**
   * An object whose keys are names of something. What is read of it are the members that are right.
   *
   * @param expected an example, for messages
   * @param unknown what a message says of a name that is none
   */
  record Table<T>(String expected, Map<String, Named<T>> entries, UnaryOperator<String> unknown)
      implements Type<List<Entry<T>>> {

    /** What a name stands for. */
    public record Named<T>(Type<T> type, String description) {}

    @Override
    public List<Entry<T>> of(Json json, Reading in) {
      if (!(json instanceof Json.Obj object)) {
        throw new Unreadable("%s where %s is expected", json.kind(), expected);
      }
      List<Entry<T>> values = new ArrayList<>();
      for (Json.Member member : object.members()) {
        Named<T> named = entries.get(member.key());
        if (named == null) {
          in.problems().add(member.keyAt(), unknown.apply(member.key()));
          continue;
        }
        T value = named.type().read(member.value(), in);
        if (value != null) {
          values.add(new Entry<>(member, value));
        }
      }
      return values;
    }
  }

  /**
   * An object whose keys are names that the file gives. What is read of it are the members that are
   * right.
   *
   * @param name what a name is
   * @param least how many there are at least
   * @param most how many there are at most
   * @param expected an example, for messages
   */
  record Dictionary<T>(Type.Text name, Type<T> value, int least, int most, String expected)
      implements Type<List<Entry<T>>> {

    /** One that may be empty. */
    public Dictionary(Type.Text name, Type<T> value, int most, String expected) {
      this(name, value, 0, most, expected);
    }

    @Override
    public List<Entry<T>> of(Json json, Reading in) {
      if (!(json instanceof Json.Obj object)) {
        throw new Unreadable("%s where %s is expected", json.kind(), expected);
      }
      int size = object.members().size();
      if (size > most) {
        throw new Unreadable("%d entries are too many: expected at most %d", size, most);
      }
      if (size < least) {
        throw new Unreadable("empty: expected " + expected);
      }
      List<Entry<T>> values = new ArrayList<>();
      for (Json.Member member : object.members()) {
        String key = name.read(new Json.Text(member.keyAt(), member.key()), in);
        T entry = value.read(member.value(), in);
        if (key != null && entry != null) {
          values.add(new Entry<>(member, entry));
        }
      }
      return values;
    }
  }

  /**
   * An object of one of several kinds, told by a key that only objects of that kind have.
   *
   * @param what the kinds are called
   * @param like an example, with its article, for messages
   * @param kinds by those keys
   */
  record Union<T>(String what, String like, Map<String, Struct<T>> kinds) implements Type<T> {
    @Override
    public @Nullable T of(Json json, Reading in) {
      int before = in.problems().count();
      T value = part(json, in);
      return in.problems().count() > before ? null : value;
    }

    /** The same, but what is wrong inside leaves the rest of the value as it is. */
    public @Nullable T part(Json json, Reading in) {
      if (!(json instanceof Json.Obj object)) {
        throw new Unreadable("%s where %s is expected", json.kind(), like);
      }
      List<String> found =
          object.members().stream().map(Json.Member::key).filter(kinds::containsKey).toList();
      Struct<T> kind = found.size() == 1 ? kinds.get(found.get(0)) : null;
      if (kind != null) {
        return kind.part(json, in);
      }
      if (found.isEmpty()) {
        in.problems().add(nearest(object), () -> none(object));
      } else {
        in.problems()
            .add(
                json.at(),
                "one "
                    + what
                    + " at a time, but this is "
                    + String.join(" and ", found)
                    + ": write { ... }, { ... }");
      }
      return null;
    }

    private Json.Location nearest(Json.Obj object) {
      return misspelt(object).map(Json.Member::keyAt).orElse(object.at());
    }

    private Optional<Json.Member> misspelt(Json.Obj object) {
      return object.members().stream()
          .filter(member -> Nearest.of(member.key(), kinds.keySet()).isPresent())
          .findFirst();
    }

    private String none(Json.Obj object) {
      return misspelt(object)
          .map(
              member ->
                  "\""
                      + member.key()
                      + "\" is no "
                      + what
                      + Nearest.hint(member.key(), kinds.keySet()))
          .orElse("no " + what + ": expected one of: " + String.join(", ", kinds.keySet()));
    }
  }

  /**
   * Read in a way of its own.
   *
   * @param types how it may be written
   */
  record Own<T>(List<Type<?>> types, BiFunction<Json, Reading, T> reader) implements Type<T> {
    @Override
    public @Nullable T of(Json json, Reading in) {
      return reader.apply(json, in);
    }
  }

  /** A type with a name, which other types, and it itself, may refer to. */
  record Reference<T>(String name, Supplier<Type<T>> type) implements Type<T> {
    @Override
    public @Nullable T of(Json json, Reading in) {
      return type.get().of(json, in);
    }
  }
}
