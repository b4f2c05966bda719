package io.defragsim.scenario.format;

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

  /** The value; null with a problem if it is none of the type. */
  @Nullable T read(Json json, Reading in);

  /**
   * A number or a quantity with its unit.
   *
   * @param min the least value, in bytes, Hz, cycles, ppm, or ones
   * @param max the greatest
   * @param multiple what the value is a multiple of
   * @param of what the value is as a {@code T}
   */
  record Amount<T>(Quantity.Kind kind, long min, long max, long multiple, LongFunction<T> of)
      implements Type<T> {
    private static final int KIB = 1024;

    Amount<T> multipleOf(long other) {
      return new Amount<>(kind, min, max, other, of);
    }

    @Override
    public @Nullable T read(Json json, Reading in) {
      try {
        long value = parse(json, in);
        if (value < min || value > max) {
          throw new Unreadable(written(json) + " is out of range: expected " + range(value));
        }
        if (value % multiple != 0) {
          long below = value / multiple * multiple;
          throw new Unreadable(
              value
                  + " bytes are not a multiple of "
                  + bytes(multiple)
                  + "; nearest: "
                  + bytes(below)
                  + " and "
                  + bytes(below + multiple));
        }
        return of.apply(value);
      } catch (Unreadable e) {
        in.problem(json, e.problem());
        return null;
      }
    }

    private long parse(Json json, Reading in) {
      if (json instanceof Json.Numeral numeral) {
        return Quantity.ofNumber(numeral.written(), kind);
      }
      if (json instanceof Json.Text text) {
        return Quantity.ofText(text.value(), kind, in.clockHz());
      }
      throw new Unreadable(
          json.kind() + " is not " + kind.what() + ": expected " + kind.examples());
    }

    private static String written(Json json) {
      return json instanceof Json.Numeral numeral
          ? numeral.written()
          : "\"" + ((Json.Text) json).value() + "\"";
    }

    private String range(long value) {
      if (kind == Quantity.Kind.RATE) {
        return "\"" + min / 10_000 + " %\" to \"" + max / 10_000 + " %\"";
      }
      return value < min && max >= Long.MAX_VALUE - 1
          ? min + kind.unit() + " or more"
          : min + " to " + max + kind.unit();
    }

    private String bytes(long value) {
      return multiple == KIB ? value / KIB + " KiB" : String.valueOf(value);
    }
  }

  /**
   * A string.
   *
   * @param pattern what stands in it, as a regular expression that both Java and JSON Schema take;
   *     null for anything
   * @param most how many characters it has at most
   * @param otherwise what a message says of a string in which the pattern is not
   */
  record Text(@Nullable String pattern, int most, String otherwise) implements Type<String> {
    @Override
    public @Nullable String read(Json json, Reading in) {
      if (!(json instanceof Json.Text text)) {
        in.problem(json, json.kind() + " where a string is expected");
        return null;
      }
      String value = text.value();
      int characters = value.codePointCount(0, value.length());
      if (characters > most) {
        in.problem(json, characters + " characters are too many: expected at most " + most);
      } else if (pattern != null && !isIn(pattern, value)) {
        in.problem(json, otherwise);
      } else {
        return value;
      }
      return null;
    }

    /** As in JSON Schema, where {@code $} is the end, and not a line break before it. */
    private static boolean isIn(String pattern, String value) {
      Matcher matcher = Pattern.compile(pattern).matcher(value);
      return pattern.endsWith("$") ? matcher.matches() : matcher.find();
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
    public @Nullable T read(Json json, Reading in) {
      String word = text().read(json, in);
      if (word == null || words.containsKey(word)) {
        return words.get(word);
      }
      in.problem(
          json, "\"" + word + "\" is no " + what + Nearest.hint(word, words.keySet()) + more);
      return null;
    }
  }

  /** One of some whole numbers in rising order. What a message says of another one. */
  record Choice(List<Integer> numbers, String otherwise) implements Type<Integer> {
    @Override
    public @Nullable Integer read(Json json, Reading in) {
      Integer value = count(numbers.get(0), numbers.get(numbers.size() - 1)).read(json, in);
      if (value == null || numbers.contains(value)) {
        return value;
      }
      in.problem(json, value + otherwise);
      return null;
    }
  }

  /** True or false. */
  record Flag() implements Type<Boolean> {
    @Override
    public @Nullable Boolean read(Json json, Reading in) {
      if (json instanceof Json.Flag flag) {
        return flag.value();
      }
      in.problem(json, json.kind() + " where true or false is expected");
      return null;
    }
  }

  /**
   * An array. All of it is read, but it has a value only if all its elements have one.
   *
   * @param least how many elements it has at least: 0 or 1, or {@code most}
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
    public @Nullable List<T> read(Json json, Reading in) {
      if (!(json instanceof Json.Array array)) {
        in.problem(json, json.kind() + " where " + expected + " is expected");
        return null;
      }
      int size = array.elements().size();
      if (size < least || size > most) {
        in.problem(json, size > most ? size + tooMany : "empty: expected " + expected);
        return null;
      }
      List<T> values = new ArrayList<>(size);
      for (Json each : array.elements()) {
        T value = element.read(each, in);
        if (value != null) {
          values.add(value);
        }
      }
      return values.size() == size ? values : null;
    }
  }

  /**
   * An object.
   *
   * @param name what the schema calls it
   * @param expected an example, for messages
   * @param description for people who hover over it in an editor
   * @param bind makes a value of the members; its null is no problem of its own
   */
  record Struct<T>(
      String name,
      String expected,
      String description,
      List<Key<?>> keys,
      List<Rule> rules,
      Bind<T> bind)
      implements Type<T> {

    /** From members to a value. */
    interface Bind<T> {
      @Nullable T of(Fields fields);
    }

    /** An object whose keys demand nothing of each other. */
    Struct(String name, String expected, String description, List<Key<?>> keys, Bind<T> bind) {
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
    public @Nullable T read(Json json, Reading in) {
      if (!(json instanceof Json.Obj object)) {
        in.problem(json, json.kind() + " where " + expected + " is expected");
        return null;
      }
      Fields fields = new Fields(object, this, in);
      T value = bind.of(fields);
      return fields.isSound() ? value : null;
    }
  }

  /**
   * An object whose keys are names of something.
   *
   * @param expected an example, for messages
   * @param unknown what a message says of a name that is none
   */
  record Table<T>(String expected, Map<String, Named<T>> entries, UnaryOperator<String> unknown)
      implements Type<List<Table.Entry<T>>> {

    /** What a name stands for. */
    record Named<T>(Type<T> type, String description) {}

    /** A member of a table, and its value. */
    record Entry<T>(Json.Member member, T value) {}

    @Override
    public @Nullable List<Entry<T>> read(Json json, Reading in) {
      if (!(json instanceof Json.Obj object)) {
        in.problem(json, json.kind() + " where " + expected + " is expected");
        return null;
      }
      List<Entry<T>> read = new ArrayList<>();
      for (Json.Member member : object.members()) {
        Named<T> named = entries.get(member.key());
        if (named == null) {
          in.problems().add(member.keyAt(), unknown.apply(member.key()));
          continue;
        }
        T value = named.type().read(member.value(), in);
        if (value != null) {
          read.add(new Entry<>(member, value));
        }
      }
      return read;
    }
  }

  /**
   * Written in one of several ways, and read in a way of its own.
   *
   * @param types how it may be written
   */
  record Own<T>(List<Type<?>> types, Reader<T> reader) implements Type<T> {

    /** From what is written to a value. */
    interface Reader<T> {
      @Nullable T read(Json json, Reading in);
    }

    @Override
    public @Nullable T read(Json json, Reading in) {
      return reader.read(json, in);
    }
  }

  /** A type with a name, which other types, and it itself, may refer to. */
  record Reference<T>(String name, Supplier<Type<T>> type) implements Type<T> {
    @Override
    public @Nullable T read(Json json, Reading in) {
      return type.get().read(json, in);
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
    return new Text(null, Integer.MAX_VALUE, "");
  }

  /**
   * What reports call something, in every line that speaks of it: any string that is not blank.
   *
   * @param blank what a message says of one that is
   */
  static Text name(String blank) {
    return new Text("\\S", LONGEST_NAME, blank);
  }

  /** What is read elsewhere, by who knows what it depends on. */
  static Own<Json> unread(Type<?>... types) {
    return new Own<>(List.of(types), (json, in) -> json);
  }

  /** A value, or an object that says more. */
  static <T> Own<T> either(Type<T> plain, Type<T> object) {
    return new Own<>(
        List.of(plain, object),
        (json, in) -> (json instanceof Json.Obj ? object : plain).read(json, in));
  }

  /**
   * One, or an array of some.
   *
   * @param several what a message expects in an array
   */
  static <T> Own<List<T>> oneOrMore(Type<T> one, String several) {
    Sequence<T> array = new Sequence<>(one, several);
    return new Own<>(
        List.of(one, array),
        (json, in) -> {
          if (json instanceof Json.Array) {
            return array.read(json, in);
          }
          T value = one.read(json, in);
          return value == null ? null : List.of(value);
        });
  }

  /** One of some things by their names. */
  static <T> Word<T> word(String what, List<T> things, Function<T, String> name) {
    Map<String, T> words = new LinkedHashMap<>();
    things.forEach(thing -> words.put(name.apply(thing), thing));
    return new Word<>(what, words, "");
  }
}
