package io.defragsim.scenario;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How sizes, clocks, durations and rates are written, in a file as on a command line. Exact decimal
 * arithmetic throughout.
 */
public final class Quantity {

  /** The bytes of 1 KiB. */
  public static final int KIB = 1024;

  private static final Pattern PLAIN = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");
  private static final Pattern WITH_UNIT =
      Pattern.compile("\\s*(-?[0-9][0-9_]*(?:\\.[0-9]+)?)\\s*([A-Za-zµμ%]*)\\s*");
  private static final String CYCLES = "cycles";

  /** More digits than anybody writes. */
  private static final int LONGEST = 1000;

  /** Out of every range, in whatever unit. */
  private static final BigDecimal HUGE = new BigDecimal("1e60");

  /** What a quantity measures. */
  @SuppressWarnings("ImmutableEnumChecker") // the units are put there once
  public enum Kind {
    SIZE("a size", "2048, \"2 KiB\" or \"512 B\"", " bytes", "=1 B=1 KiB=1024 MiB=1048576"),
    CLOCK("a clock", "48000000, \"48 MHz\" or \"32768 Hz\"", " Hz", "Hz=1 kHz=1e3 MHz=1e6"),
    DURATION(
        "a duration",
        "48000 (cycles), \"1 ms\" or \"20 us\"",
        " cycles",
        "s=1 ms=1e-3 us=1e-6 ns=1e-9 cycles=1 µs=1e-6 μs=1e-6"),
    RATE("a share", "\"10 %\", \"500 ppm\" or 0.1", " ppm", "%=1e4 ppm=1"),
    COUNT("a whole number", "64", "", "=1");

    private final String what;
    private final String examples;
    private final String unit;
    private final Map<String, BigDecimal> units = new LinkedHashMap<>();

    /**
     * @param units how many of {@code unit} each unit is; seconds for those of a duration but
     *     cycles
     */
    Kind(String what, String examples, String unit, String units) {
      this.what = what;
      this.examples = examples;
      this.unit = unit;
      for (String each : units.split(" ", -1)) {
        int at = each.indexOf('=');
        this.units.put(each.substring(0, at), new BigDecimal(each.substring(at + 1)));
      }
    }

    /** For the schema, for example {@code size}. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** With its article, for example {@code a size}. */
    public String what() {
      return what;
    }

    /** How some are written. */
    public String examples() {
      return examples;
    }

    /** What values are in, with a space before it: {@code " bytes"}; empty for ones. */
    public String unit() {
      return unit;
    }

    /** The units that may be written; the empty one if none needs to be. */
    public Set<String> units() {
      return Collections.unmodifiableSet(units.keySet());
    }
  }

  private Quantity() {}

  /**
   * The value of a text from a command line, with or without a unit, in bytes, Hz, cycles, ppm, or
   * ones.
   *
   * @param clockHz what durations in seconds become cycles by
   * @throws IllegalArgumentException with a message for people
   */
  public static long parse(String text, Kind kind, OptionalLong clockHz) {
    boolean isPlain = PLAIN.matcher(text).matches();
    long value = isPlain ? ofNumber(text, kind) : ofText(text, kind, clockHz);
    if (value == Long.MAX_VALUE) {
      throw new Unreadable("%s is out of range", isPlain ? text : "\"" + text + "\"");
    }
    return value;
  }

  /**
   * The value of a JSON number, in bytes, Hz, cycles, ppm, or ones; {@link Long#MAX_VALUE} for what
   * is out of every range.
   *
   * @throws Unreadable if it is none of the kind
   */
  public static long ofNumber(String written, Kind kind) {
    BigDecimal value = decimal(written);
    return kind == Kind.RATE ? share(value, written) : whole(value, written, kind);
  }

