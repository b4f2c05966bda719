package io.defragsim.lab.words;

import io.defragsim.scenario.FigureUnit;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as people read them: the same on every machine, thousands set apart by commas. */
public final class Numbers {

  /** What stands where there is no number. */
  public static final String NONE = "-";

  /** A space at which no line is broken: between a number and its unit. */
  public static final char GLUE = '\u00a0';

  private static final String GLUED_PERCENT = GLUE + "%";

  private static final long MICROS = 1_000_000;
  private static final long ONE_PERCENT = 10_000;

  private Numbers() {}

  /** The text for where a line that is broken anywhere does no harm, or none is broken. */
  public static String unglued(String text) {
    return text.replace(GLUE, ' ');
  }

  /** For example {@code 12,345}. */
  public static String plain(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** The same, or a dash for null. */
  public static String plain(@Nullable Long value) {
    return value == null ? NONE : plain(value.longValue());
  }

  /** For example {@code 1 block}, {@code 2 blocks}. */
  public static String count(long value, String noun) {
    return plain(value) + GLUE + noun + (value == 1 ? "" : "s");
  }

  /** Cycles as microseconds with two decimals, for a column of such. */
  public static String micros(@Nullable Long cycles, long clockHz) {
    return cycles == null ? NONE : decimals(seconds(cycles, clockHz, MICROS));
  }

  /** Cycles as time in a unit that suits it, for example {@code 37.58 µs}. */
  public static String time(long cycles, long clockHz) {
    BigDecimal micros = seconds(cycles, clockHz, MICROS);
    if (micros.compareTo(BigDecimal.valueOf(1000)) < 0) {
      return decimals(micros) + GLUE + "µs";
    }
    BigDecimal millis = seconds(cycles, clockHz, 1000);
    if (millis.compareTo(BigDecimal.valueOf(1000)) < 0) {
      return decimals(millis) + GLUE + "ms";
    }
    return decimals(seconds(cycles, clockHz, 1)) + GLUE + "s";
  }

  /** Parts per million as percent with one decimal, for example {@code 71.2 %}. */
  public static String percent(@Nullable Long ppm) {
    return ppm == null
        ? NONE
        : BigDecimal.valueOf(ppm, 4).setScale(1, RoundingMode.HALF_UP) + GLUED_PERCENT;
  }

  /** Parts per million as percent with nothing lost, for example {@code 71.2345 %}. */
  public static String exactPercent(long ppm) {
    return percentage(ppm) + GLUED_PERCENT;
  }

  private static String percentage(long ppm) {
    return BigDecimal.valueOf(ppm, 4).stripTrailingZeros().toPlainString();
  }

  /** A figure's value with its unit, for example {@code 1,804 cycles}. */
  public static String withUnit(long value, FigureUnit unit) {
    return switch (unit) {
      case CYCLES -> count(value, "cycle");
      case BYTES -> count(value, "byte");
      case PPM -> exactPercent(value);
      case COUNT -> plain(value);
    };
  }

  /** The same where its unit is known, for example {@code 1,804}; shares keep their {@code %}. */
  public static String withoutUnit(long value, FigureUnit unit) {
    return unit == FigureUnit.PPM ? exactPercent(value) : plain(value);
  }

  /**
   * A difference of two values of a figure, for example {@code 804 cycles}; of two shares in
   * points, for a percent of it would be another number: {@code 1.2 points}.
   */
  public static String difference(long value, FigureUnit unit) {
    return unit == FigureUnit.PPM ? points(value) : withUnit(value, unit);
  }

  /** The same where its unit is known, for example {@code 804}; points stay. */
  public static String differenceWithoutUnit(long value, FigureUnit unit) {
    return unit == FigureUnit.PPM ? points(value) : plain(value);
  }

  private static String points(long ppm) {
    return percentage(ppm) + GLUE + (ppm == ONE_PERCENT ? "point" : "points");
  }

  /** A difference with its sign, for example {@code +16}; 0 has none. */
  public static String signed(long difference, FigureUnit unit) {
    return difference < 0
        ? "-" + differenceWithoutUnit(-difference, unit)
        : (difference > 0 ? "+" : "") + differenceWithoutUnit(difference, unit);
  }

  /** A difference as a share of what was, for example {@code +4.4 %}; empty for a share of 0. */
  public static String share(long difference, long was) {
    if (was == 0) {
      return "";
    }
    BigDecimal percent =
        BigDecimal.valueOf(difference)
            .movePointRight(2)
            .divide(BigDecimal.valueOf(was), 1, RoundingMode.HALF_UP);
    return (difference > 0 ? "+" : "")
        + String.format(Locale.ROOT, "%,.1f", percent)
        + GLUED_PERCENT;
  }

  /** A moment of a run, for example {@code at operation 4,321}; -1 is before the first. */
  public static String atOperation(long operation) {
    return (operation < 0 ? "" : "at ") + operation(operation);
  }

  /** The same as {@code operation 4,321}, and {@code before operation 0}. */
  public static String operation(long operation) {
    return operation < 0 ? "before operation 0" : "operation " + plain(operation);
  }

  /** A size in the largest unit that loses nothing, for example {@code 4 KiB}. */
  public static String size(long bytes) {
    if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
      return plain(bytes >> 20) + GLUE + "MiB";
    }
    return bytes >= 1024 && bytes % 1024 == 0
        ? plain(bytes >> 10) + GLUE + "KiB"
        : count(bytes, "byte");
  }

  /** A clock in the largest unit that loses nothing, for example {@code 48 MHz}. */
  public static String clock(long hertz) {
    BigDecimal mega = BigDecimal.valueOf(hertz, 6).stripTrailingZeros();
    if (hertz >= 100_000 && mega.scale() <= 3) {
      return mega.toPlainString() + GLUE + "MHz";
    }
    return hertz % 1000 == 0 ? plain(hertz / 1000) + GLUE + "kHz" : plain(hertz) + GLUE + "Hz";
  }

  /** A 32-bit address or register, for example {@code 0x20000100}. */
  public static String hex(long word) {
    return String.format(Locale.ROOT, "0x%08x", word & 0xFFFF_FFFFL);
  }

  private static BigDecimal seconds(long cycles, long clockHz, long unitsPerSecond) {
    return new BigDecimal(BigInteger.valueOf(cycles).multiply(BigInteger.valueOf(unitsPerSecond)))
        .divide(BigDecimal.valueOf(clockHz), 2, RoundingMode.HALF_UP);
  }

  private static String decimals(BigDecimal twoDecimals) {
    return String.format(Locale.ROOT, "%,.2f", twoDecimals);
  }
}
