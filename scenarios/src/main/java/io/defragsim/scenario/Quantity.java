package io.defragsim.scenario;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How sizes, clocks, durations and rates are written. Exact decimal arithmetic throughout. */
public final class Quantity {
  private static final Pattern WITH_UNIT =
      Pattern.compile("\\s*(-?[0-9][0-9_]*(?:\\.[0-9]+)?)\\s*([A-Za-zµμ%]*)\\s*");

  /** What a quantity measures. */
  public enum Kind {
    SIZE("a size", "2048, \"2 KiB\" or \"512 B\""),
    CLOCK("a clock", "48000000, \"48 MHz\" or \"32768 Hz\""),
    DURATION("a duration", "48000 (cycles), \"1 ms\" or \"20 us\""),
    RATE("a share", "\"10 %\", \"500 ppm\" or 0.1"),
    COUNT("a whole number", "64");

    private final String what;
    private final String examples;

    Kind(String what, String examples) {
      this.what = what;
      this.examples = examples;
    }

    /** With its article, for example {@code a size}. */
    public String what() {
      return what;
    }

    /** How some are written. */
    public String examples() {
      return examples;
    }

    /** For the schema, for example {@code size}. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private Quantity() {}

  /** The strings that may be a quantity of that kind, as a pattern for JSON Schema. */
  public static String pattern(Kind kind) {
    Map<String, BigDecimal> units = kind == Kind.DURATION ? durations() : units(kind);
    String named =
        units.keySet().stream().filter(unit -> !unit.isEmpty()).collect(Collectors.joining("|"));
    String unit = named.isEmpty() ? "" : "(" + named + ")" + (units.containsKey("") ? "?" : "");
    return "^\\s*[0-9][0-9_]*(\\.[0-9]+)?\\s*" + unit + "\\s*$";
  }

