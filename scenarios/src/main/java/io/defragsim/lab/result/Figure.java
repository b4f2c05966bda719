package io.defragsim.lab.result;

import io.defragsim.scenario.FigureUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A measured number with its one name. The registry is {@link Figures}.
 *
 * @param name used by JSON, limits, command line and baselines alike, for example {@code alloc.max}
 * @param worse which way it gets worse
 * @param description one line for people
 * @param value takes it out of a result; null where the run gives none
 * @param where the operation at which it occurred; null where that means nothing
 */
public record Figure(
    String name,
    FigureUnit unit,
    Worse worse,
    String description,
    Function<RunResult, @Nullable Long> value,
    Function<RunResult, @Nullable Long> where) {

  /** Which way a figure gets worse. */
  public enum Worse {
    /** Less is better, as of cycles, bytes and failures. */
    HIGHER,
    /** Neither more nor less is better: it says what was done, not how well. */
    NEITHER
  }

  /** Figures are the same if their names are. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Figure figure && figure.name.equals(name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
