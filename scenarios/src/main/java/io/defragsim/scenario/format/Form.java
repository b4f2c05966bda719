package io.defragsim.scenario.format;

import io.defragsim.scenario.Quantity;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a value of a scenario file is written. */
sealed interface Form {

  /** The most characters of a name: it stands in lines, tables and headings. */
  int LONGEST_NAME = 200;

  /**
   * A number or a quantity with its unit.
   *
   * @param min the least value, in bytes, Hz, cycles, ppm, or ones
   * @param max the greatest
   * @param multiple what the value is a multiple of
   */
  record Amount(Quantity.Kind kind, long min, long max, long multiple) implements Form {
    Amount multipleOf(long other) {
      return new Amount(kind, min, max, other);
    }
  }

  /**
   * A string.
   *
   * @param pattern what stands in it, as a regular expression that both Java and JSON Schema take;
   *     null for anything
   * @param most how many characters it has at most
   */
  record Text(@Nullable String pattern, int most) implements Form {
    Text(@Nullable String pattern) {
      this(pattern, Integer.MAX_VALUE);
    }
  }

  /** One of some words. */
  record Word(List<String> words) implements Form {
    public Word {
      words = List.copyOf(words);
    }
  }

  /** One of some whole numbers, as a number or in a string. */
  record Choice(List<Long> numbers) implements Form {
    public Choice {
      numbers = List.copyOf(numbers);
    }
  }

  /** True or false. */
  record Flag() implements Form {}

  /**
   * An array.
   *
   * @param least how many elements it has at least
   * @param most how many it has at most
   */
  record Sequence(Form element, int least, int most) implements Form {}

  /** An object. */
  record Struct(Shape shape) implements Form {}

  /** An object whose keys are names of something. */
  record Table(Map<String, Named> entries) implements Form {}

  /** What a name stands for in a {@link Table}. */
  record Named(Form form, String description) {}

  /** One of several forms. */
  record Either(List<Form> forms) implements Form {
    public Either {
      forms = List.copyOf(forms);
    }
  }

  /** A form with a name, which other forms, and it itself, may refer to. */
  record Reference(String name, Supplier<Form> form) implements Form {}

  /** A size in bytes. */
  static Amount size(long min, long max) {
    return new Amount(Quantity.Kind.SIZE, min, max, 1);
  }

  /** A duration in cycles. */
  static Amount duration(long min, long max) {
    return new Amount(Quantity.Kind.DURATION, min, max, 1);
  }

  /** A whole number. */
  static Amount count(long min, long max) {
    return new Amount(Quantity.Kind.COUNT, min, max, 1);
  }

  /** A chance in parts per million. */
  static Amount rate() {
    return new Amount(Quantity.Kind.RATE, 0, 1_000_000, 1);
  }

  /** What reports call something, in every line that speaks of it: any string that is not blank. */
  static Text name() {
    return new Text("\\S", LONGEST_NAME);
  }

  static Either either(Form... forms) {
    return new Either(List.of(forms));
  }

  /** One, or an array of some. */
  static Either oneOrMore(Form form) {
    return either(form, new Sequence(form, 1, Integer.MAX_VALUE));
  }
}
