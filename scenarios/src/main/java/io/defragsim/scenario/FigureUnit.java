package io.defragsim.scenario;

import java.util.Locale;
import java.util.OptionalLong;

/** What a figure counts, and so how a limit on it may be written. */
public enum FigureUnit {
  /** A plain number. */
  COUNT,
  /** Bytes: a number or {@code "2 KiB"}. */
  BYTES,
  /** Core cycles: a number, or a duration like {@code "20 us"} at the scenario's clock. */
  CYCLES,
  /** Parts per million: {@code "40 %"}, {@code "400 ppm"}, or a fraction like 0.4. */
  PPM;

  /**
   * The value of a text from a command line, written as in a scenario.
   *
   * @param clockHz what durations become cycles by
   * @throws IllegalArgumentException with a message for people
   */
  public long parse(String text, long clockHz) {
    return Quantity.parse(text, quantity(), OptionalLong.of(clockHz));
  }

  /** How a value of it is written. */
  public Quantity.Kind quantity() {
    return switch (this) {
      case COUNT -> Quantity.Kind.COUNT;
      case BYTES -> Quantity.Kind.SIZE;
      case CYCLES -> Quantity.Kind.DURATION;
      case PPM -> Quantity.Kind.RATE;
    };
  }

  /** For JSON and people, for example {@code cycles}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