  /**
   * The same of a text in which the number has a unit.
   *
   * @param clockHz what durations in seconds become cycles by
   */
  public static long ofText(String text, Kind kind, OptionalLong clockHz) {
    Matcher matcher = WITH_UNIT.matcher(text);
    if (!matcher.matches()) {
      throw new Unreadable("\"%s\" is not %s: expected %s", text, kind.what, kind.examples);
    }
    String unit = matcher.group(2);
    BigDecimal factor = kind.units.get(unit);
    if (factor == null) {
      throw new Unreadable("\"%s\" is not %s: %s", text, kind.what, unknown(text, unit, kind));
    }
    BigDecimal value = decimal(matcher.group(1).replace("_", "")).multiply(factor);
    if (kind == Kind.DURATION && !unit.equals(CYCLES)) {
      // Rounded down: a limit is never laxer than it is written. Without a clock (which is then a
      // problem of its own) any positive number of cycles will do.
      value =
          value
              .multiply(BigDecimal.valueOf(clockHz.orElse(1_000_000_000L)))
              .setScale(0, RoundingMode.FLOOR);
    }
    return whole(value, "\"" + text + "\"", kind);
  }

  /** Whether a duration with a unit is in cycles, whatever the clock. */
  public static boolean isInCycles(String text) {
    Matcher matcher = WITH_UNIT.matcher(text);
    return matcher.matches() && matcher.group(2).equals(CYCLES);
  }

  /**
   * A share without a unit is 0 or a fraction. A whole number could be of percent, of parts per
   * million or of wholes: it is refused, with the ways to write what was meant.
   */
  private static long share(BigDecimal value, String written) {
    if (value.compareTo(BigDecimal.ONE) > 0) {
      BigDecimal hundred = BigDecimal.valueOf(100);
      throw new Unreadable(
          "%s is no share, its unit is missing: %s",
          written,
          value.compareTo(hundred) > 0
              ? "expected " + Kind.RATE.examples
              : "write \"" + plainly(value) + " %\" or " + fraction(value.movePointLeft(2)));
    }
    if (written.equals("1")) {
      throw new Unreadable(
          "1 is no share, for it could be a percent or all: write \"1 %\" or 0.01, or \"100 %\"");
    }
    return whole(value.movePointRight(6), written, Kind.RATE);
  }

  private static String plainly(BigDecimal value) {
    return value.stripTrailingZeros().toPlainString();
  }

  /** With a decimal point in any case: without one it would be refused again. */
  private static String fraction(BigDecimal value) {
    BigDecimal shortest = value.stripTrailingZeros();
    return shortest.setScale(Math.max(1, shortest.scale())).toPlainString();
  }

  private static String unknown(String text, String unit, Kind kind) {
    if (kind == Kind.SIZE && unit.toLowerCase(Locale.ROOT).matches("kb|mb|k|m|kib|mib|b")) {
      return "write "
          + switch (unit.toLowerCase(Locale.ROOT).charAt(0)) {
            case 'k' -> "\"KiB\" for 1024 bytes";
            case 'm' -> "\"MiB\" for 1024 KiB";
            default -> "\"B\"";
          };
    }
    if (unit.isEmpty()) {
      return (isNumber(text, kind) ? "leave out the quotes, or add a unit" : "its unit is missing")
          + ": expected "
          + kind.examples;
    }
    return "no such unit \""
        + unit
        + "\""
        + Nearest.hint(
            unit, kind.units.keySet(), " (" + kind.examples + ")", "; expected " + kind.examples);
  }

  /** Whether the text is right without its quotes. */
  private static boolean isNumber(String text, Kind kind) {
    try {
      return PLAIN.matcher(text).matches() && ofNumber(text, kind) >= 0;
    } catch (Unreadable e) {
      return false;
    }
  }

  private static BigDecimal decimal(String written) {
    try {
      return written.length() > LONGEST ? HUGE : new BigDecimal(written);
    } catch (NumberFormatException e) { // its exponent has no room in 32 bits
      return HUGE;
    }
  }

  private static long whole(BigDecimal value, String written, Kind kind) {
    if (value.signum() < 0) {
      throw new Unreadable("%s is negative: %s is 0 or more", written, kind.what);
    }
    if (value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) >= 0) {
      return Long.MAX_VALUE;
    }
    if (value.stripTrailingZeros().scale() > 0) {
      throw new Unreadable(
          "%s is not a whole number%s", written, kind.unit.isEmpty() ? "" : " of" + kind.unit);
    }
    return value.longValueExact();
  }
}
