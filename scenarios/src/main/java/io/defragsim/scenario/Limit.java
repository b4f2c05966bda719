package io.defragsim.scenario;

import org.jspecify.annotations.Nullable;

/**
 * A bound on one figure of the result. At least one of {@code min} and {@code max} is there.
 *
 * @param figure the figure's name in the registry, for example {@code pauses.max}
 * @param min the least value that holds, in the figure's own unit; null for none
 * @param max the largest value that holds, in the figure's own unit; null for none
 * @param location where the limit stands in the file, for messages
 */
public record Limit(String figure, @Nullable Long min, @Nullable Long max, String location) {

  /** Whether {@code value} is within the limit. */
  public boolean holds(long value) {
    return (min == null || value >= min) && (max == null || value <= max);
  }
}
