package io.defragsim.scenario;

import java.util.Locale;

/** What a figure counts, and so how a limit on it may be written. */
public enum FigureUnit {
  /** A plain number. */
  COUNT,
  /** Bytes: a number or {@code "2 KiB"}. */
  BYTES,
  /** Core cycles: a number, or a duration like {@code "20 us"} at the scenario's clock. */
  CYCLES,
  /** Parts per million: {@code "40 %"}, or a whole number of ppm. */
  PPM;

  /** For JSON and people, for example {@code cycles}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
