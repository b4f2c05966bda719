package io.defragsim.scenario.format;

import static io.defragsim.scenario.Quantity.KIB;

import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a value of a scenario file is: how it is written, and what is read of it. The reader reads
 * by it, and the JSON Schema is made of it.
 */
sealed interface Type<T> {

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
      in.problems.add(json.at(), e.problem());
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

    Amount<T> multipleOf(long other) {
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
      String word = text().of(json, in);
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
      Integer value = count(numbers.get(0), numbers.get(numbers.size() - 1)).of(json, in);
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
    Sequence(Type<T> element, String expected) {
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
    Struct(
        String name,
        String expected,
        String description,
        List<Key<?>> keys,
        Function<Fields, T> bind) {
      this(name, expected, description, keys, List.of(), bind);
    }

    /** An object of two keys, both of which must be there. */
    static <A, B, T> Struct<T> of(
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
      int before = in.problems.count();
      T value = part(json, in);
      return in.problems.count() > before ? null : value;
    }

    /** The same, but what is wrong inside leaves the rest of the value as it is. */
    @Nullable T part(Json json, Reading in) {
      if (!(json instanceof Json.Obj object)) {
        throw new Unreadable("%s where %s is expected", json.kind(), expected);
      }
      return bind.apply(new Fields(object, this, in));
    }
  }

  /**
   * An object whose keys are names of something. What is read of it are the members that are right.
   *
   * @param expected an example, for messages
   * @param unknown what a message says of a name that is none
   */
  record Table<T>(String expected, Map<String, Named<T>> entries, UnaryOperator<String> unknown)
      implements Type<List<Table.Entry<T>>> {

    /** What a name stands for. */
    record Named<T>(Type<T> type, String description) {}

    /** A member and what was read of it. */
    record Entry<T>(Json.Member member, T value) {}

    @Override
    public List<Entry<T>> of(Json json, Reading in) {
      if (!(json instanceof Json.Obj object)) {
        throw new Unreadable("%s where %s is expected", json.kind(), expected);
      }
      List<Entry<T>> values = new ArrayList<>();
      for (Json.Member member : object.members()) {
        Named<T> named = entries.get(member.key());
        if (named == null) {
          in.problems.add(member.keyAt(), unknown.apply(member.key()));
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

  /** A size in bytes. */
  static Amount<Integer> size(int min, int max) {
    return new Amount<>(Quantity.Kind.SIZE, min, max, 1, Math::toIntExact);
  }

  /** A size in bytes. */
  static Amount<Long> size(long min, long max) {
    return new Amount<>(Quantity.Kind.SIZE, min, max, 1, bytes -> bytes);
  }

  /** A duration in cycles. */
  static Amount<Long> duration(long min, long max) {
    return new Amount<>(Quantity.Kind.DURATION, min, max, 1, cycles -> cycles);
  }

  /** A whole number. */
  static Amount<Integer> count(int min, int max) {
    return new Amount<>(Quantity.Kind.COUNT, min, max, 1, Math::toIntExact);
  }

  /** A whole number. */
  static Amount<Long> count(long min, long max) {
    return new Amount<>(Quantity.Kind.COUNT, min, max, 1, count -> count);
  }

  /** A chance in parts per million. */
  static Amount<Integer> rate() {
    return new Amount<>(Quantity.Kind.RATE, 0, 1_000_000, 1, Math::toIntExact);
  }

  /** Any string. */
  static Text text() {
    return text("", "");
  }

  /** A string in which a pattern stands. */
  static Text text(String pattern, String otherwise) {
    return new Text(pattern, Integer.MAX_VALUE, otherwise);
  }

  /**
   * What reports call something, in every line that speaks of it: any string that is not blank.
   *
   * @param blank what a message says of one that is
   */
  static Text name(String blank) {
    return new Text("\\S", LONGEST_NAME, blank);
  }

  /** One of some things by their names. */
  static <T> Word<T> word(String what, List<T> things, Function<T, String> name) {
    Map<String, T> words = new LinkedHashMap<>();
    things.forEach(thing -> words.put(name.apply(thing), thing));
    return new Word<>(what, words, "");
  }

  /** A value, or an object that says more. */
  static <T> Own<T> either(Type<T> plain, Type<T> object) {
    return new Own<>(
        List.of(plain, object),
        (json, in) -> (json instanceof Json.Obj ? object : plain).of(json, in));
  }

  /**
   * One, or an array of some.
   *
   * @param several what a message expects in the array
   */
  static <T> Own<List<T>> oneOrMore(Type<T> one, String several) {
    Sequence<T> array = new Sequence<>(one, several);
    return new Own<>(
        List.of(one, array),
        (json, in) ->
            array.of(
                json instanceof Json.Array ? json : new Json.Array(json.at(), List.of(json)), in));
  }
}