  /**
   * The value of a text from a command line, with or without a unit, in bytes, Hz, cycles, ppm, or
   * ones.
   *
   * @param clockHz what durations in seconds become cycles by
   * @throws IllegalArgumentException with a message for people
   */
  public static long parse(String text, Kind kind, OptionalLong clockHz) {
    try {
      return text.matches("-?[0-9]+(\\.[0-9]+)?")
          ? plain(text, kind)
          : withUnit(text, kind, clockHz);
    } catch (Unreadable e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** The value of a number without a unit, in bytes, Hz, cycles, ppm, or ones. */
  public static long plain(String written, Kind kind) throws Unreadable {
    BigDecimal value = decimal(written);
    return kind == Kind.RATE ? share(value, written) : whole(value, written, kind);
  }

  /**
   * A share without a unit is 0 or a fraction. A whole number could be of percent, of parts per
   * million or of wholes: it is refused, with the ways to write what was meant.
   */
  private static long share(BigDecimal value, String written) throws Unreadable {
    if (value.compareTo(BigDecimal.ONE) > 0) {
      BigDecimal hundred = BigDecimal.valueOf(100);
      throw new Unreadable(
          written
              + " is no share, its unit is missing: "
              + (value.compareTo(hundred) > 0
                  ? "expected " + Kind.RATE.examples
                  : "write \"" + plainly(value) + " %\" or " + fraction(value.movePointLeft(2))));
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

  /** The value of a number with its unit, in bytes, Hz, cycles, ppm, or ones. */
  public static long withUnit(String text, Kind kind, OptionalLong clockHz) throws Unreadable {
    Matcher matcher = WITH_UNIT.matcher(text);
    if (!matcher.matches()) {
      throw new Unreadable("\"" + text + "\" is not " + kind.what + ": expected " + kind.examples);
    }
    BigDecimal number = decimal(matcher.group(1).replace("_", ""));
    String unit = matcher.group(2);
    if (kind == Kind.DURATION && !unit.isEmpty() && !unit.equals("cycles")) {
      return cycles(text, number, unit, clockHz);
    }
    Map<String, BigDecimal> units = units(kind);
    BigDecimal factor = units.get(unit);
    if (factor == null) {
      throw new Unreadable(unknownUnit(text, unit, kind, units));
    }
    return whole(number.multiply(factor), "\"" + text + "\"", kind);
  }

  private static long cycles(String text, BigDecimal number, String unit, OptionalLong clockHz)
      throws Unreadable {
    int point =
        switch (unit) {
          case "s" -> 0;
          case "ms" -> 3;
          case "us", "µs", "μs" -> 6;
          case "ns" -> 9;
          default -> throw new Unreadable(unknownUnit(text, unit, Kind.DURATION, durations()));
        };
    // Rounded down: a limit is never laxer than it is written. Without a clock (which is then a
    // problem of its own) any positive number of cycles will do.
    BigDecimal product =
        number.movePointLeft(point).multiply(BigDecimal.valueOf(clockHz.orElse(1_000_000_000L)));
    return whole(product.setScale(0, RoundingMode.FLOOR), "\"" + text + "\"", Kind.DURATION);
  }

  private static String unknownUnit(
      String text, String unit, Kind kind, Map<String, BigDecimal> units) {
    String problem = "\"" + text + "\" is not " + kind.what + ": ";
    if (kind == Kind.SIZE && unit.toLowerCase(Locale.ROOT).matches("kb|mb|k|m|kib|mib|b")) {
      String right =
          switch (unit.toLowerCase(Locale.ROOT).charAt(0)) {
            case 'k' -> "\"KiB\" for 1024 bytes";
            case 'm' -> "\"MiB\" for 1024 KiB";
            default -> "\"B\"";
          };
      return problem + "write " + right;
    }
    if (unit.isEmpty()) {
      return problem + "its unit is missing: expected " + kind.examples;
    }
    Optional<String> near = Nearest.of(unit, units.keySet());
    return problem
        + "no such unit \""
        + unit
        + "\""
        + near.map(n -> "; did you mean \"" + n + "\"? (" + kind.examples + ")")
            .orElse("; expected " + kind.examples);
  }

  private static Map<String, BigDecimal> units(Kind kind) {
    Map<String, BigDecimal> units = new LinkedHashMap<>();
    switch (kind) {
      case SIZE -> {
        units.put("", BigDecimal.ONE);
        units.put("B", BigDecimal.ONE);
        units.put("KiB", BigDecimal.valueOf(1 << 10));
        units.put("MiB", BigDecimal.valueOf(1 << 20));
      }
      case CLOCK -> {
        units.put("Hz", BigDecimal.ONE);
        units.put("kHz", BigDecimal.valueOf(1_000));
        units.put("MHz", BigDecimal.valueOf(1_000_000));
      }
      case RATE -> {
        units.put("%", BigDecimal.valueOf(10_000));
        units.put("ppm", BigDecimal.ONE);
      }
      case DURATION -> units.put("cycles", BigDecimal.ONE);
      case COUNT -> units.put("", BigDecimal.ONE);
    }
    return units;
  }

  private static Map<String, BigDecimal> durations() {
    Map<String, BigDecimal> units = new LinkedHashMap<>();
    for (String unit : new String[] {"s", "ms", "us", "ns", "cycles", "µs", "μs"}) {
      units.put(unit, BigDecimal.ONE);
    }
    return units;
  }

  private static BigDecimal decimal(String written) throws Unreadable {
    // An exponent could ask for gigabytes of digits.
    if (written.length() > 40 || written.matches(".*[eE][+-]?[0-9]{3,}")) {
      throw new Unreadable("a number this long or this large is out of range");
    }
    return new BigDecimal(written);
  }

  private static long whole(BigDecimal value, String written, Kind kind) throws Unreadable {
    String unit =
        switch (kind) {
          case SIZE -> " bytes";
          case CLOCK -> " Hz";
          case DURATION -> " cycles";
          case RATE -> " ppm";
          case COUNT -> "";
        };
    if (value.signum() < 0) {
      throw new Unreadable(written + " is negative: " + kind.what + " is 0 or more");
    }
    if (value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE - 1)) > 0) {
      throw new Unreadable(written + " is out of range");
    }
    if (value.stripTrailingZeros().scale() > 0) {
      throw new Unreadable(
          written + " is not a whole number" + (unit.isEmpty() ? "" : " of" + unit));
    }
    return value.longValueExact();
  }
}
