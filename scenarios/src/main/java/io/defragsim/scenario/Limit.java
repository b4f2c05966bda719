package io.defragsim.scenario;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Bounds on one figure of the result. At least one is there, and some value is within all of them.
 *
 * @param figure the figure's name in the registry, for example {@code pauses.max}
 * @param fail what the figure must keep to; beyond it, the limit is violated
 * @param warn what it should keep to, which is less on each side where both are there
 * @param source where the limit stands; null if in no file
 */
public record Limit(String figure, Bounds fail, Bounds warn, @Nullable Source source) {

  /**
   * The least and the greatest value that hold, in the figure's own unit; null for none.
   *
   * @param min the least
   * @param max the greatest
   */
  public record Bounds(@Nullable Long min, @Nullable Long max) {
    public static final Bounds NONE = new Bounds(null, null);

    /** By how much {@code value} is below {@code min} or above {@code max}; 0 if it is within. */
    public long excess(long value) {
      if (max != null && value > max) {
        return value - max;
      }
      return min != null && value < min ? min - value : 0;
    }
  }

  /**
   * A place in a scenario file.
   *
   * @param file as its reader was given it; null for a scenario from elsewhere
   * @param line from 1
   */
  public record Source(@Nullable Path file, int line) {}

  /** A limit without warnings, in no file. */
  public Limit(String figure, @Nullable Long min, @Nullable Long max) {
    this(figure, new Bounds(min, max), Bounds.NONE, null);
  }
}
