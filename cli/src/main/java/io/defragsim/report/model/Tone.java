package io.defragsim.report.model;

import io.defragsim.lab.result.LimitVerdict.Level;

/** How something is said; no tone carries anything that the text does not say too. */
public enum Tone {
  PLAIN,
  /** Where the eye should land. */
  STRONG,
  /** What can be skipped. */
  FAINT,
  GOOD,
  /** What is no failure yet. */
  WARN,
  BAD;

  /** That of a verdict. */
  public static Tone of(Level level) {
    return switch (level) {
      case OK -> GOOD;
      case WARN -> WARN;
      case FAIL -> BAD;
    };
  }

  /** That of what holds or does not. */
  public static Tone of(boolean good) {
    return good ? GOOD : BAD;
  }

  /** Of a count of what should not be: bad if there are any. */
  public static Tone ofFailures(long count) {
    return count > 0 ? BAD : PLAIN;
  }
}
