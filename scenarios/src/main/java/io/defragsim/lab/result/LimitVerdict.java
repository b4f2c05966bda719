package io.defragsim.lab.result;

import io.defragsim.scenario.Limit.Bounds;
import io.defragsim.scenario.Limit.Source;
import org.jspecify.annotations.Nullable;

/**
 * A limit of the scenario, judged.
 *
 * @param measured null if the figure has no value, which violates nothing
 * @param where the operation at which the figure occurred, where one is known
 * @param estimated whether the figure is in cycles and those are an estimate: then the verdict is
 *     one as well
 */
public record LimitVerdict(
    RunResult.Limit limit, @Nullable Long measured, @Nullable Long where, boolean estimated) {

  /** What is said of a limit. */
  public enum Level {
    /** The figure is within all bounds. */
    OK,
    /** The figure is beyond what it should keep to. It fails nothing. */
    WARN,
    /** The figure is beyond what it must keep to. */
    FAIL
  }

  public Figure figure() {
    return limit.figure();
  }

  /** The least value that holds, null for none. */
  public @Nullable Long min() {
    return limit.fail().min();
  }

  /** The greatest value that holds, null for none. */
  public @Nullable Long max() {
    return limit.fail().max();
  }

  /** Where the limit stands, null if in no file. */
  public @Nullable Source source() {
    return limit.source();
  }

  public Level level() {
    if (measured == null) {
      return Level.OK;
    }
    if (limit.fail().excess(measured) > 0) {
      return Level.FAIL;
    }
    return limit.warn().excess(measured) > 0 ? Level.WARN : Level.OK;
  }

  /** Whether nothing is violated; it may be warned of. */
  public boolean holds() {
    return level() != Level.FAIL;
  }

  /** The bounds that the level is about: those of warnings for {@link Level#WARN}. */
  public Bounds bounds() {
    return level() == Level.WARN ? limit.warn() : limit.fail();
  }

  /** By how much the figure is beyond {@link #bounds}; 0 for {@link Level#OK}. */
  public long excess() {
    return measured == null ? 0 : bounds().excess(measured);
  }
}
